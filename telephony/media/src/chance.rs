//! Numbers a stranger cannot guess, for sequence numbers and stream names (RFC 3550 section 5.1).

use std::hash::{BuildHasher, Hasher, RandomState};

/// The standard library seeds this hasher from the operating system.
pub(crate) fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}
