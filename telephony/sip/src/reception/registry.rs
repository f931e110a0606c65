//! The calls that exist, found by what their requests say.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rsipstack::dialog::DialogId;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, Request, Response};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipConnection;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::reliable::Reliability;
use crate::CallEvent;
use crate::dial::{OwnDialog, Signers, Standing};
use crate::transfer::{News, NewsSender};

/// Free places an event queue keeps for what matters more than keys.
const KEPT_FREE: usize = 4;

/// One call as its later requests find it.
pub(crate) struct CallEntry {
    pub(crate) dialog: InviteDialog,
    pub(crate) events: mpsc::Sender<CallEvent>,
    /// The caller said BYE before an answer.
    pub(crate) given_up: CancellationToken,
    /// A change of the session is under way.
    pub(crate) changing: AtomicBool,
    /// Our own change of the session is under way.
    pub(crate) asking: AtomicBool,
    /// A request came: the caller is still there.
    pub(crate) heard: Notify,
    /// The stream that request came by; `None` for a datagram.
    latest: Mutex<Option<SipConnection>>,
    answered: AtomicBool,
    expects_keys: AtomicBool,
    /// The other side may ask for a transfer.
    pub(crate) may_refer: bool,
    pub(crate) reliability: Reliability,
    last_number: AtomicU32,
    /// Who asked us for a proof.
    signers: Mutex<Signers>,
    /// How we ask.
    own: OwnDialog,
    /// Where news of a transfer go that we asked for.
    news: Mutex<Option<NewsSender>>,
}

impl CallEntry {
    pub(crate) fn new(
        dialog: InviteDialog,
        own: OwnDialog,
        events: mpsc::Sender<CallEvent>,
        first_number: u32,
    ) -> Self {
        Self {
            dialog,
            events,
            given_up: CancellationToken::new(),
            changing: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            heard: Notify::new(),
            latest: Mutex::default(),
            answered: AtomicBool::new(false),
            expects_keys: AtomicBool::new(false),
            last_number: AtomicU32::new(first_number),
            signers: Mutex::default(),
            own,
            news: Mutex::default(),
            may_refer: false,
            reliability: Reliability::default(),
        }
    }

    pub(crate) fn that_may_refer(self, may_refer: bool) -> Self {
        Self { may_refer, ..self }
    }

    /// Who asked for a proof of the INVITE wants one of all that follows.
    pub(crate) fn signing_with(self, signers: Signers) -> Self {
        Self { signers: Mutex::new(signers), ..self }
    }

    /// Where the other side's signalling is.
    pub(crate) const fn peer(&self) -> std::net::SocketAddr {
        self.own.peer()
    }

    /// Asks the other side. `Ok(None)` when the call is over, an error when no answer came.
    pub(crate) async fn ask(
        &self,
        method: Method,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Option<Response>, NoAnswer> {
        let state = self.dialog.state();
        if !state.is_confirmed() && (method != Method::Bye || !state.waiting_ack()) {
            return Ok(None);
        }
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let standing = Standing { signers: &self.signers, latest };
        let answer = self.own.ask(standing, method, headers, body).await;
        answer.map(Some).ok_or(NoAnswer)
    }

    /// Says goodbye; repeated for up to 32 s.
    pub(crate) async fn say_goodbye(&self) -> Result<(), NoAnswer> {
        let answer = self.ask(Method::Bye, vec![], vec![]).await;
        self.dialog.cancel_token().cancel();
        answer.map(drop)
    }

    /// Takes news of a transfer from now on, until the result is dropped; `None` while another is
    /// under way.
    pub(crate) fn expect_news(&self, report: NewsSender) -> Option<ExpectedNews<'_>> {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        let free = news.is_none();
        free.then(|| {
            *news = Some(report);
            ExpectedNews(self)
        })
    }

    /// Passes news on; `false` when nobody expects any.
    pub(crate) fn tell(&self, piece: News) -> bool {
        let news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        // When too many wait, this one is no news.
        news.as_ref().map(|report| report.try_send(piece).ok()).is_some()
    }

