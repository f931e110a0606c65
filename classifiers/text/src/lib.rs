//! What can be read off a message before any model looks at it: its language,
//! its plain form, the personal data in it, and which other messages it is like.
//!
//! Everything here is pure, bounded in size and linear in time, because the
//! text comes from strangers.

mod cues;
mod language;
pub mod likeness;
mod normalise;
mod redaction;
pub mod understanding;
mod words;

pub use language::detect_language;
pub use normalise::{normalise, push_lower};
pub use redaction::{Found, MAX_REDACTED_BYTES, PersonalData, Redacted, redact, tagger};
pub use words::{Word, cut_at, words};
