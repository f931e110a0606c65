//! How a trunk is.

use std::net::SocketAddr;
use std::time::SystemTime;

use crate::locate::LocateError;

/// Where a trunk's registration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrunkState {
    /// Not registered: it need not be, has not begun, or we left.
    Unregistered,
    /// The first registration, or the first after a failure, is under way.
    Registering,
    /// The carrier knows where we are.
    Registered {
        /// When it will forget us unless we register again, which we do well before.
        until: SystemTime,
        /// Which of its addresses took the registration.
        target: SocketAddr,
    },
    /// It did not work; we try again.
    Failed {
        /// What went wrong the last time.
        why: TrunkFailure,
        /// When we try again.
        retry_at: SystemTime,
    },
}

/// Why a registration failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TrunkFailure {
    /// Its host name leads nowhere.
    #[error("{0}")]
    NotFound(LocateError),
    /// None of its addresses answered.
    #[error("none of its addresses answers")]
    Unreachable,
    /// Name or password are wrong, or it wants a proof we cannot make.
    #[error("it refuses our name and password")]
    Unauthorized,
    /// Another refusal.
    #[error("it refuses the registration with status {status}")]
    Refused {
        /// A status from 300 to 699.
        status: u16,
    },
    /// Its answer says nothing about our registration.
    #[error("its answer does not confirm the registration")]
    Broken,
}

/// A trunk and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkStatus {
    /// Its configured name.
    pub name: String,
    /// Where its registration stands.
    pub state: TrunkState,
    /// The address it sees us at, when it told us.
    pub public_address: Option<SocketAddr>,
    /// Whether it answered when it was last asked (OPTIONS); `None` when it is not asked.
    pub answers: Option<bool>,
}
