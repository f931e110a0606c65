//! Where owner teams work: GitHub, and the built-in board that needs no account.
//!
//! A tracker only carries: it finds, files, updates, and tells what happened.
//! What that means for acceptance is decided in `mostik-domain`.

mod tracker;

pub use tracker::{FiledIssue, IssueHistory, RecentChanges, Tracker, TrackerError};
