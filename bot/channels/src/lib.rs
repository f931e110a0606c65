//! The ways in and back out: phone, Discord, web.
//!
//! A channel listens into [`capture`](mostik_domain::capture) and sends
//! notices. It acknowledges upstream only after the message is stored.

mod channel;

pub use channel::{Channel, Outgoing, SendError, Sent};
