use jiff::Timestamp;
use mostik_domain::{
    Author, Change, Decision, Feedback, FeedbackState, Job, Message, MessageId, Promise,
    ReviewReason, Words,
};
use mostik_store::FeedbackDetails;

use super::{Moment, typed};
use crate::error::ProblemDocument;

/// Characters of one answer.
const LIMIT: usize = 20_000;

/// A person answers; what was promised is thereby kept.
pub(crate) fn answer(
    details: FeedbackDetails,
    text: &str,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let text = typed("answer", text, LIMIT)?;
    let author = Author::Operator { name: moment.by.to_owned() };
    let message = said(&details.card.feedback, author, text, None, moment);
    let sent = Job::Reply { feedback: message.feedback, message: message.id };
    let key = format!("reply:{}", message.id);
    let mut decision =
        Decision::nothing().and(Change::AddMessage(message)).then(moment.job(sent, key));
    let feedback = details.card.feedback;
    if let FeedbackState::NeedsReview { reason: ReviewReason::Question, before, .. } =
        feedback.state.clone()
    {
        // What was asked is answered: nobody has to look at it any more.
        decision = decision.and(Change::SaveFeedback(feedback.in_state(*before, moment.at)));
    }
    Ok(keeping(decision, details.card.promises, moment.at))
}

/// The same, and the promises that are open are kept by it.
pub(crate) fn keeping(decision: Decision, promises: Vec<Promise>, at: Timestamp) -> Decision {
    let kept = promises.into_iter().filter_map(|promise| promise.kept(at).ok());
    kept.fold(decision, |decision, kept| decision.and(Change::SavePromise(kept)))
}

/// One more message of a correspondence. With a key, a repeat is harmless.
pub(super) fn said(
    feedback: &Feedback,
    author: Author,
    text: String,
    key: Option<String>,
    moment: &Moment<'_>,
) -> Message {
    let id = MessageId::new(moment.clock.fresh_id());
    Message {
        id,
        inbox: feedback.inbox.clone(),
        external_id: key.unwrap_or_else(|| format!("page:{id}")),
        conversation: feedback.conversation,
        feedback: feedback.id,
        author,
        text: Words::new(text),
        at: moment.at,
    }
}
