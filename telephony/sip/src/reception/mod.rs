//! Receives the requests the stack finds new: calls, and what belongs to calls.

mod conversation;
mod leg;
mod new_call;
mod placed;
mod referral;
mod refresh;
mod registration;
mod registry;
mod reliable;
mod session_timer;
mod way;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, StatusCode};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::counters::Counting;
use crate::info_key::pressed_key;
use crate::outward::Outward;
use crate::registrar::Registrar;
use crate::screen::{ACCEPT, ALLOW, SUPPORTED};
use crate::stack::{Stack, quiet, quietly};
use crate::transfer::read_news;
use crate::trunk::Directory;
use crate::{IncomingCall, Listen};
pub(crate) use placed::Placed;
pub(crate) use registry::CallEntry;
use registry::Registry;
pub(crate) use session_timer::SessionWish;

/// Requests dealt with at one time, beside calls. Each is short; more than this is a flood.
const REQUESTS: usize = 1024;
/// Refused calls whose ACK is waited for at one time. A flood of calls that nobody acknowledges
/// must not keep everybody else's requests out, nor be answered again and again.
const UNACKNOWLEDGED: usize = 128;

/// Where requests arrive.
pub(crate) struct Reception {
    stack: Arc<Stack>,
    counting: Arc<Counting>,
    /// Places for calls; all are free again when every call ended.
    places: Arc<Semaphore>,
    /// Set when no new call is welcome any more.
    leaving: Arc<AtomicBool>,
    /// Cancelled when calls in progress must end.
    hurry: CancellationToken,
    tasks: TaskTracker,
    closing: CancellationToken,
    /// Our listening places with the address that phones are told.
    advertised: Vec<Listen>,
    registrar: Option<Arc<Registrar>>,
    outward: Arc<Outward>,
    directory: Arc<Directory>,
    may_refer: bool,
    calls: mpsc::Sender<IncomingCall>,
    registry: Registry,
    room: Arc<Semaphore>,
    unacknowledged: Semaphore,
}

/// What a reception is made of.
pub(crate) struct ReceptionParts {
    pub(crate) stack: Arc<Stack>,
    pub(crate) counting: Arc<Counting>,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) leaving: Arc<AtomicBool>,
    pub(crate) hurry: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the edge is gone and nothing of it may stay.
    pub(crate) closing: CancellationToken,
    pub(crate) advertised: Vec<Listen>,
    pub(crate) registrar: Option<Arc<Registrar>>,
    pub(crate) outward: Arc<Outward>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) may_refer: bool,
    pub(crate) calls: mpsc::Sender<IncomingCall>,
}

impl Reception {
    pub(crate) fn open(parts: ReceptionParts) -> Arc<Self> {
        let places = parts.places.available_permits();
        let room = Arc::new(Semaphore::new(REQUESTS + places));
        Arc::new(Self {
            stack: parts.stack,
            counting: parts.counting,
            places: parts.places,
            leaving: parts.leaving,
            hurry: parts.hurry,
            tasks: parts.tasks,
            closing: parts.closing,
            advertised: parts.advertised,
            registrar: parts.registrar,
            outward: parts.outward,
            directory: parts.directory,
            may_refer: parts.may_refer,
            calls: parts.calls,
            registry: Registry::default(),
            room,
            unacknowledged: Semaphore::new(UNACKNOWLEDGED),
        })
    }

    /// Receives until the stack is gone.
    pub(crate) async fn run(self: Arc<Self>, mut incoming: TransactionReceiver) {
        while let Some(transaction) = incoming.recv().await {
            let Ok(place) = self.room.clone().try_acquire_owned() else {
                // No answer; what matters is repeated.
                self.counting.dropped_rate.add();
                quietly(|| drop(transaction));
                continue;
            };
            let reception = self.clone();
            self.spawn(quiet(async move {
                reception.receive(transaction).await;
                drop(place);
            }));
        }
    }

    /// Runs a task that ends with the edge at the latest.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            closing.run_until_cancelled(work).await;
        });
    }

    /// Runs without logs of its own: see [`quiet`].
    async fn receive(self: Arc<Self>, mut transaction: Transaction) {
        let has_dialog = match transaction.original.to_header().and_then(rsipstack::sip::To::tag) {
            Ok(tag) => tag.is_some(),
            Err(_) => return refuse(&mut transaction, 400, vec![]).await,
        };
        match transaction.original.method {
            Method::Invite if !has_dialog => self.new_call(transaction).await,
            Method::Register => self.registration(transaction).await,
            Method::Options if !has_dialog => answer_options(&mut transaction).await,
            _ => self.within_call(transaction).await,
        }
    }

    /// A request that names a dialog (RFC 3261 section 12.2.2).
    async fn within_call(&self, mut transaction: Transaction) {
        let Some(entry) = self.registry.find(&transaction) else {
            self.counting.refused_unknown_dialog.add();
            return refuse(&mut transaction, 481, vec![]).await;
        };
        if !entry.is_in_order(&transaction) {
            return refuse(&mut transaction, 500, vec![]).await;
        }
        match transaction.original.method {
            Method::Bye => goodbye(&entry, transaction).await,
            Method::Invite => change(&entry, transaction).await,
            Method::Update => update(&entry, transaction).await,
            Method::PRack => confirm(&entry, &mut transaction).await,
            Method::Refer => refer(&entry, transaction).await,
            Method::Notify => news(&entry, &mut transaction).await,
            Method::Info => info(&entry, &mut transaction).await,
            Method::Options => answer_options(&mut transaction).await,
            // The screen lets no other method through.
            _ => refuse(&mut transaction, 405, allow()).await,
        }
    }
}

