use mostik_domain::{
    Change, Confidence, Decision, FeedbackState, Job, Language, Source, Transcript, Words,
};
use mostik_store::FeedbackDetails;

use super::{Moment, typed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// About half an hour of speech.
const LIMIT: usize = 20_000;

/// A person types what was said in a call; then the cause is looked for.
pub(crate) fn type_words(
    details: FeedbackDetails,
    said: &str,
    language: Language,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let said = Words::new(typed("text", said, LIMIT)?);
    let mut feedback = details.card.feedback;
    if matches!(feedback.source, Source::Message(_)) {
        return Err(Refusal::NotACall.into());
    }
    let state = match feedback.state.clone().out_of_review() {
        FeedbackState::Transcribed => FeedbackState::Transcribed,
        other => other.transcribed()?,
    };
    let (id, revision) = (feedback.id, feedback.revision);
    let transcript = Transcript {
        language,
        text: said.clone(),
        by: moment.by.to_owned(),
        confidence: Confidence::FULL,
        segments: Vec::new(),
        at: moment.at,
    };
    feedback.text = Some(said);
    feedback.language = language;
    Ok(Decision::nothing()
        .and(Change::SaveTranscript(id, transcript))
        .and(Change::SaveFeedback(feedback.in_state(state, moment.at)))
        .then(
            moment.job(Job::Classify { feedback: id }, format!("classify:{id}:{revision}:by-hand")),
        ))
}
