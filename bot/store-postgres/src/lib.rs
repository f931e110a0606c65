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
mod job_views;
mod jobs;

mod call;
mod call_note;
mod conversation;
mod customer;
mod message;
mod talk;
mod transcript;
mod urgency;

mod classification;
mod feedback;
mod feedback_views;
mod full_text;
mod notice;
mod promise;

mod board;
mod cursor;
mod issue;
mod problem;
mod problem_views;
mod signal;

mod attendance;
mod call_back;
mod desk_order;
mod live_call;
mod outage;

mod access;

pub use connect::PostgresStore;
