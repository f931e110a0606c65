use mostik_domain::{Change, Decision, FeedbackState, Job, MessageKind};
use mostik_store::FeedbackDetails;

use super::{Moment, cause::reopened_if_closed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// A person says what the customer wants: the feedback goes its way from there.
/// Who named the cause stays as it was: this teaches nothing about causes.
pub(crate) fn correct_kind(
    details: FeedbackDetails,
    kind: MessageKind,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let feedback = details.card.feedback;
    let Some(named) = feedback.state.classification().cloned() else {
        return Err(Refusal::NoWordsYet.into());
    };
    let named = named.of_kind(kind, moment.by);
    let state = reopened_if_closed(feedback.state.clone()).classified(named)?;
    let (id, revision) = (feedback.id, feedback.revision);
    let next = match state {
        FeedbackState::Answered(_) => {
            moment.job(Job::Route { feedback: id }, format!("route:{id}:{revision}:by-hand"))
        }
        _ => moment.job(Job::Answer { feedback: id }, format!("answer:{id}:{revision}:by-hand")),
    };
    let left = feedback.problem();
    let mut decision = Decision::nothing()
        .and(Change::SaveFeedback(feedback.in_state(state, moment.at)))
        .then(next);
    if let Some(problem) = left {
        // The issue it was counted on counts one less.
        let key = format!("file:{problem}:left:{id}:{revision}");
        decision = decision.then(moment.job(Job::File { problem }, key));
    }
    Ok(decision)
}
