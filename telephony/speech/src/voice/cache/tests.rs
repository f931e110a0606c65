use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::*;

/// Counts how often it speaks; each making takes a permit.
struct Counting {
    made: AtomicUsize,
    permits: Semaphore,
    voice: &'static str,
}

impl Counting {
    fn new(permits: usize) -> Arc<Self> {
        Self::with_voice("one", permits)
    }

    fn with_voice(voice: &'static str, permits: usize) -> Arc<Self> {
        Arc::new(Self { made: AtomicUsize::new(0), permits: Semaphore::new(permits), voice })
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TextToSpeech for Counting {
    async fn speak(&self, text: &str, _language: Language) -> Result<Spoken, VoiceError> {
        self.permits.acquire().await.expect("open").forget();
        self.made.fetch_add(1, Ordering::SeqCst);
        if text == "fail" {
            return Err(VoiceError::Refused { reason: "no".into() });
        }
        assert!(text != "panic", "as it was told");
        let loud = i16::try_from(text.len()).expect("short");
        Ok(Spoken::from_samples(vec![loud; 8_000]))
    }

    fn voice(&self, language: Language) -> Option<String> {
        (language == Language::English).then(|| self.voice.into())
    }

    fn name(&self) -> String {
        "counting".into()
    }
}

const ENGLISH: Language = Language::English;
const MONTH: Duration = Duration::from_hours(30 * 24);

fn cache_of(engine: &Arc<Counting>, folder: &Path, key: &[u8], most_bytes: u64) -> CachedSpeech {
    let options = CacheOptions {
        folder: folder.into(),
        key: SecretSlice::from(key.to_vec()),
        most_bytes,
        keep_for: MONTH,
    };
    CachedSpeech::open(engine.clone(), options).unwrap()
}

fn cache(engine: &Arc<Counting>, folder: &Path) -> CachedSpeech {
    cache_of(engine, folder, b"key", 1 << 20)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_sentence_is_made_once_for_all_who_ask_and_for_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(0);
    let voice = Arc::new(cache(&engine, folder.path()));
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let voice = voice.clone();
            tokio::spawn(async move { voice.speak("Hello", ENGLISH).await.unwrap() })
        })
        .collect();
    engine.permits.add_permits(20);
    for asker in asking {
        assert_eq!(asker.await.unwrap().samples()[0], 5);
    }
    assert_eq!(voice.speak(" Hello\n", ENGLISH).await.unwrap().samples()[0], 5);
    assert_eq!(engine.made(), 1);
    let next = cache(&engine, folder.path());
    assert_eq!(next.speak("Hello", ENGLISH).await.unwrap().samples()[0], 5);
    assert_eq!(engine.made(), 1);
    next.speak("Other", ENGLISH).await.unwrap();
    assert_eq!(engine.made(), 2);
}

#[tokio::test]
async fn another_voice_or_key_is_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Counting::new(9), Counting::with_voice("two", 9));
    for voice in [
        cache(&one, folder.path()),
        cache(&two, folder.path()),
        cache_of(&one, folder.path(), b"other", 1 << 20),
        cache_of(&one, folder.path(), b"", 1 << 20),
    ] {
        voice.speak("Hello", ENGLISH).await.unwrap();
    }
    assert_eq!((one.made(), two.made(), files(folder.path()).len()), (3, 1, 4));
}

#[tokio::test]
async fn who_stops_waiting_leaves_the_sentence_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(0);
    let voice = cache(&engine, folder.path());
    let patience = Duration::from_millis(20);
    assert!(tokio::time::timeout(patience, voice.speak("Hello", ENGLISH)).await.is_err());
    engine.permits.add_permits(1);
    assert!(voice.speak("Hello", ENGLISH).await.is_ok());
    assert_eq!(engine.made(), 1);
}

#[tokio::test]
async fn failures_are_not_kept_and_a_panic_frees_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(9);
    let voice = cache(&engine, folder.path());
    for made in 1..=2 {
        assert!(matches!(voice.speak("fail", ENGLISH).await, Err(VoiceError::Refused { .. })));
        assert_eq!(engine.made(), made);
    }
    for made in 3..=4 {
        assert!(matches!(voice.speak("panic", ENGLISH).await, Err(VoiceError::Failed { .. })));
        assert_eq!(engine.made(), made);
    }
    assert!(files(folder.path()).is_empty());
    let no_voice = voice.speak("Да", Language::Russian).await;
    assert_eq!(no_voice, Err(VoiceError::NoVoice(Language::Russian)));
}

