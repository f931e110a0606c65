//! A conversation as one recording: each side on its own channel.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::SAMPLE_RATE;
use crate::recorder::{Recorded, RecorderError, sync_directory};
use crate::wav::{self, HEADER_LENGTH, Header};

/// Makes `path` the left channel and `right` the right one of a recording that takes the place of
/// `path`; the shorter one ends in silence, and `right` is removed. Done a second time, as after a
/// crash, it changes nothing. Blocks.
pub fn join_channels(path: &Path, right: &Path) -> Result<Recorded, RecorderError> {
    if channels_of(path)? == 2 {
        fs::remove_file(right)?;
        return told(path);
    }
    let joined = PathBuf::from(format!("{}.joined", path.display()));
    let frames = samples_of(path)?.max(samples_of(right)?);
    let bytes = u32::try_from(frames * 4).map_err(|_| RecorderError::TooLong)?;
    let mut file = BufWriter::new(File::create(&joined)?);
    file.write_all(&wav::header_of(2, bytes))?;
    let (mut left_side, mut right_side) = (side(path)?, side(right)?);
    for _ in 0..frames {
        file.write_all(&next(&mut left_side)?)?;
        file.write_all(&next(&mut right_side)?)?;
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&joined, path)?;
    sync_directory(path)?;
    fs::remove_file(right)?;
    told(path)
}

fn told(path: &Path) -> Result<Recorded, RecorderError> {
    let bytes = fs::metadata(path)?.len();
    let frames = bytes.saturating_sub(HEADER_LENGTH) / 4;
    let seconds = wav::seconds_of(usize::try_from(frames).unwrap_or(usize::MAX));
    Ok(Recorded { path: path.into(), seconds, bytes })
}

/// Behind the header.
fn side(path: &Path) -> Result<BufReader<File>, RecorderError> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut header: Header = wav::header(0);
    reader.read_exact(&mut header).map_err(|_| RecorderError::NotARecording)?;
    Ok(reader)
}

/// The next sample; silence after the end.
fn next(side: &mut impl Read) -> io::Result<[u8; 2]> {
    let mut sample = [0; 2];
    match side.read_exact(&mut sample) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok([0; 2]),
        read => read.map(|()| sample),
    }
}

fn samples_of(path: &Path) -> Result<u64, RecorderError> {
    Ok(fs::metadata(path)?.len().saturating_sub(HEADER_LENGTH) / 2)
}

/// Our own header says it at a fixed place.
fn channels_of(path: &Path) -> Result<u16, RecorderError> {
    let mut header: Header = wav::header(0);
    File::open(path)?.read_exact(&mut header).map_err(|_| RecorderError::NotARecording)?;
    let rate = u32::from_le_bytes([header[24], header[25], header[26], header[27]]);
    if &header[..4] != b"RIFF" || rate != SAMPLE_RATE {
        return Err(RecorderError::NotARecording);
    }
    Ok(u16::from_le_bytes([header[22], header[23]]))
}
