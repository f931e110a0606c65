//! The product as its users live it: each file is one story.

mod a_call_becomes_an_issue;
mod a_message_becomes_an_issue;
pub(crate) mod callers;
pub(crate) mod desk;
mod discord;
mod github;
mod graceful;
mod phones;
mod without_a_model;
