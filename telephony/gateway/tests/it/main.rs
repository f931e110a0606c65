//! The gateway from outside: its call flow, whole calls over sockets, crashes and recovery.

mod call_flow;
mod calls;
mod desk;
mod killed;
mod phone;
mod recovery;
