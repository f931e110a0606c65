//! A recording that survives the process: what was said is in the file within a fraction of a
//! second, under a header that is right at every moment, and on the disk within a second.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::wav::{self, HEADER_LENGTH};

/// Added to a recording's name until it is whole.
pub const PART_SUFFIX: &str = ".part";

/// How long samples may wait in memory.
const WRITE_EVERY: Duration = Duration::from_millis(200);
/// How long written samples may wait for the disk.
const SYNC_EVERY: Duration = Duration::from_millis(900);
/// How many chunks may wait while the disk is slow: about ten seconds of telephone packets.
const MOST_WAITING: usize = 512;

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

#[derive(Debug)]
enum Message {
    Samples(Vec<i16>),
    Finish,
}

/// Writes `NAME.wav.part` from a thread of its own, and `NAME.wav` at the end. Dropped without
/// [`Recorder::finish`], it leaves the `.part` for [`repair`].
#[derive(Debug)]
pub struct Recorder {
    messages: SyncSender<Message>,
    finished: oneshot::Receiver<Result<Recorded, RecorderError>>,
    room: usize,
}

impl Recorder {
    /// Begins the recording that will be `path`. Creates the file before it returns, so it
    /// blocks for a moment. Samples beyond `longest` are refused.
    pub fn create(path: &Path, longest: Duration) -> Result<Self, RecorderError> {
        let mut writer = Writer::create(path)?;
        let (messages, incoming) = mpsc::sync_channel(MOST_WAITING);
        let (done, finished) = oneshot::channel();
        std::thread::Builder::new().name("recorder".into()).spawn(move || {
            // Nobody waits any more when the recorder was dropped; the file is whole all the same.
            let _ = done.send(writer.run(&incoming));
        })?;
        let seconds = usize::try_from(longest.as_secs()).unwrap_or(usize::MAX);
        let room = seconds.saturating_mul(crate::SAMPLE_RATE as usize);
        Ok(Self { messages, finished, room })
    }

    /// Appends samples without waiting for the disk.
    pub fn write(&mut self, samples: &[i16]) -> Result<(), RecorderError> {
        if samples.len() > self.room {
            return Err(RecorderError::TooLong);
        }
        self.room -= samples.len();
        self.messages.try_send(Message::Samples(samples.to_vec())).map_err(|error| match error {
            TrySendError::Full(_) => RecorderError::TooSlow,
            TrySendError::Disconnected(_) => RecorderError::BrokenOff,
        })
    }

    /// Writes what is left, syncs, and gives the file its final name.
    pub async fn finish(self) -> Result<Recorded, RecorderError> {
        let Self { messages, finished, .. } = self;
        // The queue may be full: wait for room off this thread. A dead writer answers below.
        let _ = tokio::task::spawn_blocking(move || messages.send(Message::Finish)).await;
        finished.await.unwrap_or(Err(RecorderError::BrokenOff))
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
    let mut writer = Writer { file, path, samples, synced: Instant::now() };
    writer.write_header()?;
    writer.close()
}

struct Writer {
    file: File,
    path: PathBuf,
    samples: u64,
    synced: Instant,
}

impl Writer {
    fn create(path: &Path) -> Result<Self, RecorderError> {
        let file = OpenOptions::new().write(true).create_new(true).open(part_of(path))?;
        let mut writer = Self { file, path: path.into(), samples: 0, synced: Instant::now() };
        writer.write_header()?;
        writer.file.sync_all()?;
        sync_directory(path)?;
        Ok(writer)
    }

    fn run(&mut self, incoming: &Receiver<Message>) -> Result<Recorded, RecorderError> {
        let mut waiting: Vec<u8> = Vec::new();
        let mut written = Instant::now();
        loop {
            let message = incoming.recv_timeout(WRITE_EVERY);
            if let Ok(Message::Samples(samples)) = &message {
                waiting.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            }
            let ends = matches!(message, Ok(Message::Finish))
                || matches!(message, Err(RecvTimeoutError::Disconnected));
            if ends || written.elapsed() >= WRITE_EVERY {
                self.append(&waiting)?;
                waiting.clear();
                written = Instant::now();
            }
            match message {
                Ok(Message::Finish) => return self.close(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.file.sync_all()?;
                    return Err(RecorderError::BrokenOff);
                }
                _ => {}
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), RecorderError> {
        if !bytes.is_empty() {
            self.file.seek(SeekFrom::End(0))?;
            self.file.write_all(bytes)?;
            self.samples += bytes.len() as u64 / 2;
            self.write_header()?;
        }
        if self.synced.elapsed() >= SYNC_EVERY {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    fn write_header(&mut self) -> Result<(), RecorderError> {
        let bytes = u32::try_from(self.samples * 2).unwrap_or(u32::MAX);
        self.file.seek(SeekFrom::Start(0))?;
        Ok(self.file.write_all(&wav::header(bytes))?)
    }

    fn close(&mut self) -> Result<Recorded, RecorderError> {
        self.file.sync_all()?;
        std::fs::rename(part_of(&self.path), &self.path)?;
        sync_directory(&self.path)?;
        let samples = usize::try_from(self.samples).unwrap_or(usize::MAX);
        Ok(Recorded {
            path: self.path.clone(),
            seconds: wav::seconds_of(samples),
            bytes: HEADER_LENGTH + self.samples * 2,
        })
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PART_SUFFIX);
    name.into()
}

/// A new name is safe only when its directory is on the disk too.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
