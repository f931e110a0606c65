//! The embedded default: everything in one SQLite file, for one node.
//!
//! The twin of `store-postgres`: the same tables, the same file names in the
//! same order, a file per noun. One connection writes, several read beside it
//! (write-ahead log), and a commit is on disk before it is acknowledged.

mod connect;
mod store;

mod column;
mod document;
mod error;
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

pub use connect::SqliteStore;
