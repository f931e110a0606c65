//! After a crash: calls that were in progress, or not yet kept by the host, told as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mostik_media::{Clip, PART_SUFFIX, RecorderError, has_speech, repair};

use crate::journal::Journal;
use crate::{CompletedCall, MessageEnd, NoMessageEnd, Recording, Termination};

/// Repairs broken-off recordings and tells every call the host does not have. Blocks.
pub(crate) fn recover(journal: &Journal) -> io::Result<Vec<CompletedCall>> {
    let mut calls = journal.calls()?;
    for call in &mut calls {
        if let Err(error) = complete(journal, call) {
            tracing::error!(call = call.id, %error, "a recording could not be repaired");
        }
    }
    Ok(calls)
}

fn complete(journal: &Journal, call: &mut CompletedCall) -> Result<(), RecorderError> {
    let path = journal.recording(&call.id);
    let part = part_of(&path);
    let broken_off = part.exists();
    let last_heard = [&part, &path].into_iter().find_map(|file| modified(file).ok());
    if broken_off {
        repair(&part)?;
    }
    let Some(last_heard) = last_heard.filter(|_| call.recording.is_none()) else { return Ok(()) };
    let content = fs::read(&path)?;
    let samples = Clip::from_wav(&content).map_err(|_| RecorderError::NotARecording)?;
    if call.tone_at.is_none() && samples.samples().is_empty() {
        // Prepared while the tone sounded, and no further.
        return Ok(fs::remove_file(&path)?);
    }
    call.ended_at = last_heard;
    let length = SignedDuration::try_from_secs_f64(samples.seconds()).unwrap_or_default();
    call.tone_at.get_or_insert_with(|| call.ended_at.checked_sub(length).unwrap_or(call.ended_at));
    call.recording = Some(Recording {
        file_name: format!("{}.wav", call.id),
        seconds: samples.seconds(),
        bytes: content.len() as u64,
    });
    if call.termination == Termination::NoMessage(NoMessageEnd::Interrupted)
        && has_speech(samples.samples())
    {
        call.termination = Termination::MessageLeft(MessageEnd::Interrupted);
    }
    journal.write(call)?;
    Ok(())
}

fn part_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}{PART_SUFFIX}", path.display()))
}

fn modified(path: &Path) -> io::Result<Timestamp> {
    let modified = fs::metadata(path)?.modified()?;
    Timestamp::try_from(modified).map_err(|_| io::ErrorKind::InvalidData.into())
}
