//! Recognition can wait; a call cannot.

/// How much nicer the recogniser's threads are than those that started them; 19 is the nicest. Ten
/// steps leave about a tenth of a core to who wants it beside another, and all of it when alone.
#[cfg(target_os = "linux")]
const NICER_BY: i32 = 10;

/// Lets every thread of usual priority come before the calling one. Nobody needs a right for that.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    // On Linux this is the calling thread alone.
    if let Err(error) = rustix::process::nice(NICER_BY) {
        tracing::debug!(%error, "recognition shares with calls as with equals");
    }
}

/// Elsewhere a priority belongs to the whole process, calls and all.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use crate::{LocalOptions, LocalWhisper, ModelStore};

    /// The niceness of all threads of this process whose name begins so (proc(5), field 19).
    fn niceness_of(name: &str) -> Vec<i32> {
        let threads = std::fs::read_dir("/proc/self/task").expect("Linux").flatten();
        let nice = |thread: &Path| {
            let stat = std::fs::read_to_string(thread.join("stat")).ok()?;
            let (begin, rest) = stat.rsplit_once(") ")?;
            begin.split_once('(')?.1.starts_with(name).then_some(())?;
            rest.split_whitespace().nth(16)?.parse().ok()
        };
        threads.filter_map(|thread| nice(&thread.path())).collect()
    }

    #[test]
    fn all_threads_of_recognition_give_way_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = LocalOptions { threads: 3, ..LocalOptions::default() };
        let store = ModelStore::new(folder.path());
        let test = std::thread::current().name().map(|name| name[..15].to_owned());
        let test = test.expect("a test has a name");
        let own = niceness_of(&test)[0];
        let whisper = LocalWhisper::start(store, options).expect("started");
        let nicer = (own + super::NICER_BY).min(19);
        let began = Instant::now();
        // Threads are named and made nice after they were started.
        loop {
            let found = niceness_of("speech");
            if found.len() >= 4 && found.iter().all(|nice| *nice == nicer) {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{found:?}");
            std::thread::yield_now();
        }
        assert_eq!(niceness_of(&test), [own], "who started them stays as he was");
        drop(whisper);
    }
}
