//! Many nodes: everything in one PostgreSQL database that they share.
//!
//! The twin of `store-sqlite`: the same tables, the same file names in the same
//! order, a file per noun. Jobs are claimed with `FOR UPDATE SKIP LOCKED`, and
//! commits are told to the other nodes by `NOTIFY`.

mod connect;
mod store;

mod column;
mod document;
mod error;
mod lock;
mod page;
mod time;
mod waking;

mod capture;
mod changes;
mod jobs;
mod job_views;

mod customer;
mod conversation;
mod message;
mod call;
mod transcript;

mod feedback;
mod feedback_views;
mod classification;
mod promise;
mod notice;

mod problem;
mod problem_views;
mod issue;
mod signal;
mod cursor;
mod board;

mod access;

pub use connect::PostgresStore;
