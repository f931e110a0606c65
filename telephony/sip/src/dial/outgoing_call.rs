//! A call of ours until it is answered.

use std::fmt;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Call, DialFailure};

/// The next thing that happened to a call we placed.
#[derive(Debug)]
pub enum DialEvent {
    /// The next server has the call (100).
    Trying,
    /// A phone rings (180, or 181-183 without a session description).
    Ringing,
    /// There is something to hear before the answer (RFC 3960): announcements, ringing tones.
    EarlyMedia(SessionText),
    /// Somebody answered.
    Answered(Call, SessionText),
    /// There will be no call.
    Failed(DialFailure),
}

/// A session description of the other side; `Debug` prints its length.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionText(pub String);

impl fmt::Debug for SessionText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionText({} bytes)", self.0.len())
    }
}

/// A call that is being placed. Dropping it cancels the call.
pub struct OutgoingCall {
    pub(super) id: String,
    pub(super) events: mpsc::Receiver<DialEvent>,
    pub(super) failure: Option<DialFailure>,
    /// Tells the task that places the call to give up; after an answer nobody listens.
    pub(super) give_up: CancellationToken,
    pub(super) _give_up_when_dropped: DropGuard,
}

impl OutgoingCall {
    pub(crate) fn new(
        id: String,
        events: mpsc::Receiver<DialEvent>,
        give_up: CancellationToken,
    ) -> Self {
        let guard = give_up.clone().drop_guard();
        Self { id, events, failure: None, give_up, _give_up_when_dropped: guard }
    }

    /// Names this call in logs and files; the [`Call`] it becomes has the same.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Waits for the next event. Cancel-safe; after [`DialEvent::Failed`] it returns that again.
    /// After [`DialEvent::Answered`] the call lives in its [`Call`].
    pub async fn next(&mut self) -> DialEvent {
        if let Some(failure) = self.failure {
            return DialEvent::Failed(failure);
        }
        let event = self.events.recv().await;
        let event = event.unwrap_or(DialEvent::Failed(DialFailure::ShuttingDown));
        if let DialEvent::Failed(failure) = event {
            self.failure = Some(failure);
        }
        event
    }

    /// Gives up: CANCEL, and BYE should somebody answer at that very moment (RFC 3261 section 9.1).
    /// The next event is [`DialFailure::Cancelled`], or what happened first.
    pub fn cancel(&self) {
        self.give_up.cancel();
    }
}

impl fmt::Debug for OutgoingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingCall").field("id", &self.id).finish_non_exhaustive()
    }
}
