//! What a customer does on her own page.

use mostik_domain::{
    Author, Change, Decision, Feedback, FeedbackState, MessageId, MessageKind, ReviewReason, Words,
    survey::{self, NotAsked, SurveyReply},
};
use mostik_store::FeedbackDetails;

use super::{Moment, reply::said, typed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// Characters of one message.
const LIMIT: usize = 20_000;

/// «Решили ли мы вашу проблему?» — Yes: kept as what she said. `words` is the
/// answer in her language.
pub(crate) fn solved(
    details: &FeedbackDetails,
    words: &str,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let reply = survey_reply(words.to_owned(), moment);
    survey::solved(&details.card.feedback, &details.messages, reply).map_err(not_asked)
}

/// No: kept, with her reason when she gave one, and a person must look.
pub(crate) fn not_solved(
    details: FeedbackDetails,
    words: &str,
    why: &str,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let text = if why.trim().is_empty() {
        words.to_owned()
    } else {
        format!("{words}\n\n{}", typed("text", why, LIMIT)?)
    };
    let reply = survey_reply(text, moment);
    survey::not_solved(details.card.feedback, &details.messages, reply).map_err(not_asked)
}

fn survey_reply(words: String, moment: &Moment<'_>) -> SurveyReply {
    let id = MessageId::new(moment.clock.fresh_id());
    SurveyReply { id, words: Words::new(words), at: moment.at }
}

fn not_asked(why: NotAsked) -> ProblemDocument {
    match why {
        NotAsked::Closed => Refusal::QuestionClosed.into(),
        NotAsked::Answered => Refusal::QuestionAnswered.into(),
        NotAsked::Refused(refused) => refused.into(),
    }
}

/// She writes more. `key` makes a form that was sent twice harmless. What was
/// closed, or ended with an answer, goes to a person: nobody else would read it.
pub(crate) fn write_more(
    details: FeedbackDetails,
    text: &str,
    key: String,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let text = typed("text", text, LIMIT)?;
    let feedback = details.card.feedback;
    let repeated = details.messages.iter().any(|message| message.external_id == key);
    let message = said(&feedback, Author::Customer, text, Some(key), moment);
    let decision = Decision::nothing().and(Change::AddMessage(message));
    let closed =
        matches!(feedback.state, FeedbackState::Resolved { .. } | FeedbackState::Declined { .. });
    if repeated {
        Ok(decision)
    } else if closed {
        for_a_person(decision, feedback, ReviewReason::NotSolved, moment)
    } else if ended_with_an_answer(&feedback) {
        for_a_person(decision, feedback, ReviewReason::Question, moment)
    } else {
        Ok(decision)
    }
}

/// Praise that was thanked for, a question that was answered: nothing further
/// would happen to it.
fn ended_with_an_answer(feedback: &Feedback) -> bool {
    match &feedback.state {
        FeedbackState::Answered(answered) => matches!(
            answered.classification.kind(),
            MessageKind::Thanks | MessageKind::Review | MessageKind::Question
        ),
        _ => false,
    }
}

fn for_a_person(
    decision: Decision,
    feedback: Feedback,
    reason: ReviewReason,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let state = feedback.state.clone().for_review(reason, moment.at)?;
    Ok(decision.and(Change::SaveFeedback(feedback.in_state(state, moment.at))))
}
