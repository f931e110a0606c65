//! The steps of the picture: capture → transcribe → classify → answer → route
//! → file → track → tell.
//!
//! A worker claims a job, its step loads what it needs, makes at most one
//! outside call, and commits one [`Decision`](mostik_domain::Decision). Steps
//! never call steps: the next job is part of the commit.

mod hand_over;
mod likely;
mod listening;
mod pipeline;
mod poll;
mod retry;
mod step_error;
mod steps;
mod understanding;
mod worker;

pub use hand_over::hand_over;
pub use likely::{LikelyProblem, LikelyProblems, Voiced};
pub use listening::Listener;
pub use pipeline::{Pipeline, Rules};
pub use poll::poll_trackers;
pub use retry::Retry;
pub use step_error::StepError;
pub use steps::decide;
pub use worker::{Crew, run_one, work};
