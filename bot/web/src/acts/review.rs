use mostik_domain::{Change, Decision, FeedbackState, Job, ReviewReason};
use mostik_store::FeedbackDetails;

use super::Moment;
use crate::{error::ProblemDocument, refusal::Refusal};

/// A person has looked and nothing is left to do: the feedback leaves the review
/// as it stood before. Only where it goes on without a further job.
pub(crate) fn finish_review(
    details: FeedbackDetails,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let feedback = details.card.feedback;
    let FeedbackState::NeedsReview { before, reason, .. } = feedback.state.clone() else {
        return Err(Refusal::NotWaiting.into());
    };
    if before.filed_as().is_none() && reason != ReviewReason::Question {
        return Err(Refusal::NotWithTheTeam.into());
    }
    Ok(Decision::nothing().and(Change::SaveFeedback(feedback.in_state(*before, moment.at))))
}

/// The customer says that it is not solved, and a person agrees: the feedback
/// and its problem are open again, and the issue is brought up to date.
pub(crate) fn return_to_team(
    details: FeedbackDetails,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let feedback = details.card.feedback;
    let Some(mut problem) = details.problem else {
        return Err(Refusal::NeverRouted.into());
    };
    let state = feedback.state.clone().out_of_review().reopened()?;
    let (id, revision) = (feedback.id, feedback.revision);
    let file = moment.job(
        Job::File { problem: problem.id },
        format!("file:{}:{id}:{revision}:reopened", problem.id),
    );
    let mut decision =
        Decision::nothing().and(Change::SaveFeedback(feedback.in_state(state, moment.at)));
    if let Ok(open) = problem.state.clone().reopened() {
        problem.state = open;
        decision = decision.and(Change::SaveProblem(problem));
    }
    Ok(decision.then(file))
}
