//! The end of a call: goodbye, the whole recording, and the host.

use jiff::Timestamp;

use super::Conversation;
use super::tracks::Tracks;
use crate::facts::steps;
use crate::{AudioFacts, Termination};

impl Conversation {
    /// Says BYE and hands the call over, with the last of its messages.
    pub(super) async fn close(mut self, termination: Termination) {
        self.discard_unused_recording().await;
        let heard = self.line.session.quality().await;
        let flow = self.flow.told;
        self.told.ended_at = Timestamp::now();
        self.told.termination = termination;
        self.told.language = flow.language;
        self.told.promise = flow.promise_heard.then_some(flow.promise);
        self.told.topic = self.confirmed_topic();
        self.told.facts.audio = Some(AudioFacts::of(&heard));
        self.join_tracks().await;
        self.notebook.note(&self.told);
        let seconds = self.told.recording.as_ref().map_or(0.0, |recording| recording.seconds);
        tracing::info!(%termination, seconds, lost = heard.lost, "ended");
        let Self { shared, line, mut told, notebook, hang_up, .. } = self;
        let ladder = line.call.ladder();
        if hang_up {
            line.call.hang_up().await;
        }
        notebook.close().await;
        told.facts.ladder = steps(&ladder);
        shared.delivery.deliver(told).await;
    }

    async fn join_tracks(&mut self) {
        if self.told.talks.is_empty() {
            return;
        }
        match Tracks::join(self.shared.journal.recording(&self.told.id)).await {
            Some(Ok(joined)) => self.recorded(&joined, 2),
            Some(Err(error)) => {
                self.failed(&error);
            }
            None => {}
        }
    }
}
