use mostik_domain::{Change, Classification, Decision, Feedback, FeedbackState, Job, RootCause};
use mostik_store::FeedbackDetails;

use super::Moment;
use crate::{error::ProblemDocument, refusal::Refusal};

/// A person names the cause: certain, kept as training data, and the feedback
/// goes its way from there.
pub(crate) fn correct_cause(
    details: FeedbackDetails,
    cause: &RootCause,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let feedback = details.card.feedback;
    if feedback.text.is_none() {
        return Err(Refusal::NoWordsYet.into());
    }
    let named = Classification::by_operator(cause.clone(), moment.by, moment.at);
    let state = reopened_if_closed(feedback.state.clone()).classified(named.clone())?;
    let named = state.classification().cloned().unwrap_or(named);
    let id = feedback.id;
    Ok(going_on(feedback, state, moment).and(Change::AddClassification(id, named)))
}

/// Saves what a person has made of a feedback, lets it go on from there, and
/// has the issue it was counted on count one less.
pub(super) fn going_on(feedback: Feedback, state: FeedbackState, moment: &Moment<'_>) -> Decision {
    let (id, revision) = (feedback.id, feedback.revision);
    let next = match state {
        FeedbackState::Answered(_) => {
            moment.job(Job::Route { feedback: id }, format!("route:{id}:{revision}:by-hand"))
        }
        _ => moment.job(Job::Answer { feedback: id }, format!("answer:{id}:{revision}:by-hand")),
    };
    let left = feedback.problem();
    let decision = Decision::nothing()
        .and(Change::SaveFeedback(feedback.in_state(state, moment.at)))
        .then(next);
    match left {
        None => decision,
        Some(problem) => {
            let key = format!("file:{problem}:left:{id}:{revision}");
            decision.then(moment.job(Job::File { problem }, key))
        }
    }
}

/// What was closed and yet waits for a person is taken as filed again.
pub(super) fn reopened_if_closed(state: FeedbackState) -> FeedbackState {
    let state = state.out_of_review();
    state.clone().reopened().unwrap_or(state)
}