/// News of a transfer we asked for (RFC 3515 section 2.4.4); others we did not ask for.
async fn news(entry: &CallEntry, transaction: &mut Transaction) {
    let taken = read_news(&transaction.original).is_some_and(|news| entry.tell(news));
    if !taken {
        return refuse(transaction, 481, vec![]).await;
    }
    transaction.reply(StatusCode::OK).await.ok();
}

async fn goodbye(entry: &CallEntry, mut transaction: Transaction) {
    let mut dialog = entry.dialog.clone();
    let state = dialog.state();
    if state.is_confirmed() || state.waiting_ack() || state.is_terminated() {
        dialog.handle(&mut transaction).await.ok();
        return;
    }
    // BYE instead of CANCEL: the INVITE needs its own final answer (RFC 3261 section 15.1.2).
    entry.given_up.cancel();
    transaction.reply(StatusCode::OK).await.ok();
}

/// One change at a time, and none before the call stands (RFC 3261 section 14.2).
async fn change(entry: &CallEntry, mut transaction: Transaction) {
    let mut dialog = entry.dialog.clone();
    if entry.asking.load(Ordering::SeqCst) {
        // Both sides changed the session at once (RFC 3261 section 14.2).
        return refuse(&mut transaction, 491, vec![]).await;
    }
    let free = !entry.changing.swap(true, Ordering::SeqCst);
    if !free || !dialog.state().is_confirmed() {
        if free {
            entry.changing.store(false, Ordering::SeqCst);
        }
        let soon = vec![Header::RetryAfter("2".into())];
        return refuse(&mut transaction, 500, soon).await;
    }
    dialog.handle(&mut transaction).await.ok();
    entry.changing.store(false, Ordering::SeqCst);
}

/// UPDATE (RFC 3311): with a description it changes the session, without one it is a sign of life.
async fn update(entry: &CallEntry, mut transaction: Transaction) {
    if !transaction.original.body.is_empty() {
        return change(entry, transaction).await;
    }
    let mut dialog = entry.dialog.clone();
    if dialog.state().is_confirmed() {
        dialog.handle(&mut transaction).await.ok();
    } else {
        transaction.reply_with(StatusCode::OK, allow(), None).await.ok();
    }
}

/// PRACK: the caller heard our ringing.
async fn confirm(entry: &CallEntry, transaction: &mut Transaction) {
    if entry.reliability.confirm(&transaction.original) {
        transaction.reply(StatusCode::OK).await.ok();
    } else {
        refuse(transaction, 481, vec![]).await;
    }
}

/// REFER: one at a time, and only from those who may.
async fn refer(entry: &CallEntry, mut transaction: Transaction) {
    let mut dialog = entry.dialog.clone();
    if !entry.may_refer || !dialog.state().is_confirmed() {
        return refuse(&mut transaction, 603, vec![]).await;
    }
    dialog.handle(&mut transaction).await.ok();
}

/// Keys by INFO; an empty INFO only asks whether the call stands.
async fn info(entry: &CallEntry, transaction: &mut Transaction) {
    let request = &transaction.original;
    let kind = request.headers.iter().find_map(|header| match header {
        Header::ContentType(kind) => Some(kind.value()),
        _ => None,
    });
    if request.body.is_empty() {
        transaction.reply(StatusCode::OK).await.ok();
        return;
    }
    match pressed_key(kind.unwrap_or_default(), &request.body) {
        Ok(key) => {
            entry.press(key);
            transaction.reply(StatusCode::OK).await.ok();
        }
        Err(status) => {
            let accepted = vec![Header::Accept(ACCEPT.into())];
            refuse(transaction, status, accepted).await;
        }
    }
}

/// What we can do (RFC 3261 section 11.2).
async fn answer_options(transaction: &mut Transaction) {
    let mut headers = allow();
    headers.push(Header::Accept(ACCEPT.into()));
    headers.push(Header::Supported(SUPPORTED.into()));
    transaction.reply_with(StatusCode::OK, headers, None).await.ok();
}

fn allow() -> Vec<Header> {
    vec![Header::Allow(ALLOW.into())]
}

/// Refuses, once: a request that comes again gets the same answer again, but no answer is repeated
/// by itself, so that a forged source brings its victim no more than what was sent.
async fn refuse(transaction: &mut Transaction, status: u16, headers: Vec<Header>) {
    transaction.reply_with(StatusCode::from(status), headers, None).await.ok();
}
