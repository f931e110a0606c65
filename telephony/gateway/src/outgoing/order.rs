//! What to dial, what is told while it rings, and why there is no call.

use std::fmt;
use std::time::Duration;

use mostik_media::{PortsError, SdpError};
use mostik_sip::{DialError, DialFailure, Route};

use crate::Caller;

/// A call to place.
///
/// Personal data: `Debug` prints lengths only.
#[derive(Clone)]
pub struct OutgoingOrder {
    /// Whom to call: a `sip:`/`sips:` address, or a number, which becomes an address at the trunk.
    pub to: String,
    /// Which way.
    pub route: Route,
    /// Who calls: an address or a number; `None` takes the trunk's own.
    pub from: Option<String>,
    /// The name shown on the phone that rings.
    pub display_name: Option<String>,
    /// Headers of the application's own, for instance `Alert-Info`.
    pub headers: Vec<(String, String)>,
    /// How long it may ring before we give up.
    pub ring_for: Duration,
}

impl OutgoingOrder {
    /// An order with nothing but the necessary; it rings for half a minute at most.
    pub fn new(to: impl Into<String>, route: Route) -> Self {
        Self {
            to: to.into(),
            route,
            from: None,
            display_name: None,
            headers: Vec::new(),
            ring_for: Duration::from_secs(30),
        }
    }

    /// Whom it calls, named as a caller is.
    pub(crate) fn callee(&self) -> Caller {
        let address = self.to.strip_prefix("sips:").or_else(|| self.to.strip_prefix("sip:"));
        let (user, host) = address.and_then(|rest| rest.split_once('@')).unwrap_or((&self.to, ""));
        Caller {
            uri: self.to.clone(),
            user: user.to_owned(),
            host: host.to_owned(),
            display_name: None,
        }
    }

    /// An order to ring the desk phone that registered here as `user`.
    pub fn phone(user: impl Into<String>) -> Self {
        let user = user.into();
        Self::new(user.clone(), Route::Phone(user))
    }
}

impl fmt::Debug for OutgoingOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingOrder")
            .field("to_chars", &self.to.chars().count())
            .field("route", &self.route)
            .field("ring_for", &self.ring_for)
            .finish_non_exhaustive()
    }
}

/// What happens to a call on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The next server has it (100).
    Trying,
    /// A phone rings (180).
    Ringing,
    /// There is something to hear before the answer; nobody listens to it.
    EarlyMedia,
}

/// Why there is no call.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    /// The order cannot be dialled; nothing was sent.
    #[error(transparent)]
    Order(#[from] DialError),
    /// Nobody answered, or nothing could be reached.
    #[error(transparent)]
    Failed(#[from] DialFailure),
    /// No port for audio.
    #[error(transparent)]
    Ports(#[from] PortsError),
    /// No address of ours leads there.
    #[error("no address of ours leads there: {0}")]
    NoWay(#[source] std::io::Error),
    /// No audio in common, or no encryption where it is required. An answered call was hung up.
    #[error(transparent)]
    Audio(#[from] SdpError),
}

impl NotPlaced {
    /// Whether a phone may have rung: somebody may have seen our call.
    pub const fn may_have_rung(&self) -> bool {
        match self {
            Self::Order(_) | Self::Ports(_) | Self::NoWay(_) => false,
            Self::Audio(error) => !matches!(error, SdpError::KeysUnprotected),
            Self::Failed(failure) => !matches!(
                failure,
                DialFailure::UnknownNumber
                    | DialFailure::Unauthorized
                    | DialFailure::Unavailable { .. }
                    | DialFailure::Unreachable
                    | DialFailure::TooManyCalls
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_whom_we_call() {
        let mut order = OutgoingOrder::new("+74951234567", Route::Trunk("main".into()));
        order.display_name = Some("Анна".into());
        let shown = format!("{order:?}");
        for secret in ["4951234567", "Анна"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
