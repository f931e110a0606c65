//! A call that waits for our decision.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::link::{Decision, HandleEnd};
use crate::{Call, CallGone, Ladder, Party, Transport};

/// A call that rings at our door. Dropping it without a decision tells the caller 500.
pub struct IncomingCall {
    /// Names this call in logs and files: derived from the Call-ID, tells nothing about the caller.
    pub id: String,
    /// Who calls, by the From header. Unproven: anybody can write any address there.
    pub caller: Party,
    /// Who is called, by the request address: which line was dialled.
    pub called: Party,
    /// Where the call came from on the network.
    pub source: SocketAddr,
    /// How it came.
    pub transport: Transport,
    /// The trunk that brought it; `None` for a call from elsewhere in the allowed networks.
    pub trunk: Option<String>,
    /// The name of the desk phone that calls, proven by its password; `None` for others.
    pub phone: Option<String>,
    /// The address that the trunk of this call sees us at, when none is configured and it told us:
    /// the one for our own session description.
    pub public_address: Option<IpAddr>,
    /// The caller's session description (SDP, opaque here). `None` asks us to make the offer.
    pub offer: Option<String>,
    /// The id of the call that this one shall take the place of (Replaces, RFC 3891): answer, then
    /// hang up that one. Only from those who may ask for transfers.
    pub replaces: Option<String>,
    pub(crate) handle: HandleEnd,
    pub(crate) gone: CancellationToken,
    pub(crate) ladder: Ladder,
}

/// Why an answered call did not come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The caller gave up before the answer reached them.
    #[error("the caller gave up before we answered")]
    Cancelled,
    /// The answer was repeated for 64*T1 (32 s) and never acknowledged.
    #[error("the caller's phone never acknowledged our answer")]
    NotAcknowledged,
    /// The edge is gone.
    #[error("the SIP edge is shut down")]
    Closed,
}

impl IncomingCall {
    /// Tells the caller that we know of the call (180). May be repeated.
    pub async fn ring(&self) -> Result<(), CallGone> {
        self.decide(Decision::Ring).await
    }

    /// Lets the caller hear us before we answer (183 with our session description, RFC 3960):
    /// announcements that cost nothing, or because the trunk insists. Answer with the same
    /// description. Only for a call that came with an offer; without one nothing is sent.
    pub async fn early_media(&self, sdp: String) -> Result<(), CallGone> {
        self.decide(Decision::Progress { sdp }).await
    }

    /// Resolves when the caller gave up (CANCEL) or the call otherwise ended before an answer.
    pub async fn cancelled(&self) {
        self.gone.cancelled().await;
    }

    /// The messages of this call so far; the handle stays readable after the call.
    pub fn ladder(&self) -> Ladder {
        self.ladder.clone()
    }

    /// Answers with our session description; resolves when the caller acknowledged it.
    pub async fn answer(self, sdp: String) -> Result<Call, AnswerError> {
        let (acknowledged, acknowledgement) = oneshot::channel();
        let answer = Decision::Answer { sdp, acknowledged };
        if self.decide(answer).await.is_err() {
            return Err(AnswerError::Cancelled);
        }
        let answer_in_ack = acknowledgement.await.unwrap_or(Err(AnswerError::Closed))?;
        Ok(Call::new(self.id, answer_in_ack, self.handle, self.ladder))
    }

    /// Refuses with a final status 300-699 (RFC 3261 section 21); another number becomes 500.
    pub async fn reject(self, status: u16) {
        // A call that is gone needs no refusal any more.
        self.decide(Decision::Reject { status }).await.ok();
    }

    async fn decide(&self, decision: Decision) -> Result<(), CallGone> {
        self.handle.decisions.send(decision).await.map_err(|_| CallGone)
    }
}

impl fmt::Debug for IncomingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingCall")
            .field("id", &self.id)
            .field("caller", &self.caller)
            .field("called", &self.called)
            .field("transport", &self.transport)
            .field("offer_bytes", &self.offer.as_ref().map(String::len))
            .finish_non_exhaustive()
    }
}
