//! Calls that we place, with audio: from an order to an answered [`Leg`] or a reason.
//!
//! The same for a call-back to a customer and for an operator who is rung.

mod order;
mod placing;

/// Which way a call of ours goes, as the edge has it.
pub use mostik_sip::{Route, Transport};
pub use order::{NotPlaced, OutgoingOrder, Progress};
pub use placing::{CallTerms, CallsOut, Leg};
