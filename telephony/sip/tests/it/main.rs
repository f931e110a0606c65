//! The edge over real sockets on loopback, called by a phone that writes every byte itself.

mod behind_nat;
mod callee;
mod calls;
mod changes;
mod desk_phones;
mod dialling;
mod early_media;
mod encryption;
mod endings;
mod failover;
mod hardening;
mod ladder;
mod logs;
mod name_server;
mod own_sessions;
mod paper;
mod phone;
mod proof;
mod scanners;
mod screening;
mod sessions;
mod streams;
mod torture;
mod transfers;
mod trunks;
mod world;
