//! Proving who one is by a shared password: Digest (RFC 2617, RFC 7616, RFC 8760).
//!
//! Our own, because the stack's counts nonce uses in a byte, takes `-sess` for the plain form and
//! compares in a time that tells. Quoted values are hashed as they stand between their quotes.

mod algorithm;
mod authorization;
mod challenge;
mod credentials;
mod parameters;
mod proof;
mod session;

pub use credentials::Credentials;

pub(crate) use algorithm::Algorithm;
pub(crate) use authorization::Authorization;
pub(crate) use challenge::Challenge;
pub(crate) use challenge::Protection;
pub(crate) use session::DigestSession;

/// Why a digest header cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DigestFault {
    /// Longer, or with more parameters, than any honest one.
    #[error("the digest header is too long")]
    TooLong,
    /// Another scheme, for instance Basic.
    #[error("the header is not of the Digest scheme")]
    NotDigest,
    /// No list of names and values.
    #[error("the digest header is malformed")]
    Malformed,
    /// A value that must be there is not.
    #[error("the digest header lacks {0}")]
    Missing(&'static str),
    /// An algorithm or protection that we do not compute.
    #[error("the digest header asks for a method that is not supported")]
    Unsupported,
    /// The nonce was used 2^32 - 1 times; a new one is needed.
    #[error("the nonce is used up")]
    UsedUp,
}

#[cfg(test)]
mod vectors;
