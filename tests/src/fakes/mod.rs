//! Stand-ins for the services Mostik talks to: each a model of the service, served over real HTTP
//! on a loopback port of its own, each exchange checked against the vendor's own description.

pub mod discord;
pub mod fault;
mod front;
pub mod github;
pub mod openai;

pub use front::Request;
