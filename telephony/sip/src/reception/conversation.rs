//! The answered part of a call: changes, signs of life, transfers, and the end.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::atomic::Ordering;
use std::time::Duration;

use rsipstack::dialog::dialog::{Dialog, DialogState, TerminatedReason, TransactionHandle};
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, Request, StatusCode};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::leg::{Leg, sdp_headers};
use super::referral::Referral;
use super::refresh::{Due, Verdict};
use super::registry::cseq_number;
use super::session_timer::SessionTimer;
use crate::link::Decision;
use crate::screen::{ALLOW, SUPPORTED};
use crate::{CallEvent, Ended, EndedBy, EndedWhy};

/// How long the application may think about a change before the old session stays.
const CHANGE: Duration = Duration::from_secs(10);

/// How long a broken connection may stay away before its call is over: 64*T1.
const RETURN: Duration = Duration::from_secs(32);

/// Free event places a change needs: itself, the answer to it, and the end.
const EVENTS_OF_A_CHANGE: usize = 3;

/// A change the application has not decided about, or whose ACK is still to come.
struct Change {
    handle: Option<TransactionHandle>,
    decide_by: Instant,
    /// We make the offer, so the ACK brings the answer.
    ours: bool,
    number: u32,
    /// What the request asked about signs of life.
    timer: Option<SessionTimer>,
}

impl Leg {
    /// Until the call is over; tells the application how.
    pub(super) async fn conversation(&mut self) {
        let mut change: Option<Change> = None;
        let mut deadline: Option<Instant> = None;
        loop {
            let decide_by = change.as_ref().filter(|c| c.handle.is_some()).map(|c| c.decide_by);
            let refer_by = self.referral.as_ref().and_then(Referral::decide_by);
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
                    self.respond(&mut change, 500, None).await;
                    Continue(())
                }
                () = until(refer_by) => {
                    self.refuse_transfer(603).await;
                    Continue(())
                }
                due = self.life.next() => self.on_due(due).await,
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
            Some(DialogState::Refer(_, request, handle)) => self.on_refer(&request, handle).await,
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
        let timer = SessionTimer::asked_for(&request);
        if request.method == Method::Update && request.body.is_empty() {
            self.follow(&request);
            return self.on_sign_of_life(&handle, timer).await;
        }
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
            timer,
        });
        if self.end.events.capacity() < EVENTS_OF_A_CHANGE {
            return self.respond(change, 500, None).await;
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
            Some(Decision::AcceptReoffer { sdp }) => self.respond(change, 200, Some(sdp)).await,
            Some(Decision::RefuseReoffer { status }) => {
                let status = if (300..700).contains(&status) { status } else { 488 };
                self.respond(change, status, None).await;
            }
            Some(Decision::Redescribed { sdp }) => self.life.described = sdp,
            Some(Decision::AcceptTransfer) => self.accept_transfer().await,
            Some(Decision::RefuseTransfer { status }) => self.refuse_transfer(status).await,
            Some(Decision::ReportTransfer { status }) => self.report_transfer(status),
            Some(Decision::HangUp { done }) => {
                return self.end_by_us(EndedWhy::HungUp, Some(done)).await;
            }
            None => return self.end_by_us(EndedWhy::HungUp, None).await,
            Some(_) => {}
        }
        Continue(())
    }

    /// An UPDATE that changes nothing keeps the session alive.
    async fn on_sign_of_life(&mut self, handle: &TransactionHandle, timer: Option<SessionTimer>) {
        let mut headers = vec![Header::Allow(ALLOW.into()), Header::Supported(SUPPORTED.into())];
        headers.extend(timer.iter().flat_map(|timer| timer.answer_headers()));
        handle.respond(StatusCode::OK, Some(headers), None).await.ok();
        self.life.agree(timer);
    }

    /// Answers a change that waits.
    async fn respond(&mut self, change: &mut Option<Change>, status: u16, sdp: Option<String>) {
        let waiting = change.as_mut().and_then(|c| c.handle.take().map(|handle| (handle, c.timer)));
        let Some((handle, timer)) = waiting else {
            return;
        };
        let mut headers = sdp.as_ref().map(|_| sdp_headers());
        if let (Some(headers), Some(sdp)) = (&mut headers, &sdp) {
            headers.extend(timer.iter().flat_map(|timer| timer.answer_headers()));
            self.life.described.clone_from(sdp);
            self.life.agree(timer);
        }
        let body = sdp.map(String::into_bytes);
        // It fails when the call ended meanwhile, which the next state says.
        handle.respond(StatusCode::from(status), headers, body).await.ok();
    }

    async fn on_due(&mut self, due: Due) -> ControlFlow<()> {
        match due {
            Due::Refresh => {
                let entry = self.entry.clone();
                if entry.changing.load(Ordering::SeqCst) {
                    self.life.postpone();
                } else {
                    entry.asking.store(true, Ordering::SeqCst);
                    self.life.refresh(&entry);
                }
                Continue(())
            }
            Due::Answered(response) => {
                self.entry.asking.store(false, Ordering::SeqCst);
                match self.life.answered(response.as_ref().as_ref()) {
                    Verdict::GoesOn => Continue(()),
                    Verdict::Over => self.end_unrefreshed().await,
                }
            }
            Due::Over => self.end_unrefreshed().await,
        }
    }

    async fn end_unrefreshed(&mut self) -> ControlFlow<()> {
        self.report_end(EndedBy::Network, EndedWhy::NotRefreshed);
        self.goodbye().await;
        Break(())
    }

    async fn on_refer(&mut self, request: &Request, handle: TransactionHandle) {
        let full = self.end.events.capacity() < EVENTS_OF_A_CHANGE;
        let busy = self.referral.as_ref().is_some_and(|referral| !referral.is_over());
        let status = match Referral::read(request) {
            Ok(_) if full || busy => 500,
            Err(status) => status,
            Ok(transfer) => {
                self.referral = Some(Referral::begun(request, handle, Instant::now() + CHANGE));
                self.end.events.try_send(CallEvent::Transfer(transfer)).ok();
                return;
            }
        };
        handle.reply(StatusCode::from(status)).await.ok();
    }

    async fn accept_transfer(&mut self) {
        if let Some(referral) = &mut self.referral {
            referral.accept(&self.entry).await;
        }
    }

    async fn refuse_transfer(&mut self, status: u16) {
        let undecided = self.referral.take_if(|referral| referral.decide_by().is_some());
        if let Some(referral) = undecided {
            referral.refuse(if (300..700).contains(&status) { status } else { 603 }).await;
        }
    }

    fn report_transfer(&mut self, status: u16) {
        if let Some(referral) = &mut self.referral {
            referral.report(&self.entry, if (100..700).contains(&status) { status } else { 500 });
        }
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
        if self.entry.say_goodbye().await.is_err() {
            tracing::info!("goodbye not delivered");
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
