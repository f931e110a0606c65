//! What every backend must do: read, capture, hand out jobs, and commit a
//! decision as one transaction.
//!
//! Every write goes through [`Store::capture`], [`Store::commit`] or
//! [`Store::submit`]; so "the change is stored but the job was lost" cannot be
//! written. The list of behaviours that both backends must show stands in
//! `tests/it/store_conformance/`.

mod access;
mod asked_words;
mod clock;
mod error;
mod filter;
mod lease;
mod store;
mod views;

pub use access::{AccessStore, Secret, SecretHash};
pub use asked_words::asked_words;
pub use clock::{Clock, SystemClock};
pub use error::StoreError;
pub use filter::{FeedbackFilter, JobFilter, Page, PageRequest, ProblemFilter};
pub use lease::{JobRecord, JobState, Lease, Release, WaitingJobs};
pub use store::{Changed, KeepCalls, Store};
pub use views::{
    BoardCard, CallCard, FeedbackCard, FeedbackDetails, ProblemCard, ProblemDetails, VoicedProblem,
};
