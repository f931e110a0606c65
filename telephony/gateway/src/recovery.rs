//! After a crash: calls that were in progress, or not yet kept by the host, told as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mostik_media::{Clip, PART_SUFFIX, Recorded, RecorderError, has_speech, join_channels, repair};

use crate::journal::{Journal, track_of_people};
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
    if let (Some(joined), Some(last_heard)) = (join_people(&path)?, last_heard) {
        talk_complete(call, &joined, last_heard);
        return Ok(journal.write(call)?);
    }
    if broken_off {
        // It was gone on with since the note was written.
        call.recording = None;
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
        channels: 1,
    });
    if call.termination == Termination::NoMessage(NoMessageEnd::Interrupted)
        && has_speech(samples.samples())
    {
        call.termination = Termination::MessageLeft(MessageEnd::Interrupted);
    }
    journal.write(call)?;
    Ok(())
}

/// Puts what people said to her beside what she said, if there is any of it.
fn join_people(path: &Path) -> Result<Option<Recorded>, RecorderError> {
    let people = track_of_people(path);
    let part = part_of(&people);
    if part.exists() {
        repair(&part)?;
    }
    (people.exists() && path.exists()).then(|| join_channels(path, &people)).transpose()
}

/// A conversation that was cut off is as long as its recording.
fn talk_complete(call: &mut CompletedCall, joined: &Recorded, last_heard: Timestamp) {
    call.ended_at = last_heard;
    if let Some(talk) = call.talks.last_mut() {
        talk.to.get_or_insert(last_heard);
    }
    call.recording = Some(Recording {
        file_name: format!("{}.wav", call.id),
        seconds: joined.seconds,
        bytes: joined.bytes,
        channels: 2,
    });
}

fn part_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}{PART_SUFFIX}", path.display()))
}

fn modified(path: &Path) -> io::Result<Timestamp> {
    let modified = fs::metadata(path)?.modified()?;
    Timestamp::try_from(modified).map_err(|_| io::ErrorKind::InvalidData.into())
}
