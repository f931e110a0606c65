//! Takes on the disk, for as long as they are made.

use std::io;
use std::path::{Path, PathBuf};

use mostik_media::{MediaSession, Recorder, RecorderError};

use super::timers::LONGEST_TAKE;
use crate::Clip;

/// What the names of takes begin with; those of calls never do.
const PREFIX: &str = "studio_";

/// One take at a time, in the recordings directory.
#[derive(Debug)]
pub(super) struct Takes {
    path: PathBuf,
}

impl Takes {
    /// `call` is the name of the call.
    pub(super) fn new(recordings_dir: &Path, call: &str) -> Self {
        Self { path: recordings_dir.join(format!("{PREFIX}{call}.wav")) }
    }

    /// Records from now on.
    pub(super) async fn begin(&self, session: &MediaSession) -> Result<(), RecorderError> {
        let path = self.path.clone();
        // The packets that come after its end have room, too.
        let created =
            tokio::task::spawn_blocking(move || Recorder::create(&path, LONGEST_TAKE * 2)).await;
        session.record(created.unwrap_or(Err(RecorderError::BrokenOff))?).await;
        Ok(())
    }

    /// Ends the take: what was said, as it was said. The file is gone then.
    pub(super) async fn end(&self, session: &MediaSession) -> Result<Clip, RecorderError> {
        let recorded = session.stop_recording().await.ok_or(RecorderError::BrokenOff)??;
        let read = tokio::task::spawn_blocking(move || {
            let content = std::fs::read(&recorded.path)?;
            std::fs::remove_file(&recorded.path)?;
            Clip::from_wav(&content).map_err(|_| RecorderError::NotARecording)
        });
        read.await.unwrap_or(Err(RecorderError::BrokenOff))
    }
}

/// Removes takes that a crash left. Blocks.
pub(crate) fn forget_left_takes(recordings_dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(recordings_dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_left_of_a_take_is_removed_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        let takes = Takes::new(directory.path(), "call_1");
        std::fs::write(&takes.path, "a take").expect("written");
        std::fs::write(takes.path.with_extension("wav.part"), "half").expect("written");
        std::fs::write(directory.path().join("call_1.wav"), "a message").expect("written");
        forget_left_takes(directory.path()).expect("removed");
        let left: Vec<_> = std::fs::read_dir(directory.path())
            .expect("there")
            .map(|entry| entry.expect("a file").file_name())
            .collect();
        assert_eq!(left, ["call_1.wav"]);
    }
}
