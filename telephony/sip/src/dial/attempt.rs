//! One INVITE of a call of ours, from sending to its final answer.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use rsipstack::dialog::DialogId;
use rsipstack::dialog::dialog::{DialogInner, DialogState, DialogStateReceiver};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Method, Request, Response, Uri};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::branches::{Provisionals, acknowledges, ask, cancel_of, request_in_branch, send_along};
use super::own_dialog::lost;
use super::reply::session_in;
use super::{DialEvent, DialFailure, SessionText, status_of};
use crate::outward::WayOut;
use crate::reception::Reception;
use crate::stack::{Silenced, Stack, quiet};

/// How long a cancelled INVITE may stay without its final answer: 64*T1 (RFC 3261 section 9.1).
const AFTER_CANCEL: Duration = Duration::from_secs(32);

/// Free event places kept for how the call ends.
const KEPT_FREE: usize = 2;

/// What one INVITE came to.
pub(super) enum Outcome {
    Answered(Box<Answered>),
    /// A final answer other than 2xx.
    Refused(Response),
    /// No answer, or the connection is gone.
    Silent,
    /// An answer that makes no dialog.
    Broken,
    /// We gave up, and the phone knows.
    GivenUp(DialFailure),
}

pub(super) struct Answered {
    pub(super) dialog: InviteDialog,
    pub(super) states: DialogStateReceiver,
    pub(super) response: Response,
    /// The other side's description, wherever it came.
    pub(super) session: String,
    pub(super) transaction: Silenced<Transaction>,
    pub(super) invite: Request,
}

/// What ends the waiting for an answer.
pub(super) struct Patience {
    pub(super) until: Instant,
    pub(super) give_up: CancellationToken,
    pub(super) hurry: CancellationToken,
}

impl Patience {
    /// Resolves when we do not want the answer any more.
    async fn over(&self) -> DialFailure {
        tokio::select! {
            () = self.give_up.cancelled() => DialFailure::Cancelled,
            () = tokio::time::sleep_until(self.until) => DialFailure::NoAnswer,
            () = self.hurry.cancelled() => DialFailure::ShuttingDown,
        }
    }
}

/// An INVITE under way.
pub(super) struct Attempt<'a> {
    pub(super) reception: &'a Reception,
    pub(super) stack: &'a Arc<Stack>,
    pub(super) way: &'a WayOut,
    pub(super) events: &'a mpsc::Sender<DialEvent>,
    pub(super) patience: &'a Patience,
}

/// What is known of an INVITE while it waits.
#[derive(Default)]
struct Progress {
    /// Somebody has it: from now on it is not tried elsewhere.
    heard: bool,
    provisionals: Provisionals,
    given_up: Option<DialFailure>,
    limit: Option<Instant>,
    cancelled: bool,
}

