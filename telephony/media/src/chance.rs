//! Numbers a stranger cannot guess, for sequence numbers and stream names (RFC 3550 section 5.1).

use std::hash::{BuildHasher, Hasher, RandomState};

/// For the 32 bit fields of RTP.
pub(crate) fn random_word() -> u32 {
    let [a, b, c, d, ..] = random_number().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// For the 16 bit fields of RTP.
pub(crate) fn random_half_word() -> u16 {
    let [a, b, ..] = random_number().to_be_bytes();
    u16::from_be_bytes([a, b])
}

/// The standard library seeds this hasher from the operating system.
pub(crate) fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}
