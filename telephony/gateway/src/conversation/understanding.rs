//! Asking the host what a message is about, while the caller is thanked.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Conversation;
use crate::call_flow::{Confirmed, Input};
use crate::{LeftMessage, Understood};

/// More topics than keys cannot be told.
const MOST_TOPICS: usize = 9;

impl Conversation {
    pub(super) fn ask_what_it_is_about(&mut self) {
        let message = LeftMessage {
            call: self.told.id.clone(),
            recording: self.shared.journal.recording(&self.told.id),
            language: self.flow.told.language,
        };
        let (tell, told) = oneshot::channel();
        let host = Arc::clone(&self.shared.host);
        self.listening = Some(told);
        tokio::spawn(async move {
            // Who asked may have gone on without an answer.
            tell.send(host.understand(&message).await).ok();
        });
    }

    pub(super) fn heard_what_it_is_about(&mut self, understood: Option<Understood>) -> Input {
        self.understood = understood;
        match &self.understood {
            Some(it) => {
                let topics = u8::try_from(it.topics.len().min(MOST_TOPICS)).unwrap_or_default();
                Input::Understood { topics }
            }
            None => Input::NotUnderstood,
        }
    }

    /// What she said by key, as the host names it.
    pub(super) fn confirmed_topic(&self) -> Option<String> {
        let understood = self.understood.as_ref()?;
        match self.flow.told.confirmed? {
            Confirmed::AsUnderstood => Some(understood.topic.clone()),
            Confirmed::Topic(key) => understood.topics.get(usize::from(key) - 1).cloned(),
        }
    }
}

/// Waits for the host's answer, for ever when nothing was asked. Cancel-safe.
pub(super) async fn told(
    listening: &mut Option<oneshot::Receiver<Option<Understood>>>,
) -> Option<Understood> {
    let Some(answer) = listening else { return std::future::pending().await };
    let told = answer.await.ok().flatten();
    *listening = None;
    told
}
