//! What to dial.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::{Credentials, Transport};

/// Which way a call of ours goes.
///
/// `Debug` does not print whose phone it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// By a configured trunk, named.
    Trunk(String),
    /// By the first of these trunks that can take the call: the next is tried when one is out of
    /// reach or order (5xx), or refuses us, not when who is called is busy or unknown.
    Trunks(Vec<String>),
    /// Straight to an address in the allowed networks: a PBX, a desk phone that registered.
    Direct {
        /// How.
        transport: Transport,
        /// Where.
        address: SocketAddr,
    },
    /// To the desk phone that registered here by this name, over the connection it registered by;
    /// to all of them at once when several did. The first to answer has the call.
    Phone(String),
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trunk(name) => write!(f, "Trunk({name})"),
            Self::Trunks(names) => write!(f, "Trunks({})", names.join(", ")),
            Self::Direct { transport, address } => write!(f, "Direct({transport}:{address})"),
            Self::Phone(user) => write!(f, "Phone({} chars)", user.chars().count()),
        }
    }
}

/// A call to place.
///
/// Personal data: `Debug` prints lengths only.
#[derive(Clone)]
pub struct Dial {
    /// Whom to call: a `sip:`/`sips:` address, or a number, which becomes an address at the trunk.
    /// A desk phone is called at the address it registered, whatever stands here.
    pub to: String,
    /// Who calls: an address or a number; `None` takes the trunk's own.
    pub from: Option<String>,
    /// The name shown on the phone that rings.
    pub display_name: Option<String>,
    /// Our session description (SDP, opaque here).
    pub offer: String,
    /// Which way.
    pub route: Route,
    /// Headers of the application's own, for instance `P-Asserted-Identity`.
    pub headers: Vec<(String, String)>,
    /// How long it may ring before we give up.
    pub ring_for: Duration,
    /// Who we are when asked; `None` takes the trunk's.
    pub credentials: Option<Credentials>,
}

impl Dial {
    /// An order to ring the desk phone that registered here as `user`.
    pub fn phone(user: impl Into<String>, offer: impl Into<String>) -> Self {
        let user = user.into();
        Self::new(user.clone(), Route::Phone(user), offer)
    }

    /// An order with nothing but the necessary; it rings for a minute at most.
    pub fn new(to: impl Into<String>, route: Route, offer: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            from: None,
            display_name: None,
            offer: offer.into(),
            route,
            headers: Vec::new(),
            ring_for: Duration::from_mins(1),
            credentials: None,
        }
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial")
            .field("to_chars", &self.to.chars().count())
            .field("offer_bytes", &self.offer.len())
            .field("route", &self.route)
            .field("ring_for", &self.ring_for)
            .finish_non_exhaustive()
    }
}

/// What is wrong with an order; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The number or address cannot be read.
    #[error("what to dial is neither a number nor a sip: address")]
    Target,
    /// The caller's own number or address cannot be read.
    #[error("who calls is neither a number nor a sip: address")]
    Caller,
    /// A header of the order has a name that is ours to set, or is no header.
    #[error("the header '{0}' cannot be added to a call")]
    Header(String),
    /// No trunk has this name.
    #[error("no trunk is named '{0}'")]
    NoSuchTrunk(String),
    /// The address is outside the allowed networks.
    #[error("{0} is outside the allowed networks")]
    NotAllowed(SocketAddr),
    /// No phone is registered here by that name now.
    #[error("the desk phone is not registered now")]
    NotRegistered,
    /// The edge is not open.
    #[error("the SIP edge is not open")]
    NotOpen,
    /// Larger than a message may be.
    #[error("the call's headers and session description are too long")]
    TooLong,
}
