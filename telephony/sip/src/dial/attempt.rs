//! One INVITE of a call of ours, from sending to its final answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
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
use super::reply::session_in;
use super::{DialEvent, DialFailure, OwnDialog, SessionText, Standing, status_of};
use crate::Credentials;
use crate::outward::{Outward, WayOut};
use crate::reception::Reception;
use crate::stack::{Exit, Silenced, Stack, lacks_contact, quiet, quietly};

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
#[derive(Clone)]
pub(super) struct Patience {
    pub(super) until: Instant,
    /// How long nothing at all may come.
    pub(super) first_word: Duration,
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

/// One try to place a call.
pub(super) struct Attempt {
    pub(super) reception: Arc<Reception>,
    pub(super) outward: Arc<Outward>,
    pub(super) way: WayOut,
    /// What binds the call to the phone it goes to.
    pub(super) exit: Option<Arc<Exit>>,
    pub(super) credentials: Option<Credentials>,
    pub(super) events: Option<mpsc::Sender<DialEvent>>,
    pub(super) patience: Patience,
}

type Processed = Box<(rsipstack::Result<(DialogId, Option<Response>)>, Transaction)>;

/// An INVITE under way.
struct Running {
    invite: Request,
    inner: Arc<DialogInner>,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    work: BoxFuture<'static, Processed>,
    progress: Progress,
}

/// How the waiting ended.
enum Waited {
    /// With a final answer, if any came.
    Over(Option<Processed>),
    /// Nobody said a word.
    Unheard,
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

impl Attempt {
    pub(super) async fn run(mut self, invite: Request, contact: Uri) -> Outcome {
        let Some(mut running) = self.begin(invite, contact) else {
            return Outcome::Broken;
        };
        match self.wait(&mut running).await {
            Waited::Over(done) => self.outcome(running, done),
            Waited::Unheard => {
                // Should it wake up later, it is told that nobody waits any more.
                self.events = None;
                running.progress.give_up(DialFailure::Unreachable);
                self.reception.clone().spawn(async move {
                    if let Waited::Over(done) = self.wait(&mut running).await {
                        self.outcome(running, done);
                    }
                });
                Outcome::Silent
            }
        }
    }

    fn begin(&self, invite: Request, contact: Uri) -> Option<Running> {
        let (inner, states, mut transaction) = self.dialog_for(&invite, contact)?;
        let dialog = InviteDialog::from_inner(inner.clone());
        let processed = dialog.clone();
        let work = quiet(async move {
            let result = processed.process_invite(&mut transaction).await;
            Box::new((result, transaction))
        });
        let (work, progress) = (work.boxed(), Progress::default());
        Some(Running { invite, inner, dialog, states, work, progress })
    }

    async fn wait(&self, running: &mut Running) -> Waited {
        let first_word = Instant::now() + self.patience.first_word;
        loop {
            let waits = running.progress.given_up.is_none();
            let unheard = waits && !running.progress.heard;
            tokio::select! {
                done = &mut running.work => return Waited::Over(Some(done)),
                Some(state) = running.states.recv() => {
                    self.on_state(&state, running);
                    self.cancel(running);
                }
                failure = self.patience.over(), if waits => {
                    running.progress.give_up(failure);
                    if let Some(events) = &self.events {
                        events.try_send(DialEvent::Failed(failure)).ok();
                    }
                    self.cancel(running);
                }
                () = tokio::time::sleep_until(first_word), if unheard => return Waited::Unheard,
                () = self.way.lost() => return Waited::Over(None),
                () = until(running.progress.limit) => return Waited::Over(None),
            }
        }
    }

    fn outcome(&self, mut running: Running, done: Option<Processed>) -> Outcome {
        // What came together with the final answer is told before it.
        while let Some(Some(state)) = running.states.recv().now_or_never() {
            self.on_state(&state, &mut running);
        }
        let Running { invite, dialog, states, mut progress, .. } = running;
        let stands = dialog.state().is_confirmed();
        let done = done.map(|done| {
            let (result, transaction) = *done;
            (result, Silenced::new(transaction))
        });
        if let Some(failure) = progress.given_up {
            if stands {
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
                200..300 if stands && lacks_contact(&response) => {
                    self.hang_up(&dialog);
                    Outcome::Broken
                }
                200..300 if stands => {
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
        let stack = &self.outward.hall.stack;
        let endpoint = stack.endpoint.clone();
        let key = TransactionKey::from_request(invite, TransactionRole::Client).ok()?;
        let connection = Some(self.way.connection.clone());
        let sender = endpoint.clone();
        let mut transaction =
            quietly(|| Transaction::new_client(key, invite.clone(), sender, connection));
        transaction.destination = Some(self.way.destination());
        let (report, states) = stack.dialogs.new_dialog_state_channel();
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

    fn on_state(&self, state: &DialogState, running: &mut Running) {
        let Running { invite, inner, progress, .. } = running;
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
            let (stack, way) = self.stack_and_way();
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
        let room = |events: &&mpsc::Sender<DialEvent>| events.capacity() > KEPT_FREE;
        if let Some(events) = self.events.as_ref().filter(room)
            && progress.given_up.is_none()
        {
            events.try_send(event).ok();
        }
    }

    /// CANCEL, once, as soon as we gave up and the phone was heard of (RFC 3261 section 9.1). Ours
    /// and not the stack's, which would log it.
    fn cancel(&self, running: &mut Running) {
        let progress = &mut running.progress;
        if progress.given_up.is_none() || !progress.heard || progress.cancelled {
            return;
        }
        progress.cancelled = true;
        if let Some(cancel) = cancel_of(&running.invite) {
            let (stack, way) = self.stack_and_way();
            self.reception.spawn(async move { send_along(&stack, &way, cancel).await });
        }
    }

    /// Ends an answered call that nobody wants.
    fn hang_up(&self, dialog: &InviteDialog) {
        let (outward, way) = (self.outward.clone(), self.way.clone());
        let own = OwnDialog::new(dialog.clone(), outward, way, self.credentials.clone());
        let bound = self.exit.clone();
        self.reception.spawn(async move {
            let signers = Mutex::default();
            let standing = Standing { signers: &signers, latest: None };
            own.ask(standing, Method::Bye, vec![], vec![]).await;
            drop(bound);
        });
    }

    fn stack_and_way(&self) -> (Arc<Stack>, WayOut) {
        (self.outward.hall.stack.clone(), self.way.clone())
    }
}

impl Progress {
    fn give_up(&mut self, failure: DialFailure) {
        self.given_up = Some(failure);
        self.limit = Some(Instant::now() + AFTER_CANCEL);
    }
}

async fn until(limit: Option<Instant>) {
    match limit {
        Some(limit) => tokio::time::sleep_until(limit).await,
        None => std::future::pending().await,
    }
}
