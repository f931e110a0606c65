//! The way of all recordings to the disk: one thread writes what waits, another one syncs.
//!
//! A call only appends to memory. Both threads go round all recordings, so a thousand calls cost
//! two threads and, once a second, one sync of the file system they share.

use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::recorder::RecorderError;
use crate::wav::{self, HEADER_LENGTH};

/// How long samples may wait in memory.
const WRITE_EVERY: Duration = Duration::from_millis(300);
/// How long written samples may wait for the disk.
const SYNC_EVERY: Duration = Duration::from_millis(900);
/// How many octets may wait while the disk is slow: about ten seconds of a telephone call.
const MOST_WAITING: usize = 10 * 2 * crate::SAMPLE_RATE as usize;
/// Beyond so many changed files, one sync of the file system is cheaper than one each.
const SYNCED_SINGLY: usize = 4;

/// One recording between its call and its file.
#[derive(Debug)]
pub(crate) struct Spool {
    waiting: Mutex<Waiting>,
    part: Mutex<Part>,
}

struct Waiting {
    octets: Vec<u8>,
    /// Why the file takes no more; told once.
    failure: Option<RecorderError>,
    stage: Stage,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Waiting({} octets, {:?})", self.octets.len(), self.stage)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The call goes on.
    Open,
    /// Nothing more will come; what waits is still to be written.
    Abandoned,
    /// The file refused, or has its final name.
    Closed,
}

impl Spool {
    /// A spool for an open file that holds the header and the `samples` of a recording; the writer
    /// looks after it from now on.
    pub(crate) fn open(
        file: File,
        path: PathBuf,
        samples: u64,
    ) -> Result<Arc<Self>, RecorderError> {
        let device = file.metadata()?.dev();
        let part = Part { file: Arc::new(file), path, device, samples, unsynced: true };
        let octets = Vec::with_capacity(2 * crate::SAMPLE_RATE as usize);
        let waiting = Waiting { octets, failure: None, stage: Stage::Open };
        let spool = Arc::new(Self { waiting: Mutex::new(waiting), part: Mutex::new(part) });
        Rounds::running()?.admit(&spool);
        Ok(spool)
    }

    /// Appends samples in memory; never waits for the disk.
    pub(crate) fn append(&self, samples: &[i16]) -> Result<(), RecorderError> {
        let mut waiting = lock(&self.waiting);
        if let Some(failure) = waiting.failure.take() {
            return Err(failure);
        }
        if waiting.stage != Stage::Open {
            return Err(RecorderError::BrokenOff);
        }
        if waiting.octets.len() + samples.len() * 2 > MOST_WAITING {
            waiting.stage = Stage::Abandoned;
            return Err(RecorderError::TooSlow);
        }
        waiting.octets.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        Ok(())
    }

    /// Leaves what was said to the writer, under the temporary name.
    pub(crate) fn abandon(&self) {
        let mut waiting = lock(&self.waiting);
        if waiting.stage == Stage::Open {
            waiting.stage = Stage::Abandoned;
        }
    }

    /// Writes what waits and hands the file over, which nobody else touches any more. Blocks.
    pub(crate) fn close(&self) -> Result<Part, RecorderError> {
        let mut part = lock(&self.part);
        let written = self.write_waiting(&mut part, &mut Vec::new());
        let mut waiting = lock(&self.waiting);
        waiting.stage = Stage::Closed;
        match (written, waiting.failure.take()) {
            (Err(error), _) | (Ok(()), Some(error)) => Err(error),
            (Ok(()), None) => Ok(part.clone()),
        }
    }

    /// Moves what waits into the file; says whether there may be more to come.
    fn flush(&self, spare: &mut Vec<u8>) -> bool {
        let mut part = lock(&self.part);
        if lock(&self.waiting).stage == Stage::Closed {
            return false;
        }
        let written = self.write_waiting(&mut part, spare);
        let mut waiting = lock(&self.waiting);
        if let Err(error) = written {
            waiting.failure = Some(error);
            waiting.stage = Stage::Closed;
        }
        waiting.stage == Stage::Open
    }

    fn write_waiting(&self, part: &mut Part, spare: &mut Vec<u8>) -> Result<(), RecorderError> {
        spare.clear();
        std::mem::swap(&mut lock(&self.waiting).octets, spare);
        part.append(spare)
    }

    /// The file, when it has changed since it was last asked for.
    fn unsynced(&self) -> Option<(Arc<File>, u64)> {
        let mut part = lock(&self.part);
        std::mem::take(&mut part.unsynced).then(|| (Arc::clone(&part.file), part.device))
    }
}

/// The file of a recording that is not whole yet.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file: Arc<File>,
    pub(crate) path: PathBuf,
    device: u64,
    pub(crate) samples: u64,
    unsynced: bool,
}

impl Part {
    fn append(&mut self, octets: &[u8]) -> Result<(), RecorderError> {
        if octets.is_empty() {
            return Ok(());
        }
        self.file.write_all_at(octets, HEADER_LENGTH + self.samples * 2)?;
        self.samples += octets.len() as u64 / 2;
        self.unsynced = true;
        let bytes = u32::try_from(self.samples * 2).unwrap_or(u32::MAX);
        Ok(self.file.write_all_at(&wav::header(bytes), 0)?)
    }
}

