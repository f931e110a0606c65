//! Calls that we place (RFC 3261 section 13.2): from an order to an answered call or a reason.

mod attempt;
mod branches;
mod failure;
mod fork;
mod in_turn;
mod letter;
mod line_out;
mod order;
mod outgoing_call;
mod own_dialog;
mod placing;
mod reply;
mod signer;
mod start;

pub use failure::DialFailure;
pub use line_out::{LineOut, Toward};
pub use order::{Dial, DialError, Route};
pub use outgoing_call::{DialEvent, OutgoingCall, SessionText};

pub(crate) use letter::parse_target;
pub(crate) use own_dialog::{OwnDialog, Standing};
pub(crate) use reply::{challenge_in, retry_after, status_of};
pub(crate) use signer::Signers;
pub(crate) use start::Dialler;

use reply::hops_of_contacts;