#[tokio::test]
async fn a_crowd_of_different_sentences_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(0);
    let voice = cache(&engine, folder.path());
    let shared = voice.shared.clone();
    let mut waiting = Vec::new();
    for number in 0..CachedSpeech::MOST_AT_ONCE {
        let line = format!("Sentence {number}");
        let name = shared.name_of(&line, "one", ENGLISH);
        waiting.push(shared.clone().made(name, line, ENGLISH).unwrap());
    }
    assert_eq!(voice.speak("One more", ENGLISH).await, Err(VoiceError::Busy));
    engine.permits.add_permits(CachedSpeech::MOST_AT_ONCE + 1);
    for mut made in waiting {
        made.wait_for(Option::is_some).await.unwrap();
    }
    // The place is given up just after the outcome is told.
    while voice.speak("One more", ENGLISH).await == Err(VoiceError::Busy) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_damaged_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(99);
    cache(&engine, folder.path()).speak("Hello", ENGLISH).await.unwrap();
    let file = files(folder.path()).remove(0);
    let good = std::fs::read(&file).unwrap();
    let mut flipped = good.clone();
    flipped[5_000] ^= 1;
    let huge = vec![0; 5 << 20];
    for (number, damaged) in
        [&flipped[..], &good[..good.len() - 1], &good[..44], b"", &huge].into_iter().enumerate()
    {
        std::fs::write(&file, damaged).unwrap();
        let spoken = cache(&engine, folder.path()).speak("Hello", ENGLISH).await.unwrap();
        assert_eq!(spoken.samples()[0], 5);
        assert_eq!(engine.made(), number + 2);
        assert_eq!(std::fs::read(&file).unwrap(), good);
    }
}

#[tokio::test]
async fn the_folder_stays_bounded_and_what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(999);
    // A sentence takes 16,084 bytes: six fit.
    let voice = cache_of(&engine, folder.path(), b"key", 100_000);
    for number in 0..40 {
        voice.speak(&format!("Sentence {number}"), ENGLISH).await.unwrap();
        locked(&voice.shared.lately).forget_older_than(SystemTime::now());
        voice.speak("Sentence 0", ENGLISH).await.unwrap();
        locked(&voice.shared.lately).forget_older_than(SystemTime::now());
        let bytes: u64 =
            files(folder.path()).iter().map(|it| std::fs::metadata(it).unwrap().len()).sum();
        assert!(bytes <= 100_000, "{bytes}");
    }
    assert_eq!(engine.made(), 40);
    let smaller = cache_of(&engine, folder.path(), b"key", 40_000);
    assert_eq!(files(folder.path()).len(), 2);
    smaller.speak("Sentence 0", ENGLISH).await.unwrap();
    assert_eq!(engine.made(), 40);
}

#[tokio::test]
async fn forgotten_is_gone_from_disk_and_memory() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(9);
    let voice = cache(&engine, folder.path());
    voice.speak("Hello", ENGLISH).await.unwrap();
    let hour = Duration::from_hours(1);
    assert_eq!(voice.forget_older_than(SystemTime::now() - hour).unwrap(), 0);
    assert_eq!(voice.forget_older_than(SystemTime::now() + hour).unwrap(), 1);
    assert!(files(folder.path()).is_empty());
    voice.speak("Hello", ENGLISH).await.unwrap();
    assert_eq!(engine.made(), 2);
}

#[tokio::test]
async fn what_is_too_old_is_made_anew_and_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(9);
    let age_all = || {
        for file in files(folder.path()) {
            let old = SystemTime::now() - MONTH - Duration::from_secs(1);
            std::fs::File::options().write(true).open(file).unwrap().set_modified(old).unwrap();
        }
    };
    let voice = cache(&engine, folder.path());
    for sentence in ["Hello", "Other"] {
        voice.speak(sentence, ENGLISH).await.unwrap();
    }
    age_all();
    locked(&voice.shared.lately).forget_older_than(SystemTime::now());
    voice.speak("Hello", ENGLISH).await.unwrap();
    assert_eq!((engine.made(), files(folder.path()).len()), (3, 2));
    age_all();
    let _next = cache(&engine, folder.path());
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn a_full_disk_or_a_lost_folder_does_not_silence_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Counting::new(9);
    let inner = folder.path().join("spoken");
    let voice = cache(&engine, &inner);
    std::fs::remove_dir(&inner).unwrap();
    std::fs::write(&inner, "in its place").unwrap();
    assert!(voice.speak("Hello", ENGLISH).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_folder_and_names_tell_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("spoken");
    std::fs::create_dir(&inner).unwrap();
    std::fs::set_permissions(&inner, std::fs::Permissions::from_mode(0o755)).unwrap();
    let abandoned = inner.join("x.1-1.part");
    std::fs::write(&abandoned, "half").unwrap();
    let old = SystemTime::now() - Duration::from_hours(2);
    std::fs::File::options().write(true).open(&abandoned).unwrap().set_modified(old).unwrap();
    let voice = cache(&Counting::new(9), &inner);
    voice.speak("Anna", ENGLISH).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = files(&inner);
    assert_eq!((mode(&inner), mode(&files[0]), files.len()), (0o700, 0o600, 1));
    let name = files[0].file_stem().unwrap().to_str().unwrap();
    assert!(name.len() == 64 && name.chars().all(|it| it.is_ascii_hexdigit()), "{name}");
}