/// All recordings of the process, and the two threads that go round them.
#[derive(Debug, Default)]
struct Rounds {
    spools: Mutex<Vec<Arc<Spool>>>,
    arrived: Condvar,
}

impl Rounds {
    fn running() -> Result<&'static Self, RecorderError> {
        static ROUNDS: OnceLock<Rounds> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());
        let _starting = lock(&STARTING);
        if let Some(rounds) = ROUNDS.get() {
            return Ok(rounds);
        }
        // They serve the whole process, so they end with it: every recording that is not closed
        // is a `.part`, which is exactly what a killed process leaves.
        for (name, work) in [("recordings", Self::write as fn(&Self)), ("syncs", Self::sync)] {
            std::thread::Builder::new()
                .name(name.into())
                .spawn(move || work(ROUNDS.get_or_init(Self::default)))?;
        }
        Ok(ROUNDS.get_or_init(Self::default))
    }

    fn admit(&self, spool: &Arc<Spool>) {
        lock(&self.spools).push(Arc::clone(spool));
        self.arrived.notify_all();
    }

    /// A copy of the list, so that no call that begins waits for a disk.
    fn all(&self) -> Vec<Arc<Spool>> {
        let mut spools = lock(&self.spools);
        while spools.is_empty() {
            spools = self.arrived.wait(spools).unwrap_or_else(PoisonError::into_inner);
        }
        spools.clone()
    }

    fn write(&self) {
        let mut spare = Vec::new();
        let mut ended = Vec::new();
        loop {
            let began = Instant::now();
            for spool in self.all() {
                if !spool.flush(&mut spare) {
                    ended.push(spool);
                }
            }
            if !ended.is_empty() {
                lock(&self.spools).retain(|spool| !ended.iter().any(|end| Arc::ptr_eq(end, spool)));
                // They left the list, so the other thread will not meet them any more.
                let changed = ended.drain(..).filter_map(|spool| spool.unsynced());
                sync_files(&changed.collect::<Vec<_>>());
            }
            std::thread::sleep(WRITE_EVERY.saturating_sub(began.elapsed()));
        }
    }

    fn sync(&self) {
        loop {
            let began = Instant::now();
            let changed: Vec<_> = self.all().iter().filter_map(|spool| spool.unsynced()).collect();
            sync_files(&changed);
            std::thread::sleep(SYNC_EVERY.saturating_sub(began.elapsed()));
        }
    }
}

/// Files with the number of their file system. An error shows again when the recording is
/// finished, which syncs on its own account.
fn sync_files(changed: &[(Arc<File>, u64)]) {
    let mut devices: Vec<u64> = changed.iter().map(|(_, device)| *device).collect();
    devices.sort_unstable();
    devices.dedup();
    for device in devices {
        let files: Vec<&Arc<File>> =
            changed.iter().filter(|(_, other)| *other == device).map(|(file, _)| file).collect();
        let synced = if files.len() > SYNCED_SINGLY {
            rustix::fs::syncfs(files[0]).map_err(std::io::Error::from)
        } else {
            files.iter().try_for_each(|file| file.sync_data())
        };
        if let Err(error) = synced {
            tracing::warn!(%error, "recordings in progress were not synced");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind is whole at every moment, also after a panic elsewhere.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spool that nobody goes round to.
    fn alone(writable: bool) -> (Spool, tempfile::NamedTempFile) {
        let place = tempfile::NamedTempFile::new().expect("a file");
        let file = std::fs::OpenOptions::new().read(true).write(writable).open(place.path());
        let part = Part {
            file: Arc::new(file.expect("opened")),
            path: place.path().into(),
            device: 0,
            samples: 0,
            unsynced: false,
        };
        let waiting = Waiting { octets: Vec::new(), failure: None, stage: Stage::Open };
        (Spool { waiting: Mutex::new(waiting), part: Mutex::new(part) }, place)
    }

    #[test]
    fn a_disk_that_is_ten_seconds_behind_breaks_the_recording_off_and_keeps_the_rest() {
        let (spool, place) = alone(true);
        for _ in 0..500 {
            spool.append(&[7; 160]).expect("ten seconds have room");
        }
        assert!(matches!(spool.append(&[7; 160]), Err(RecorderError::TooSlow)));
        assert!(matches!(spool.append(&[7; 160]), Err(RecorderError::BrokenOff)));
        assert!(!spool.flush(&mut Vec::new()), "nothing more is to come");
        let length = std::fs::metadata(place.path()).expect("there").len();
        assert_eq!(length, HEADER_LENGTH + 160_000);
    }

    #[test]
    fn a_disk_that_refuses_is_told_to_the_call_once_and_at_the_end() {
        let (spool, _place) = alone(false);
        spool.append(&[7; 160]).expect("room");
        assert!(!spool.flush(&mut Vec::new()));
        assert!(matches!(spool.append(&[7; 160]), Err(RecorderError::Disk(_))));
        assert!(matches!(spool.append(&[7; 160]), Err(RecorderError::BrokenOff)));
        let (spool, _place) = alone(false);
        spool.append(&[7; 160]).expect("room");
        assert!(matches!(spool.close(), Err(RecorderError::Disk(_))));
    }
}
