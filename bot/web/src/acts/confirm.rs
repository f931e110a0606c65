//! The customer says whether we understood what her message is about.

use mostik_domain::{
    Change, Classification, DecidedBy, Decision, Feedback, FeedbackState, MessageKind, RootCause,
};
use mostik_store::FeedbackDetails;

use super::Moment;
use crate::{error::ProblemDocument, refusal::Refusal};

/// The cause that the customer can confirm: one that a model has named, of a
/// feedback that is open and about which she has not said it yet.
pub(crate) fn asks_about_cause(details: &FeedbackDetails) -> Option<&RootCause> {
    let feedback: &Feedback = &details.card.feedback;
    let named = feedback.state.classification()?;
    let closed =
        matches!(feedback.state, FeedbackState::Resolved { .. } | FeedbackState::Declined { .. });
    let by_model = matches!(named.decided_by, DecidedBy::Model { .. });
    let asked =
        matches!(named.kind(), MessageKind::Complaint | MessageKind::Question | MessageKind::Other);
    let answered = details.classifications.iter().any(|it| it.decided_by == DecidedBy::Customer);
    (by_model && asked && !answered && !closed).then_some(&named.root_cause)
}

/// Kept beside what the model said, as training data of its own source. It
/// moves nothing: the desk sees it, and people act.
pub(crate) fn confirm_cause(
    details: &FeedbackDetails,
    cause: &RootCause,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    if asks_about_cause(details).is_none() {
        return Err(Refusal::QuestionAnswered.into());
    }
    let named = Classification::by_customer(cause.clone(), moment.at);
    Ok(Decision::nothing().and(Change::AddClassification(details.card.feedback.id, named)))
}
