//! The gateway from outside: its call flow, whole calls over sockets, crashes and recovery.

mod call_back_flow;
mod call_flow;
mod callee;
mod calling_back;
mod calls;
mod desk;
mod killed;
mod mailboxes;
mod outgoing;
mod people;
mod phone;
mod recovery;
mod studio;
mod studio_flow;
mod turns;
mod understood;
