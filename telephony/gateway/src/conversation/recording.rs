//! The caller's message on the disk, at its beginning and its end.

use jiff::Timestamp;
use mostik_media::{Recorded, Recorder, RecorderError};

use super::Conversation;
use crate::Recording;
use crate::call_flow::{CallState, Input};

impl Conversation {
    /// Told once more, it goes on in the same file: nothing that was said is thrown away.
    pub(super) async fn prepare_recording(&mut self) -> Result<(), RecorderError> {
        let path = self.shared.journal.recording(&self.told.id);
        // A message that is cut off at its limit still has room for the last packets.
        let longest = self.plan.max_message * 2 * u32::from(self.flow.told.takes + 1);
        let again = self.told.recording.is_some();
        let created = tokio::task::spawn_blocking(move || {
            if again {
                Recorder::resume(&path, 0, longest)
            } else {
                Recorder::create(&path, longest)
            }
        });
        self.prepared = Some(created.await.unwrap_or(Err(RecorderError::BrokenOff))?);
        // No word is asked for that a crash could lose.
        self.notebook.begun().await;
        Ok(())
    }

    pub(super) async fn start_recording(&mut self) -> Option<Input> {
        let Some(recorder) = self.prepared.take() else { return Some(Input::RecorderFailed) };
        self.line.session.record(recorder).await;
        self.told.tone_at.get_or_insert_with(Timestamp::now);
        self.notebook.note(&self.told);
        None
    }

    pub(super) async fn stop_recording(&mut self) {
        match self.line.session.stop_recording().await {
            Some(Ok(recorded)) => self.recorded(&recorded, 1),
            Some(Err(error)) => {
                self.failed(&error);
            }
            None => {}
        }
        self.told.termination = match (self.flow.state, self.flow.told.message) {
            (CallState::Parting(termination) | CallState::Ended(termination), _) => termination,
            (_, Some(end)) => end.into(),
            _ => self.told.termination,
        };
        self.notebook.note(&self.told);
    }

    pub(super) fn recorded(&mut self, recorded: &Recorded, channels: u8) {
        self.told.recording = Some(Recording {
            file_name: format!("{}.wav", self.told.id),
            seconds: recorded.seconds,
            bytes: recorded.bytes,
            channels,
        });
    }

    pub(super) fn failed(&self, error: &RecorderError) -> Input {
        tracing::error!(call = self.told.id, %error, "a message cannot be recorded");
        Input::RecorderFailed
    }

    /// A recording that was prepared for the tone and never begun. One that was to go on is as
    /// whole as it was.
    pub(super) async fn discard_unused_recording(&mut self) {
        if let Some(unused) = self.prepared.take()
            && let Ok(recorded) = unused.finish().await
            && self.told.recording.is_none()
            && let Err(error) = tokio::fs::remove_file(&recorded.path).await
        {
            tracing::warn!(%error, "an unused recording stays");
        }
    }
}