impl Attempt<'_> {
    pub(super) async fn run(self, invite: Request, contact: Uri) -> Outcome {
        let Some((inner, mut states, mut transaction)) = self.dialog_for(&invite, contact) else {
            return Outcome::Broken;
        };
        let dialog = InviteDialog::from_inner(inner.clone());
        let processed = dialog.clone();
        let work = quiet(async move {
            let result = processed.process_invite(&mut transaction).await;
            (result, transaction)
        });
        tokio::pin!(work);
        let mut progress = Progress::default();
        let done = loop {
            tokio::select! {
                done = &mut work => break Some(done),
                Some(state) = states.recv() => {
                    self.on_state(&state, &invite, &inner, &mut progress);
                    self.cancel(&invite, &mut progress);
                }
                failure = self.patience.over(), if progress.given_up.is_none() => {
                    progress.given_up = Some(failure);
                    progress.limit = Some(Instant::now() + AFTER_CANCEL);
                    self.events.try_send(DialEvent::Failed(failure)).ok();
                    self.cancel(&invite, &mut progress);
                }
                () = lost(self.way) => break None,
                () = until(progress.limit) => break None,
            }
        };
        // What came together with the final answer is told before it.
        while let Some(Some(state)) = states.recv().now_or_never() {
            self.on_state(&state, &invite, &inner, &mut progress);
        }
        let done = done.map(|(result, transaction)| (result, Silenced::new(transaction)));
        if let Some(failure) = progress.given_up {
            if dialog.state().is_confirmed() {
                // The answer crossed our CANCEL.
                self.hang_up(&dialog);
            }
            return Outcome::GivenUp(failure);
        }
        let Some((result, transaction)) = done else {
            return Outcome::Silent;
        };
        match result {
            Ok((_, Some(response))) => match status_of(&response) {
                200..300 if dialog.state().is_confirmed() => {
                    let early = progress.provisionals.session_for(&response);
                    let session = session_in(&response).or(early).unwrap_or_default();
                    let answered =
                        Answered { dialog, states, response, session, transaction, invite };
                    Outcome::Answered(Box::new(answered))
                }
                200..300 => Outcome::Broken,
                408 if !progress.heard => Outcome::Silent,
                _ => Outcome::Refused(response),
            },
            Ok((_, None)) => Outcome::Silent,
            Err(_) => Outcome::Broken,
        }
    }

    fn dialog_for(
        &self,
        invite: &Request,
        contact: Uri,
    ) -> Option<(Arc<DialogInner>, DialogStateReceiver, Transaction)> {
        let endpoint = self.stack.endpoint.clone();
        let key = TransactionKey::from_request(invite, TransactionRole::Client).ok()?;
        let connection = Some(self.way.connection.clone());
        let mut transaction =
            Transaction::new_client(key, invite.clone(), endpoint.clone(), connection);
        transaction.destination = Some(self.way.destination());
        let (report, states) = self.stack.dialogs.new_dialog_state_channel();
        let inner = DialogInner::new(
            TransactionRole::Client,
            DialogId::try_from(&transaction).ok()?,
            invite.clone(),
            endpoint,
            report,
            None,
            Some(contact),
            transaction.tu_sender.clone(),
        );
        Some((Arc::new(inner.ok()?), states, transaction))
    }

    fn on_state(
        &self,
        state: &DialogState,
        invite: &Request,
        inner: &DialogInner,
        progress: &mut Progress,
    ) {
        let response = match state {
            DialogState::Trying(_) => {
                progress.heard = true;
                self.report(DialEvent::Trying, progress);
                return;
            }
            DialogState::Early(_, response) => response,
            _ => return,
        };
        progress.heard = true;
        if let Some(number) = progress.provisionals.due_for(response) {
            let added = acknowledges(number, invite).into_iter().collect();
            let number = inner.increment_local_seq();
            let (stack, way) = (self.stack.clone(), self.way.clone());
            let method = Method::PRack;
            let prack = request_in_branch(&stack, &way, invite, response, method, number, added);
            if let Some(prack) = prack {
                self.reception.spawn(async move { ask(&stack, &way, prack).await });
            }
        }
        let event = match session_in(response) {
            Some(session) => {
                progress.provisionals.keep_session(response, &session);
                DialEvent::EarlyMedia(SessionText(session))
            }
            None => DialEvent::Ringing,
        };
        self.report(event, progress);
    }

    /// Reports progress; one that repeats what nobody read yet may be lost.
    fn report(&self, event: DialEvent, progress: &Progress) {
        if progress.given_up.is_none() && self.events.capacity() > KEPT_FREE {
            self.events.try_send(event).ok();
        }
    }

    /// CANCEL, once, as soon as we gave up and the phone was heard of (RFC 3261 section 9.1). Ours
    /// and not the stack's, which would log it.
    fn cancel(&self, invite: &Request, progress: &mut Progress) {
        if progress.given_up.is_none() || !progress.heard || progress.cancelled {
            return;
        }
        progress.cancelled = true;
        if let Some(cancel) = cancel_of(invite) {
            let (stack, way) = (self.stack.clone(), self.way.clone());
            self.reception.spawn(async move { send_along(&stack, &way, cancel).await });
        }
    }

    fn hang_up(&self, dialog: &InviteDialog) {
        let dialog = dialog.clone();
        self.reception.spawn(quiet(async move {
            dialog.bye().await.ok();
        }));
    }
}

async fn until(limit: Option<Instant>) {
    match limit {
        Some(limit) => tokio::time::sleep_until(limit).await,
        None => std::future::pending().await,
    }
}
