use mostik_domain::{
    Change, Classification, Decision, Feedback, FeedbackState, Job, Problem, ReviewReason,
};
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
    // Who says that it is this problem says what has caused it, too.
    let named = (feedback.state.classification())
        .filter(|named| named.root_cause != problem.root_cause || waits_for_its_cause(&feedback))
        .map(|_| Classification::by_operator(problem.root_cause.clone(), moment.by, moment.at));
    let state = match reopened_if_closed(feedback.state.clone()) {
        FeedbackState::Routed(routed) => FeedbackState::Answered(routed.answered),
        FeedbackState::Filed(filed) => FeedbackState::Answered(filed.routed.answered),
        other => other,
    };
    let state = match &named {
        Some(named) => state.classified(named.clone())?,
        None => state,
    };
    let state = state
        .routed_to(&problem.owner_team, problem.id, moment.at)
        .map_err(|_| ProblemDocument::from(Refusal::NotAnswered))?;
    let (id, revision) = (feedback.id, feedback.revision);
    let mut decision =
        Decision::nothing().and(Change::SaveFeedback(feedback.in_state(state, moment.at)));
    if let Some(named) = named {
        decision = decision.and(Change::AddClassification(id, named));
    }
    for counted in before.into_iter().chain([problem.id]) {
        let key = format!("file:{counted}:{id}:{revision}:merged");
        decision = decision.then(moment.job(Job::File { problem: counted }, key));
    }
    Ok(decision)
}

fn waits_for_its_cause(feedback: &Feedback) -> bool {
    matches!(feedback.state, FeedbackState::NeedsReview { reason: ReviewReason::LowConfidence, .. })
}
