//! A recording of speech, checked and bounded before anything else touches it.

mod g711;
mod resample;
mod sides;
mod silence;
mod wav;

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

pub(crate) use resample::resample;
pub(crate) use silence::{Span, speech_spans};
pub(crate) use wav::Pcm;

/// A WAV file of speech: PCM of 8 to 32 bits, µ-law or A-law, 8 to 48 kHz, one or two channels.
///
/// It holds the file as it came and its decoded samples, mixed to one channel.
/// `Debug` prints its length only.
#[derive(Clone)]
pub struct Recording {
    file: Vec<u8>,
    pcm: Arc<Pcm>,
}

/// Why a file is not a recording that can be transcribed.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file could not be read.
    #[error("the recording cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The file is larger than [`Recording::MAX_BYTES`].
    #[error("the recording is larger than {} MiB", Recording::MAX_BYTES >> 20)]
    TooLarge,
    /// The recording is longer than [`Recording::MAX_SECONDS`].
    #[error("the recording is longer than {} minutes", Recording::MAX_SECONDS / 60)]
    TooLong,
    /// There is no RIFF/WAVE header.
    #[error("the recording is not a WAV file")]
    NotWav,
    /// A WAV file whose chunks do not fit together.
    #[error("the recording is a damaged WAV file: {0}")]
    Damaged(&'static str),
    /// A WAV file in an encoding that is not read here.
    #[error("the recording is a WAV file of an unsupported kind: {0}")]
    Unsupported(String),
}

impl Recording {
    /// The largest file that is read.
    pub const MAX_BYTES: usize = 64 << 20;
    /// The longest recording that is read, in seconds.
    pub const MAX_SECONDS: u32 = 30 * 60;

    /// Checks and decodes the bytes of a WAV file.
    pub fn from_wav(file: Vec<u8>) -> Result<Self, RecordingError> {
        if file.len() > Self::MAX_BYTES {
            return Err(RecordingError::TooLarge);
        }
        let pcm = Arc::new(wav::decode(&file)?);
        Ok(Self { file, pcm })
    }

    /// Reads a WAV file, never more of it than [`Self::MAX_BYTES`]. Blocks on the disk.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let source = std::fs::File::open(path).map_err(RecordingError::Unreadable)?;
        let limit = u64::try_from(Self::MAX_BYTES).unwrap_or(u64::MAX);
        let mut file = Vec::new();
        source.take(limit + 1).read_to_end(&mut file).map_err(RecordingError::Unreadable)?;
        Self::from_wav(file)
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.pcm.seconds()
    }

    /// Samples per second of the file.
    pub fn sample_rate(&self) -> u32 {
        self.pcm.rate
    }

    /// The file as it came.
    pub fn wav(&self) -> &[u8] {
        &self.file
    }

    pub(crate) fn pcm(&self) -> &Arc<Pcm> {
        &self.pcm
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("bytes", &self.file.len())
            .field("seconds", &self.seconds())
            .field("sample_rate", &self.pcm.rate)
            .finish()
    }
}
