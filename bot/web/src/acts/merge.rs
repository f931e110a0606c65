use mostik_domain::{Change, Decision, FeedbackState, Job, Problem};
use mostik_store::FeedbackDetails;

use super::{Moment, cause::reopened_if_closed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// A person sees that a feedback is about a known problem: it is counted there.
pub(crate) fn merge_into(
    details: FeedbackDetails,
    problem: &Problem,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let feedback = details.card.feedback;
    let before = feedback.problem();
    if before == Some(problem.id) {
        return Err(Refusal::AlreadyThere.into());
    }
    let state = match reopened_if_closed(feedback.state.clone()) {
        FeedbackState::Routed(routed) => FeedbackState::Answered(routed.answered),
        FeedbackState::Filed(filed) => FeedbackState::Answered(filed.routed.answered),
        other => other,
    };
    let state = state
        .routed_to(&problem.owner_team, problem.id, moment.at)
        .map_err(|_| ProblemDocument::from(Refusal::NotAnswered))?;
    let (id, revision) = (feedback.id, feedback.revision);
    let mut decision =
        Decision::nothing().and(Change::SaveFeedback(feedback.in_state(state, moment.at)));
    for counted in before.into_iter().chain([problem.id]) {
        let key = format!("file:{counted}:{id}:{revision}:merged");
        decision = decision.then(moment.job(Job::File { problem: counted }, key));
    }
    Ok(decision)
}
