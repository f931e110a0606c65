//! An answered call.

use std::fmt;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::line::Line;
use crate::link::{Decision, HandleEnd};
use crate::{
    CallEvent, Ended, EndedBy, EndedWhy, Ladder, ReofferError, TransferError, TransferOutcome,
};

/// How long [`Call::hang_up`] waits for the caller's phone to confirm; the goodbye itself goes on
/// being repeated in the background.
const GOODBYE: Duration = Duration::from_secs(4);

/// A call in progress. Dropping it hangs up.
pub struct Call {
    id: String,
    answer_in_ack: Option<String>,
    handle: HandleEnd,
    ended: Option<Ended>,
    ladder: Ladder,
}

/// The call a decision was made about exists no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call is over")]
pub struct CallGone;

impl Call {
    pub(crate) fn new(
        id: String,
        answer_in_ack: Option<String>,
        handle: HandleEnd,
        ladder: Ladder,
    ) -> Self {
        Self { id, answer_in_ack, handle, ended: None, ladder }
    }

    /// The same id the [`crate::IncomingCall`] had.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The caller's answer to our offer, when the call came without one (RFC 3261 section 13.2.1).
    pub fn answer_in_ack(&self) -> Option<&str> {
        self.answer_in_ack.as_deref()
    }

    /// Where the other side's signalling is: the phone, or the trunk it is behind.
    pub fn peer(&self) -> Option<std::net::SocketAddr> {
        self.handle.line.get().map(|line| line.entry.peer())
    }

    /// The messages of this call so far; the handle stays readable after the call.
    pub fn ladder(&self) -> Ladder {
        self.ladder.clone()
    }

    /// Waits for the next event. Cancel-safe; after [`CallEvent::Ended`] it returns that again.
    pub async fn next_event(&mut self) -> CallEvent {
        if let Some(ended) = self.ended {
            return CallEvent::Ended(ended);
        }
        let event = self
            .handle
            .events
            .recv()
            .await
            .unwrap_or(CallEvent::Ended(Ended { by: EndedBy::Us, why: EndedWhy::Shutdown }));
        if let CallEvent::Ended(ended) = event {
            self.ended = Some(ended);
        }
        event
    }

    /// Accepts the change of the last [`CallEvent::Reoffer`] with our new description.
    pub async fn accept_reoffer(&self, sdp: String) -> Result<(), CallGone> {
        self.decide(Decision::AcceptReoffer { sdp }).await
    }

    /// Refuses the change, as a rule with 488; the session goes on as it was.
    pub async fn refuse_reoffer(&self, status: u16) -> Result<(), CallGone> {
        self.decide(Decision::RefuseReoffer { status }).await
    }

    /// Agrees to the transfer of the last [`CallEvent::Transfer`] (202). Tell how it goes with
    /// [`Call::report_transfer`].
    pub async fn accept_transfer(&self) -> Result<(), CallGone> {
        self.decide(Decision::AcceptTransfer).await
    }

    /// Refuses the transfer, as a rule with 603.
    pub async fn refuse_transfer(&self, status: u16) -> Result<(), CallGone> {
        self.decide(Decision::RefuseTransfer { status }).await
    }

    /// Tells the other side how the transfer goes, by the status the new call got: 1xx while it
    /// rings, 200 when it stands, 3xx to 6xx when it failed (NOTIFY, RFC 3515 section 2.4.5).
    pub async fn report_transfer(&self, status: u16) -> Result<(), CallGone> {
        self.decide(Decision::ReportTransfer { status }).await
    }

    /// Offers another session: hold, resume, another codec. Resolves with the answer; events go on
    /// meanwhile. Dropping the future does not take the offer back.
    pub fn reoffer(
        &self,
        sdp: String,
    ) -> impl Future<Output = Result<String, ReofferError>> + Send + use<> {
        let (line, decisions) = (self.line(), self.handle.decisions.clone());
        async move {
            let answer = line.ok_or(ReofferError::Gone)?.reoffer(&sdp).await?;
            // A call that ended meanwhile says so by its events.
            decisions.send(Decision::Redescribed { sdp }).await.ok();
            Ok(answer)
        }
    }

    /// Asks the other side to call `target` (a number or a `sip:` address) instead of us (REFER),
    /// and follows how it fares, for up to 200 s. The call and its events go on until somebody
    /// hangs up.
    pub fn transfer(
        &self,
        target: &str,
    ) -> impl Future<Output = Result<TransferOutcome, TransferError>> + Send + use<> {
        let (line, target) = (self.line(), target.to_owned());
        async move { line.ok_or(TransferError::Gone)?.transfer_to(&target).await }
    }

    /// Joins the other sides of two calls of ours: this one's takes our place in `other`
    /// (REFER with Replaces, RFC 5589 section 7).
    pub fn transfer_into(
        &self,
        other: &Self,
    ) -> impl Future<Output = Result<TransferOutcome, TransferError>> + Send + use<> {
        let lines = self.line().zip(other.line());
        async move {
            let (line, other) = lines.ok_or(TransferError::Gone)?;
            line.transfer_into(&other).await
        }
    }

    fn line(&self) -> Option<Line> {
        self.handle.line.get().cloned()
    }

    /// Says goodbye (BYE) and waits up to 4 s for the caller's phone to confirm.
    pub async fn hang_up(self) {
        let (done, confirmed) = oneshot::channel();
        if self.decide(Decision::HangUp { done }).await.is_ok() {
            // Late or lost: the dialog is over for us all the same.
            tokio::time::timeout(GOODBYE, confirmed).await.ok();
        }
    }

    async fn decide(&self, decision: Decision) -> Result<(), CallGone> {
        self.handle.decisions.send(decision).await.map_err(|_| CallGone)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("id", &self.id)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
