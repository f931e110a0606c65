//! The file names are the flow. Each step loads, decides, and returns what to commit.

mod answer;
mod classify;
mod file;
mod follow_up;
mod offer;
mod ring;
pub(crate) mod route;
mod tell;
mod thank;
mod track;
mod transcribe;

use mostik_domain::{Decision, Job};
use mostik_store::Lease;

use crate::{Pipeline, StepError};

/// Does the job. `attempt` above 1 means that an earlier attempt may have got
/// as far as the outside call.
pub async fn decide(pipeline: &Pipeline, lease: &Lease) -> Result<Decision, StepError> {
    match &lease.job {
        Job::Transcribe { feedback } => transcribe::decide(pipeline, *feedback, lease).await,
        Job::Classify { feedback } => classify::decide(pipeline, *feedback).await,
        Job::Answer { feedback } => answer::decide(pipeline, *feedback).await,
        Job::Route { feedback } => route::decide(pipeline, *feedback).await,
        Job::File { problem } => file::decide(pipeline, *problem).await,
        Job::Track { issue, events } => track::take_in(pipeline, *issue, events).await,
        Job::Look { issue } => track::look(pipeline, *issue).await,
        Job::Tell { notice } => tell::decide(pipeline, *notice).await,
        Job::Ring { notice, .. } => ring::decide(pipeline, *notice).await,
        Job::Dial { notice, .. } => ring::dial(pipeline, *notice, lease).await,
        Job::Reply { feedback, message } => tell::reply(pipeline, *feedback, *message).await,
        Job::FollowUp { feedback } => follow_up::decide(pipeline, *feedback).await,
        Job::CheckPromise { promise } => tell::check_promise(pipeline, *promise).await,
    }
}