    /// Whether the request comes after the last one by its CSeq (RFC 3261 section 12.2.2).
    pub(crate) fn is_in_order(&self, transaction: &Transaction) -> bool {
        let Some(number) = cseq_number(&transaction.original) else {
            return false;
        };
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) =
            stream_of(transaction).cloned();
        self.heard.notify_one();
        self.last_number.fetch_max(number, Ordering::SeqCst) <= number
    }

    /// What ends with the connection the caller was last heard by.
    pub(crate) fn latest_flow(&self) -> Option<CancellationToken> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.as_ref().and_then(SipConnection::cancel_token)
    }

    pub(crate) fn answered(&self) {
        self.expect_keys();
        self.answered.store(true, Ordering::SeqCst);
    }

    pub(crate) fn was_answered(&self) -> bool {
        self.answered.load(Ordering::SeqCst)
    }

    /// We have said that we answer: the caller may press keys even before we have read the ACK.
    pub(crate) fn expect_keys(&self) {
        self.expects_keys.store(true, Ordering::SeqCst);
    }

    /// Reports a key. Before the answer nobody listens; when too many wait, it is lost.
    pub(crate) fn press(&self, key: char) {
        if self.expects_keys.load(Ordering::SeqCst) && self.events.capacity() > KEPT_FREE {
            self.events.try_send(CallEvent::Key(key)).ok();
        }
    }
}

/// What ends with the connection a request came by; datagrams have none.
pub(crate) fn flow_of(transaction: &Transaction) -> Option<CancellationToken> {
    stream_of(transaction).and_then(SipConnection::cancel_token)
}

fn stream_of(transaction: &Transaction) -> Option<&SipConnection> {
    transaction.connection.as_ref().filter(|connection| connection.is_reliable())
}

/// The number in a request's CSeq.
pub(crate) fn cseq_number(request: &Request) -> Option<u32> {
    request.cseq_header().ok()?.seq().ok()
}

/// The other side did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer;

/// Somebody waits for news of a transfer.
pub(crate) struct ExpectedNews<'e>(&'e CallEntry);

impl Drop for ExpectedNews<'_> {
    fn drop(&mut self) {
        *self.0.news.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// All calls.
#[derive(Default)]
pub(crate) struct Registry {
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    by_dialog: HashMap<DialogId, Arc<CallEntry>>,
    /// Call-ID, From tag and CSeq number of the INVITEs that became calls.
    invites: HashSet<Invite>,
}

/// What makes two INVITEs that came by different ways the same one (RFC 3261 section 8.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Invite {
    pub(crate) call_id: String,
    pub(crate) from_tag: String,
    pub(crate) number: u32,
}

impl Registry {
    pub(crate) fn find(&self, transaction: &Transaction) -> Option<Arc<CallEntry>> {
        let id = DialogId::try_from(transaction).ok()?;
        self.lock().by_dialog.get(&id).cloned()
    }

    /// Whether there is an answered call with this Call-ID, our tag and the peer's.
    pub(crate) fn answered_call(&self, call_id: &str, ours: &str, theirs: &str) -> bool {
        let id = DialogId {
            call_id: call_id.to_owned(),
            local_tag: ours.to_owned(),
            remote_tag: theirs.to_owned(),
        };
        self.lock().by_dialog.get(&id).is_some_and(|entry| entry.was_answered())
    }

    /// Claims an INVITE; `false` when it is here already.
    pub(crate) fn claim(&self, invite: &Invite) -> bool {
        self.lock().invites.insert(invite.clone())
    }

    pub(crate) fn enter(&self, entry: Arc<CallEntry>) {
        self.lock().by_dialog.insert(entry.dialog.id(), entry);
    }

    pub(crate) fn forget(&self, dialog: Option<&DialogId>, invite: &Invite) {
        let mut calls = self.lock();
        if let Some(dialog) = dialog {
            calls.by_dialog.remove(dialog);
        }
        calls.invites.remove(invite);
    }

    /// Forgets a call that we placed.
    pub(crate) fn forget_dialog(&self, dialog: &DialogId) {
        self.lock().by_dialog.remove(dialog);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
