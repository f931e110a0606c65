//! Where owner teams work: GitHub, and the built-in board that needs no account.
//!
//! A tracker only carries: it finds, files, updates, and tells what happened.
//! What that means for acceptance is decided in `mostik-domain`.

mod board;
pub mod github;
mod tracker;

pub use board::{Board, BoardLedger};
pub use github::{Credentials, GitHub, GitHubConfig, ProjectAccess};
pub use tracker::{FiledIssue, IssueHistory, RecentChanges, Tracker, TrackerError};
