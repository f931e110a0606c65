//! One call until it is answered: the task between the dialog and the application.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::sip::{Header, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio_util::sync::CancellationToken;

use super::referral::Referral;
use super::refresh::Life;
use super::registry::CallEntry;
use super::reliable::{Provisional, Ringing, Step};
use super::session_timer::SessionTimer;
use super::way::Way;
use crate::AnswerError;
use crate::counters::Counting;
use crate::link::{Decision, DialogEnd};
use crate::screen::{ALLOW, SUPPORTED};
use crate::stack::quietly;

/// How long a call may ring without a decision (Timer C, RFC 3261 section 16.6).
const RINGING: Duration = Duration::from_mins(3);

/// A call with everything its task needs.
pub(super) struct Leg {
    pub(super) entry: Arc<CallEntry>,
    pub(super) end: DialogEnd,
    pub(super) way: Way,
    pub(super) states: DialogStateReceiver,
    pub(super) gone: CancellationToken,
    pub(super) hurry: CancellationToken,
    pub(super) counting: Arc<Counting>,
    pub(super) caller_offered: bool,
    pub(super) place: Option<OwnedSemaphorePermit>,
    /// How the session is kept alive.
    pub(super) life: Life,
    /// What the INVITE asked about that.
    pub(super) timer: Option<SessionTimer>,
    pub(super) ringing: Ringing,
    pub(super) referral: Option<Referral>,
}

/// What the application waits for after [`Decision::Answer`].
type Acknowledged = oneshot::Sender<Result<Option<String>, AnswerError>>;

impl Leg {
    pub(super) async fn run(mut self) {
        tracing::info!("call offered");
        let Break(acknowledged) = self.undecided().await else {
            return;
        };
        let Some(acknowledged) = acknowledged else {
            self.gone.cancel();
            return;
        };
        self.entry.expect_keys();
        if self.unacknowledged(acknowledged).await {
            self.counting.calls_answered.add();
            self.entry.answered();
            tracing::info!("call answered");
            self.life.agree(self.timer);
            self.conversation().await;
        }
        self.gone.cancel();
    }

    /// A call that is answered already, because we placed it.
    pub(super) async fn run_answered(mut self) {
        self.counting.calls_placed.add();
        tracing::info!("call answered by the other side");
        self.conversation().await;
        self.gone.cancel();
    }

    /// Until the application answers (its receiver), or the call is over (`None`).
    async fn undecided(&mut self) -> ControlFlow<Option<Acknowledged>> {
        let patience = tokio::time::sleep(RINGING);
        tokio::pin!(patience);
        loop {
            let next = tokio::select! {
                state = self.states.recv() => match state {
                    Some(DialogState::Terminated(_, TerminatedReason::UacCancel)) => self.cancelled(),
                    Some(DialogState::Terminated(..)) | None => Break(None),
                    Some(_) => Continue(()),
                },
                () = self.entry.given_up.cancelled() => {
                    self.tell(487);
                    self.cancelled()
                }
                () = &mut patience => self.refuse(480),
                () = self.entry.reliability.confirmed() => {
                    let due = self.ringing.confirmed(&self.entry.reliability);
                    self.ring(due);
                    Continue(())
                }
                step = self.ringing.step() => self.on_ringing(step),
                () = self.hurry.cancelled() => self.refuse(503),
                decision = self.end.decisions.recv() => self.first_decision(decision),
            };
            if let Break(answer) = next {
                return Break(answer);
            }
        }
    }

    fn cancelled(&self) -> ControlFlow<Option<Acknowledged>> {
        self.counting.calls_cancelled.add();
        tracing::info!("caller gave up before an answer");
        Break(None)
    }

    fn first_decision(&mut self, decision: Option<Decision>) -> ControlFlow<Option<Acknowledged>> {
        match decision {
            None => {
                tracing::warn!("call dropped without a decision");
                self.refuse(500)
            }
            Some(Decision::Ring) => {
                let due = self.ringing.begin(&self.entry.reliability, None);
                self.ring(due);
                Continue(())
            }
            Some(Decision::Progress { sdp }) => {
                // Without an offer of theirs it would be one of ours, which PRACK had to answer.
                if self.caller_offered {
                    let due = self.ringing.begin(&self.entry.reliability, Some(sdp));
                    self.ring(due);
                }
                Continue(())
            }
            Some(Decision::Reject { status }) => {
                self.counting.calls_rejected.add();
                tracing::info!(status, "call rejected");
                self.refuse(if (300..700).contains(&status) { status } else { 500 })
            }
            Some(Decision::Answer { sdp, acknowledged }) => {
                self.life.described.clone_from(&sdp);
                let body = Some(sdp.into_bytes());
                let mut headers = sdp_headers();
                headers.extend(self.timer.iter().flat_map(|timer| timer.answer_headers()));
                let headers = Some(headers);
                let accepted = quietly(|| self.entry.dialog.accept(headers, body).is_ok());
                Break(accepted.then_some(acknowledged))
            }
            Some(_) => Continue(()),
        }
    }

    fn ring(&self, due: Option<Provisional>) {
        let Some(Provisional { mut headers, session }) = due else {
            return;
        };
        if session.is_some() {
            headers.extend(sdp_headers());
        }
        let session = session.map(String::into_bytes);
        // Fails only when the call is over, which the next state says.
        quietly(|| self.entry.dialog.ringing(Some(headers), session).ok());
    }

    fn on_ringing(&mut self, step: Step) -> ControlFlow<Option<Acknowledged>> {
        match step {
            Step::Repeat => {
                self.ring(Some(self.ringing.again()));
                Continue(())
            }
            // The caller never heard it ring (RFC 3262 section 3).
            Step::GiveUp => self.refuse(504),
        }
    }

    fn refuse(&self, status: u16) -> ControlFlow<Option<Acknowledged>> {
        self.tell(status);
        Break(None)
    }

    fn tell(&self, status: u16) {
        // It fails only when the call is over already.
        let status = StatusCode::from(status);
        quietly(|| self.entry.dialog.reject(Some(status), None).ok());
    }

    /// Until the ACK came; tells the application and returns whether there is a call.
    async fn unacknowledged(&mut self, acknowledged: Acknowledged) -> bool {
        let outcome = loop {
            match self.states.recv().await {
                Some(DialogState::Confirmed(..)) => break Ok(self.answer_in_ack()),
                Some(DialogState::Terminated(_, TerminatedReason::Timeout)) => {
                    break Err(AnswerError::NotAcknowledged);
                }
                Some(DialogState::Terminated(..)) => {
                    self.counting.calls_cancelled.add();
                    break Err(AnswerError::Cancelled);
                }
                None => break Err(AnswerError::Closed),
                Some(_) => {}
            }
        };
        let stands = outcome.is_ok();
        if let Err(error) = &outcome {
            tracing::info!(%error, "call not established");
        }
        // When the application left meanwhile, its decisions are closed: the conversation ends.
        acknowledged.send(outcome).ok();
        stands
    }

    fn answer_in_ack(&self) -> Option<String> {
        if self.caller_offered {
            return None;
        }
        let ack = self.entry.dialog.last_remote_ack()?;
        String::from_utf8(ack.body).ok().filter(|sdp| !sdp.is_empty())
    }
}

pub(super) fn sdp_headers() -> Vec<Header> {
    vec![
        Header::ContentType("application/sdp".into()),
        Header::Allow(ALLOW.into()),
        Header::Supported(SUPPORTED.into()),
    ]
}
