//! The SIP edge: listens, screens, and hands over calls.
//!
//! Bytes pass our own screen before the stack (rsipstack, wrapped whole) sees them. Session
//! descriptions are opaque strings: media negotiates them, and neither knows the other.

mod call;
mod config;
mod counters;
mod dial;
mod digest;
mod door;
mod edge;
mod event;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod incoming_call;
mod info_key;
mod ladder;
mod line;
mod link;
mod locate;
mod network;
mod opaque_id;
mod outward;
mod party;
mod reception;
mod registrar;
mod screen;
mod stack;
mod transfer;
mod trunk;

pub use call::{Call, CallGone};
pub use config::{EdgeConfig, Listen, Transport};
pub use counters::Counters;
pub use dial::{
    Dial, DialError, DialEvent, DialFailure, LineOut, OutgoingCall, Route, SessionText, Toward,
};
pub use digest::Credentials;
pub use door::{CertificateError, TlsFiles};
pub use edge::{Edge, EdgeError};
pub use event::{CallEvent, Ended, EndedBy, EndedWhy, Transfer};
pub use incoming_call::{AnswerError, IncomingCall};
pub use ladder::{Direction, Ladder, LadderEntry, RefusedCall};
pub use line::ReofferError;
pub use locate::LocateError;
pub use network::{Network, NetworkError};
pub use party::Party;
pub use registrar::{Binding, RegistrarConfig};
pub use transfer::{TransferError, TransferOutcome};
pub use trunk::{TrunkConfig, TrunkConfigError, TrunkFailure, TrunkState, TrunkStatus};
