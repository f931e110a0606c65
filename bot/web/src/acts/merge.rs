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
    let names_the_cause = feedback.state.classification().is_some_and(|named| {
        named.root_cause != problem.root_cause || waits_for_its_cause(&feedback)
    });
    let state = match reopened_if_closed(feedback.state.clone()) {
        FeedbackState::Routed(routed) => FeedbackState::Answered(routed.answered),
        FeedbackState::Filed(filed) => FeedbackState::Answered(filed.routed.answered),
        other => other,
    };
    let state = if names_the_cause {
        let cause = problem.root_cause.clone();
        state.classified(Classification::by_operator(cause, moment.by, moment.at))?
    } else {
        state
    };
    // With what was read beside the cause, as every other entry of the history.
    let named = state.classification().filter(|_| names_the_cause).cloned();
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
