//! The test harness: real phones, contract-checked stand-ins for the services Mostik talks to, a
//! real database server and browser, and [`World`], a running Mostik around which a test is told as
//! a story.

#![recursion_limit = "256"]

pub mod bad_network;
pub mod browser;
pub mod contract;
pub mod eventually;
pub mod fakes;
mod http;
pub mod kamailio;
pub mod needs;
pub mod phones;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod world;

pub use phones::{CallPlan, Phone};
pub use world::World;
