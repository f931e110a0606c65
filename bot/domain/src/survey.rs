//! «Решили ли мы вашу проблему?» — what Yes and No bring about, on her page and by phone alike.

use jiff::Timestamp;
use mostik_taxonomy::Language;

use crate::{
    Author, Change, Decision, Feedback, FeedbackState, Message, MessageId, Refused, ReviewReason,
    Words,
};

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// The feedback is not closed as solved: nobody asks.
    #[error("the question is not open")]
    Closed,
    /// She has answered it already.
    #[error("the question was answered")]
    Answered,
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// One answer per closing: the key under which it is kept, while it is asked for.
pub fn survey_key(feedback: &Feedback) -> Option<String> {
    match &feedback.state {
        FeedbackState::Resolved { at, .. } => {
            Some(format!("survey:{}:{}", feedback.id, at.as_microsecond()))
        }
        _ => None,
    }
}

/// An answer as she gave it.
#[derive(Debug, Clone)]
pub struct SurveyReply {
    /// The identity of the message that keeps it.
    pub id: MessageId,
    /// Her words, or ours for the key she pressed.
    pub words: Words,
    /// When.
    pub at: Timestamp,
}

/// What stands in the correspondence for the key she pressed.
pub fn words_for_key(language: Language, solved: bool) -> Words {
    Words::new(match (language, solved) {
        (Language::Russian, true) => "По телефону: да, проблема решена.",
        (Language::Russian, false) => "По телефону: нет, проблема не решена.",
        (Language::English, true) => "By phone: yes, the problem is solved.",
        (Language::English, false) => "By phone: no, the problem is not solved.",
    })
}

/// Yes: kept as what she said.
pub fn solved(
    feedback: &Feedback,
    said_before: &[Message],
    reply: SurveyReply,
) -> Result<Decision, NotAsked> {
    let answer = answer(feedback, said_before, reply)?;
    Ok(Decision::nothing().and(Change::AddMessage(answer)))
}

/// No: kept, and a person must look.
pub fn not_solved(
    feedback: Feedback,
    said_before: &[Message],
    reply: SurveyReply,
) -> Result<Decision, NotAsked> {
    let at = reply.at;
    let answer = answer(&feedback, said_before, reply)?;
    let state = feedback.state.clone().for_review(ReviewReason::NotSolved, at)?;
    Ok(Decision::nothing()
        .and(Change::AddMessage(answer))
        .and(Change::SaveFeedback(feedback.in_state(state, at))))
}

fn answer(
    feedback: &Feedback,
    said_before: &[Message],
    reply: SurveyReply,
) -> Result<Message, NotAsked> {
    let key = survey_key(feedback).ok_or(NotAsked::Closed)?;
    if said_before.iter().any(|message| message.external_id == key) {
        return Err(NotAsked::Answered);
    }
    Ok(Message {
        id: reply.id,
        inbox: feedback.inbox.clone(),
        external_id: key,
        conversation: feedback.conversation,
        feedback: feedback.id,
        author: Author::Customer,
        text: reply.words,
        at: reply.at,
    })
}
