//! One call, from its INVITE to its end: the task between the dialog and the application.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{
    Dialog, DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle,
};
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Request, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::registry::{CallEntry, cseq_number};
use super::way::Way;
use crate::counters::Counting;
use crate::link::{Decision, DialogEnd};
use crate::screen::ALLOW;
use crate::stack::{quiet, quietly};
use crate::{AnswerError, CallEvent, Ended, EndedBy, EndedWhy};

/// How long a call may ring without a decision (Timer C, RFC 3261 section 16.6).
const RINGING: Duration = Duration::from_mins(3);

/// How long the application may think about a change before the old session stays.
const CHANGE: Duration = Duration::from_secs(10);

/// How long a broken connection may stay away before its call is over: 64*T1.
const RETURN: Duration = Duration::from_secs(32);

/// Free event places a change needs: itself, the answer to it, and the end.
const EVENTS_OF_A_CHANGE: usize = 3;

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
}

/// What the application waits for after [`Decision::Answer`].
type Acknowledged = oneshot::Sender<Result<Option<String>, AnswerError>>;

/// A change the application has not decided about, or whose ACK is still to come.
struct Change {
    handle: Option<TransactionHandle>,
    decide_by: Instant,
    /// We make the offer, so the ACK brings the answer.
    ours: bool,
    number: u32,
}

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
        if self.unacknowledged(acknowledged).await {
            self.counting.calls_answered.add();
            self.entry.answered();
            tracing::info!("call answered");
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
                // Fails only when the call is over, which the next state says.
                quietly(|| self.entry.dialog.ringing(None, None).ok());
                Continue(())
            }
            Some(Decision::Reject { status }) => {
                self.counting.calls_rejected.add();
                tracing::info!(status, "call rejected");
                self.refuse(if (300..700).contains(&status) { status } else { 500 })
            }
            Some(Decision::Answer { sdp, acknowledged }) => {
                let body = Some(sdp.into_bytes());
                let headers = Some(sdp_headers());
                let accepted = quietly(|| self.entry.dialog.accept(headers, body).is_ok());
                Break(accepted.then_some(acknowledged))
            }
            Some(_) => Continue(()),
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

    /// Until the call is over; tells the application how.
    async fn conversation(&mut self) {
        let mut change: Option<Change> = None;
        let mut deadline: Option<Instant> = None;
        loop {
            let decide_by = change.as_ref().filter(|c| c.handle.is_some()).map(|c| c.decide_by);
            let next = tokio::select! {
                state = self.states.recv() => self.on_state(state, &mut change).await,
                decision = self.end.decisions.recv() => self.on_decision(decision, &mut change).await,
                () = self.hurry.cancelled() => {
                    self.end_by_us(EndedWhy::Shutdown, None).await
                }
                () = self.way.lost(), if deadline.is_none() => {
                    deadline = Some(Instant::now() + RETURN);
                    Continue(())
                }
                () = self.entry.heard.notified(), if deadline.is_some() => {
                    self.way.heard_by(self.entry.latest_flow());
                    deadline = None;
                    Continue(())
                }
                () = until(deadline) => {
                    self.report_end(EndedBy::Network, EndedWhy::LostTransport);
                    self.goodbye().await;
                    Break(())
                }
                () = until(decide_by) => {
                    respond(&mut change, 500, None).await;
                    Continue(())
                }
            };
            if next.is_break() {
                return;
            }
        }
    }

    async fn on_state(
        &mut self,
        state: Option<DialogState>,
        change: &mut Option<Change>,
    ) -> ControlFlow<()> {
        match state {
            Some(DialogState::Updated(_, request, handle)) => {
                self.on_change(request, handle, change).await;
            }
            Some(DialogState::Confirmed(..)) => self.on_changed(change),
            Some(DialogState::Terminated(_, TerminatedReason::Timeout)) => {
                self.report_end(EndedBy::Network, EndedWhy::NotAcknowledged);
                return Break(());
            }
            Some(DialogState::Terminated(..)) | None => {
                self.report_end(EndedBy::Peer, EndedWhy::HungUp);
                return Break(());
            }
            Some(_) => {}
        }
        Continue(())
    }

    async fn on_change(
        &mut self,
        request: Request,
        handle: TransactionHandle,
        change: &mut Option<Change>,
    ) {
        let offer = if request.body.is_empty() {
            None
        } else {
            String::from_utf8(request.body.clone()).ok()
        };
        *change = Some(Change {
            handle: Some(handle),
            decide_by: Instant::now() + CHANGE,
            ours: request.body.is_empty(),
            number: cseq_number(&request).unwrap_or_default(),
        });
        if self.end.events.capacity() < EVENTS_OF_A_CHANGE {
            return respond(change, 500, None).await;
        }
        self.follow(&request);
        self.end.events.try_send(CallEvent::Reoffer { offer }).ok();
    }

    /// A re-INVITE may move the phone (target refresh, RFC 3261 section 12.2.2).
    fn follow(&mut self, request: &Request) {
        self.way.moved(request);
        let contacts = request.typed_contact_headers().unwrap_or_default();
        if let Some(contact) = contacts.first() {
            let raw = request.contact_header().ok().cloned();
            Dialog::Invite(self.entry.dialog.clone()).set_remote_target(contact.uri.clone(), raw);
        }
    }

    fn on_changed(&self, change: &mut Option<Change>) {
        let Some(ours) = change.take_if(|change| change.handle.is_none() && change.ours) else {
            return;
        };
        let Some(ack) = self.entry.dialog.last_remote_ack() else {
            return;
        };
        let number = cseq_number(&ack);
        let answer = String::from_utf8(ack.body).ok().filter(|sdp| !sdp.is_empty());
        if let Some(answer) = answer.filter(|_| number == Some(ours.number)) {
            self.end.events.try_send(CallEvent::Reanswer { answer }).ok();
        }
    }

    async fn on_decision(
        &mut self,
        decision: Option<Decision>,
        change: &mut Option<Change>,
    ) -> ControlFlow<()> {
        match decision {
            Some(Decision::AcceptReoffer { sdp }) => respond(change, 200, Some(sdp)).await,
            Some(Decision::RefuseReoffer { status }) => {
                let status = if (300..700).contains(&status) { status } else { 488 };
                respond(change, status, None).await;
            }
            Some(Decision::HangUp { done }) => {
                return self.end_by_us(EndedWhy::HungUp, Some(done)).await;
            }
            None => return self.end_by_us(EndedWhy::HungUp, None).await,
            Some(_) => {}
        }
        Continue(())
    }

    async fn end_by_us(
        &mut self,
        why: EndedWhy,
        done: Option<oneshot::Sender<()>>,
    ) -> ControlFlow<()> {
        self.report_end(EndedBy::Us, why);
        self.goodbye().await;
        if let Some(done) = done {
            done.send(()).ok();
        }
        Break(())
    }

    fn report_end(&mut self, by: EndedBy, why: EndedWhy) {
        tracing::info!(?by, ?why, "call ended");
        self.end.events.try_send(CallEvent::Ended(Ended { by, why })).ok();
        self.place = None;
    }

    /// Says BYE; repeated by the stack for up to 32 s.
    async fn goodbye(&self) {
        if !self.way.leads_back() {
            tracing::info!("no way back to say goodbye");
            return;
        }
        let proofs = self.entry.proofs("BYE", b"");
        if quiet(self.entry.dialog.bye_with_headers(Some(proofs))).await.is_err() {
            tracing::info!("goodbye not delivered");
        }
    }
}

/// Answers a change that waits.
async fn respond(change: &mut Option<Change>, status: u16, sdp: Option<String>) {
    let Some(handle) = change.as_mut().and_then(|change| change.handle.take()) else {
        return;
    };
    let headers = sdp.as_ref().map(|_| sdp_headers());
    let body = sdp.map(String::into_bytes);
    // It fails when the call ended meanwhile, which the next state says.
    handle.respond(StatusCode::from(status), headers, body).await.ok();
}

fn sdp_headers() -> Vec<Header> {
    vec![Header::ContentType("application/sdp".into()), Header::Allow(ALLOW.into())]
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
