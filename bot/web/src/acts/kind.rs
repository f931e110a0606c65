use mostik_domain::{Decision, MessageKind};
use mostik_store::FeedbackDetails;

use super::{
    Moment,
    cause::{going_on, reopened_if_closed},
};
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
    Ok(going_on(feedback, state, moment))
}
