//! The product as its users live it: each file is one story.

mod a_call_becomes_an_issue;
mod a_message_becomes_an_issue;
mod callers;
mod desk;
