//! What happens during an answered call.

use std::fmt;

/// The next thing that happened in a call.
///
/// Session descriptions and keys are personal data: `Debug` prints neither.
#[derive(Clone, PartialEq, Eq)]
pub enum CallEvent {
    /// The caller wants to change the session: hold, resume, move (re-INVITE, RFC 3261 section 14).
    /// Decide soon with [`crate::Call::accept_reoffer`] or [`crate::Call::refuse_reoffer`]; without
    /// a decision the old session stays.
    Reoffer {
        /// The new description; `None` asks us to make the offer.
        offer: Option<String>,
    },
    /// The caller's answer to the offer we made in [`crate::Call::accept_reoffer`].
    Reanswer {
        /// The description that answers ours.
        answer: String,
    },
    /// A key (`0`-`9`, `*`, `#`, `A`-`D`) that came by SIP INFO.
    Key(char),
    /// The other side wants the call transferred (REFER, RFC 3515); only where transfers may be
    /// asked for. Decide with [`crate::Call::accept_transfer`] or
    /// [`crate::Call::refuse_transfer`]; without a decision in 10 s it is refused.
    Transfer(Transfer),
    /// The call is over; every later question gets the same answer.
    Ended(Ended),
}

impl fmt::Debug for CallEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reoffer { offer } => match offer {
                Some(offer) => write!(f, "Reoffer({} bytes)", offer.len()),
                None => f.write_str("Reoffer(none)"),
            },
            Self::Reanswer { answer } => write!(f, "Reanswer({} bytes)", answer.len()),
            Self::Transfer(transfer) => write!(f, "{transfer:?}"),
            Self::Key(_) => f.write_str("Key(..)"),
            Self::Ended(ended) => write!(f, "Ended({ended:?})"),
        }
    }
}

/// Where the other side wants the call to go. The address comes from outside: dial it only when
/// it is one that is configured.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The address, without headers.
    pub target: String,
    /// The new call shall take the place of one that the other side already has there (RFC 3891).
    pub attended: bool,
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transfer({} bytes, attended {})", self.target.len(), self.attended)
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ended {
    /// Who ended it.
    pub by: EndedBy,
    /// Why.
    pub why: EndedWhy,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// The person at the other end.
    Peer,
    /// This program.
    Us,
    /// Nobody: the way between us broke.
    Network,
}

/// Why a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedWhy {
    /// An ordinary goodbye (BYE).
    HungUp,
    /// The caller's connection was lost and did not come back in 32 s.
    LostTransport,
    /// A 2xx of ours was never acknowledged (RFC 3261 section 13.3.1.4).
    NotAcknowledged,
    /// Nobody refreshed the session in the time agreed on (RFC 4028).
    NotRefreshed,
    /// The edge was shut down and the grace time passed.
    Shutdown,
}
