//! Calls that we place, with audio: from an order to an answered [`Leg`] or a reason.
//!
//! The same for a call-back to a customer and for an operator who is rung.

mod order;
mod placing;

pub use order::{NotPlaced, OutgoingOrder, Progress};
pub use placing::{CallTerms, CallsOut, Leg};
