//! The product as its users live it: each file is one story.

mod a_call_becomes_an_issue;
mod a_message_becomes_an_issue;
pub(crate) mod callers;
mod calling_back;
pub(crate) mod desk;
mod discord;
mod github;
mod graceful;
mod learning_from_the_desk;
mod people;
mod phones;
mod what_customers_want;
mod without_a_model;
