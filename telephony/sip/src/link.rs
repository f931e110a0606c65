//! The two ends of a call inside this program: the handle a caller of this crate holds, and the
//! task that runs the dialog.

use std::sync::{Arc, OnceLock};

use tokio::sync::{mpsc, oneshot};

use crate::line::Line;
use crate::{AnswerError, CallEvent};

/// Waiting decisions of one call; a call has one decision to make at a time.
const DECISIONS: usize = 8;

/// Events of one call that nobody has read yet. A caller who presses keys faster loses keys; the
/// other events always fit because the dialog allows one of each.
const EVENTS: usize = 64;

/// A decision about a call.
pub(crate) enum Decision {
    Ring,
    Progress {
        sdp: String,
    },
    Answer {
        sdp: String,
        acknowledged: oneshot::Sender<Result<Option<String>, AnswerError>>,
    },
    Reject {
        status: u16,
    },
    AcceptReoffer {
        sdp: String,
    },
    RefuseReoffer {
        status: u16,
    },
    AcceptTransfer,
    /// The session is as this description of ours says now.
    Redescribed {
        sdp: String,
    },
    RefuseTransfer {
        status: u16,
    },
    ReportTransfer {
        status: u16,
    },
    HangUp {
        done: oneshot::Sender<()>,
    },
}

/// The end that decides.
pub(crate) struct HandleEnd {
    pub(crate) decisions: mpsc::Sender<Decision>,
    pub(crate) events: mpsc::Receiver<CallEvent>,
    /// Known as soon as there is a dialog.
    pub(crate) line: Arc<OnceLock<Line>>,
}

/// The end that acts.
pub(crate) struct DialogEnd {
    pub(crate) decisions: mpsc::Receiver<Decision>,
    pub(crate) events: mpsc::Sender<CallEvent>,
    pub(crate) line: Arc<OnceLock<Line>>,
}

pub(crate) fn link() -> (HandleEnd, DialogEnd) {
    let (decide, decisions) = mpsc::channel(DECISIONS);
    let (report, events) = mpsc::channel(EVENTS);
    let line = Arc::<OnceLock<Line>>::default();
    let handle = HandleEnd { decisions: decide, events, line: line.clone() };
    (handle, DialogEnd { decisions, events: report, line })
}
