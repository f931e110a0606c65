//! The edge over real sockets on loopback, called by a phone that writes every byte itself.

mod callee;
mod calls;
mod changes;
mod dialling;
mod endings;
mod logs;
mod name_server;
mod phone;
mod proof;
mod screening;
mod streams;
mod trunks;
mod world;
