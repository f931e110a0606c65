//! A recording that survives the process: what was said is in the file within a fraction of a
//! second, under a header that is right at every moment, and on the disk within a second.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::spool::Spool;
use crate::wav::{self, HEADER_LENGTH, Header};

/// Added to a recording's name until it is whole.
pub const PART_SUFFIX: &str = ".part";

/// A finished recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Where it is.
    pub path: PathBuf,
    /// How long it plays, in seconds.
    pub seconds: f64,
    /// The size of the whole file, in bytes.
    pub bytes: u64,
}

/// Why a recording could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The disk refused.
    #[error("the recording could not be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The disk is so slow that ten seconds of audio wait.
    #[error("the disk is too slow for the recording")]
    TooSlow,
    /// The writer is gone, after an error of its own.
    #[error("the recording was broken off")]
    BrokenOff,
    /// The recording has its longest length.
    #[error("the recording has reached its longest length")]
    TooLong,
    /// The file to repair was not begun by a recorder.
    #[error("not a recording of ours")]
    NotARecording,
}

/// Writes `NAME.wav.part` off the path of the audio, and `NAME.wav` at the end. Dropped without
/// [`Recorder::finish`], it leaves the `.part` for [`repair`].
#[derive(Debug)]
pub struct Recorder {
    spool: Arc<Spool>,
    samples: usize,
    most: usize,
}

impl Recorder {
    /// Begins the recording that will be `path`. Creates the file before it returns, so it
    /// blocks for a moment. Samples beyond `longest` are refused.
    pub fn create(path: &Path, longest: Duration) -> Result<Self, RecorderError> {
        Self::create_after(path, 0, longest)
    }

    /// The same with `silence` samples before: what is recorded is then heard at its time beside
    /// another recording that began earlier.
    pub fn create_after(
        path: &Path,
        silence: usize,
        longest: Duration,
    ) -> Result<Self, RecorderError> {
        let file = OpenOptions::new().write(true).create_new(true).open(part_of(path))?;
        Self::go_on(file, path, silence, longest)
    }

    /// Goes on with the finished recording `path`, filled up with silence to `samples`. It has its
    /// temporary name again until [`Recorder::finish`]; together it may be `longest`. Blocks for
    /// a moment.
    pub fn resume(path: &Path, samples: usize, longest: Duration) -> Result<Self, RecorderError> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut header: Header = wav::header(0);
        file.read_exact_at(&mut header, 0).map_err(|_| RecorderError::NotARecording)?;
        let bytes = file.metadata()?.len().saturating_sub(HEADER_LENGTH);
        if header != wav::header(u32::try_from(bytes).unwrap_or(u32::MAX)) {
            return Err(RecorderError::NotARecording);
        }
        let there = usize::try_from(bytes / 2).unwrap_or(usize::MAX);
        std::fs::rename(path, part_of(path))?;
        Self::go_on(file, path, there.max(samples), longest)
    }

    /// A file that is longer than what was written to it reads as silence there.
    fn go_on(
        file: File,
        path: &Path,
        samples: usize,
        longest: Duration,
    ) -> Result<Self, RecorderError> {
        let bytes = u32::try_from(samples * 2).map_err(|_| RecorderError::TooLong)?;
        file.set_len(HEADER_LENGTH + u64::from(bytes))?;
        file.write_all_at(&wav::header(bytes), 0)?;
        let spool = Spool::open(file, path.into(), u64::from(bytes / 2))?;
        let seconds = usize::try_from(longest.as_secs()).unwrap_or(usize::MAX);
        let most = seconds.saturating_mul(crate::SAMPLE_RATE as usize);
        Ok(Self { spool, samples, most })
    }

    /// How much is recorded so far, in samples.
    pub const fn samples(&self) -> usize {
        self.samples
    }

    /// Appends samples without waiting for the disk.
    pub fn write(&mut self, samples: &[i16]) -> Result<(), RecorderError> {
        let together = self.samples + samples.len();
        if together > self.most {
            return Err(RecorderError::TooLong);
        }
        self.samples = together;
        self.spool.append(samples)
    }

    /// Writes what is left, syncs, and gives the file its final name.
    pub async fn finish(self) -> Result<Recorded, RecorderError> {
        let spool = Arc::clone(&self.spool);
        let finished = tokio::task::spawn_blocking(move || {
            let part = spool.close()?;
            name_finally(&part.file, &part.path, part.samples)
        });
        finished.await.unwrap_or(Err(RecorderError::BrokenOff))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.spool.abandon();
    }
}

/// Makes a recording that was broken off (`NAME.wav.part`) whole: the header is set to what is
/// there, and the file gets its final name. Blocks.
pub fn repair(part: &Path) -> Result<Recorded, RecorderError> {
    let name = part.to_str().and_then(|name| name.strip_suffix(PART_SUFFIX));
    let path = PathBuf::from(name.ok_or(RecorderError::NotARecording)?);
    let mut file = OpenOptions::new().read(true).write(true).open(part)?;
    let length = file.metadata()?.len();
    let mut start = [0; 4];
    if length > 0 {
        std::io::Read::read_exact(&mut file, &mut start)
            .map_err(|_| RecorderError::NotARecording)?;
        if &start != b"RIFF" {
            return Err(RecorderError::NotARecording);
        }
    }
    let samples = length.saturating_sub(HEADER_LENGTH) / 2;
    file.set_len(HEADER_LENGTH + samples * 2)?;
    let bytes = u32::try_from(samples * 2).unwrap_or(u32::MAX);
    file.write_all_at(&wav::header(bytes), 0)?;
    name_finally(&file, &path, samples)
}

fn name_finally(file: &File, path: &Path, samples: u64) -> Result<Recorded, RecorderError> {
    file.sync_all()?;
    std::fs::rename(part_of(path), path)?;
    sync_directory(path)?;
    Ok(Recorded {
        path: path.into(),
        seconds: wav::seconds_of(usize::try_from(samples).unwrap_or(usize::MAX)),
        bytes: HEADER_LENGTH + samples * 2,
    })
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PART_SUFFIX);
    name.into()
}

/// A new name is safe only when its directory is on the disk too.
pub(crate) fn sync_directory(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
