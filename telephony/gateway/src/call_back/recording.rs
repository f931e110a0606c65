//! What she says, on disk from its first word on.

use std::time::Duration;

use mostik_media::{MediaSession, Recorder, RecorderError};

use crate::Recording;
use crate::journal::Journal;

/// One call's recording, before, while and after it runs.
#[derive(Debug)]
pub(crate) struct Tape {
    journal: Journal,
    id: String,
    longest: Duration,
    prepared: Option<Recorder>,
}

impl Tape {
    /// `longest` is the longest message; there is room for the packets that come after its end.
    pub(crate) fn new(journal: Journal, id: &str, longest: Duration) -> Self {
        Self { journal, id: id.to_owned(), longest: longest * 2, prepared: None }
    }

    /// Opens the file.
    pub(crate) async fn prepare(&mut self) -> Result<(), RecorderError> {
        let (path, longest) = (self.journal.recording(&self.id), self.longest);
        let created = tokio::task::spawn_blocking(move || Recorder::create(&path, longest)).await;
        self.prepared = Some(created.unwrap_or(Err(RecorderError::BrokenOff))?);
        Ok(())
    }

    /// Records from now on; `false` when nothing was prepared.
    pub(crate) async fn start(&mut self, session: &MediaSession) -> bool {
        match self.prepared.take() {
            Some(recorder) => {
                session.record(recorder).await;
                true
            }
            None => false,
        }
    }

    /// Ends the recording; `None` when there is none.
    pub(crate) async fn stop(
        &self,
        session: &MediaSession,
    ) -> Option<Result<Recording, RecorderError>> {
        let recorded = session.stop_recording().await?;
        Some(recorded.map(|recorded| Recording {
            file_name: format!("{}.wav", self.id),
            seconds: recorded.seconds,
            bytes: recorded.bytes,
            channels: 1,
        }))
    }

    /// Removes what was prepared for the tone and never begun.
    pub(crate) async fn discard_unused(&mut self) {
        if let Some(unused) = self.prepared.take()
            && let Ok(recorded) = unused.finish().await
            && let Err(error) = tokio::fs::remove_file(&recorded.path).await
        {
            tracing::warn!(%error, "an unused recording stays");
        }
    }
}
