//! The calls that exist, found by what their requests say.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::dialog::DialogId;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{mpsc, Notify};
use tokio_util::sync::CancellationToken;

use crate::CallEvent;

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
    /// A request came: the caller is still there.
    pub(crate) heard: Notify,
    answered: AtomicBool,
    last_number: AtomicU32,
}

impl CallEntry {
    pub(crate) fn new(
        dialog: InviteDialog,
        events: mpsc::Sender<CallEvent>,
        first_number: u32,
    ) -> Self {
        Self {
            dialog,
            events,
            given_up: CancellationToken::new(),
            changing: AtomicBool::new(false),
            heard: Notify::new(),
            answered: AtomicBool::new(false),
            last_number: AtomicU32::new(first_number),
        }
    }

    /// Whether the request comes after the last one by its CSeq (RFC 3261 section 12.2.2).
    pub(crate) fn is_in_order(&self, transaction: &Transaction) -> bool {
        let number = transaction.original.cseq_header().and_then(|cseq| cseq.seq());
        let Ok(number) = number else {
            return false;
        };
        self.heard.notify_one();
        self.last_number.fetch_max(number, Ordering::SeqCst) <= number
    }

    pub(crate) fn answered(&self) {
        self.answered.store(true, Ordering::SeqCst);
    }

    /// Reports a key. Before the answer nobody listens; when too many wait, it is lost.
    pub(crate) fn press(&self, key: char) {
        if self.answered.load(Ordering::SeqCst) && self.events.capacity() > KEPT_FREE {
            self.events.try_send(CallEvent::Key(key)).ok();
        }
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

    fn lock(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
