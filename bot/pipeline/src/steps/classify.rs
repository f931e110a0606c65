//! Words to cause.

use mostik_domain::{
    Change, Classification, Confidence, Decision, Feedback, FeedbackId, FeedbackState, Job,
    ReviewReason,
};

use crate::{Pipeline, StepError};

pub(super) async fn decide(pipeline: &Pipeline, id: FeedbackId) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    if !matches!(feedback.state, FeedbackState::Captured | FeedbackState::Transcribed) {
        return Ok(Decision::nothing());
    }
    let Some(text) = feedback.text.clone() else {
        let why = "there are no words to classify".to_owned();
        return Ok(pipeline.ask_a_person(feedback, ReviewReason::NoTranscript { why }));
    };
    let answer = pipeline.root_causes.classify(text.reveal(), feedback.language).await?;
    let language = answer.language;
    let mut classification = Classification::by_model(answer, pipeline.now());
    if let Some(transcript) = pipeline.store.transcript(id).await? {
        classification.confidence = doubted(classification.confidence, transcript.confidence);
    }
    let now = pipeline.now();
    let state = feedback.state.clone().classified(classification.clone())?;
    let feedback = Feedback { language, ..feedback.in_state(state, now) };
    let key = format!("answer:{id}:{}", feedback.revision);
    Ok(Decision::nothing()
        .and(Change::SaveFeedback(feedback))
        .and(Change::AddClassification(id, classification))
        .then(pipeline.new_job(Job::Answer { feedback: id }, key, now)))
}

/// Below this, words of a transcript are likely wrong.
const CLEARLY_HEARD: f32 = 0.5;

/// A cause read from words that were hardly understood is less sure.
fn doubted(cause: Confidence, heard: Confidence) -> Confidence {
    if heard.value() >= CLEARLY_HEARD {
        return cause;
    }
    Confidence::new(cause.value() * heard.value() / CLEARLY_HEARD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hardly_heard_lower_the_confidence() {
        let cause = Confidence::new(0.9);
        assert_eq!(doubted(cause, Confidence::new(0.8)), cause);
        assert!(doubted(cause, Confidence::new(0.25)).value() < 0.5);
    }
}
