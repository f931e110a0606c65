//! Words to cause.

use std::collections::HashSet;

use mostik_domain::{
    Change, Classification, Confidence, Decision, Feedback, FeedbackId, FeedbackState, Job,
    ReviewReason, RootCause, Source, Thresholds,
};

use crate::{Pipeline, StepError, understanding};

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
    let (language, judged) = (answer.language, answer.judgement);
    let judged = judged.unwrap_or_else(|| pipeline.judge.judge(text.reveal()));
    let mut classification = Classification::by_model(answer, pipeline.now());
    classification.understanding = Some(understanding::of(text.reveal(), judged));
    if let Some(transcript) = pipeline.store.transcript(id).await? {
        let heard = Heard { confidence: transcript.confidence, words: text.reveal() };
        let thresholds = pipeline.rules.thresholds;
        classification.confidence = heard.doubt(classification.confidence, thresholds);
    }
    let now = pipeline.now();
    let mut decision =
        Decision::nothing().and(Change::AddClassification(id, classification.clone()));
    if let Some(cause) = confirmed_by_key(pipeline, &feedback).await? {
        let understanding = classification.understanding.take();
        classification =
            Classification { understanding, ..Classification::by_customer(cause, now) };
        decision = decision.and(Change::AddClassification(id, classification.clone()));
    }
    let state = feedback.state.clone().classified(classification)?;
    let feedback = Feedback { language, ..feedback.in_state(state, now) };
    let key = format!("answer:{id}:{}", feedback.revision);
    Ok(decision.and(Change::SaveFeedback(feedback)).then(pipeline.new_job(
        Job::Answer { feedback: id },
        key,
        now,
    )))
}

/// What the caller herself said it is about, when it was read back to her.
async fn confirmed_by_key(
    pipeline: &Pipeline,
    feedback: &Feedback,
) -> Result<Option<RootCause>, StepError> {
    let Source::Call(call) = feedback.source else { return Ok(None) };
    Ok(pipeline.store.call(call).await?.and_then(|call| call.confirmed))
}

/// Below this, words of a transcript are likely wrong.
const CLEARLY_HEARD: f32 = 0.5;
/// Just under the threshold from which nobody is asked.
const HARDLY_LESS: f32 = 0.01;
/// Words that are looked at together when repetition is counted.
const PIECE: usize = 3;
/// Shorter transcripts may repeat themselves as people do.
const SHORT: usize = 12;

/// How well a transcript was heard.
struct Heard<'a> {
    confidence: Confidence,
    words: &'a str,
}

impl Heard<'_> {
    /// A cause read from words that were hardly understood is less sure, and a
    /// person sees it before anybody acts on it.
    fn doubt(&self, cause: Confidence, thresholds: Thresholds) -> Confidence {
        let clear = (self.confidence.value() / CLEARLY_HEARD).min(1.0);
        if clear >= 1.0 && !self.turns_in_a_circle() {
            return cause;
        }
        let most = (thresholds.act().value() - HARDLY_LESS).max(0.0);
        Confidence::new((cause.value() * clear).min(most))
    }

    /// More than half was said before: recognisers do so where they hear nothing.
    fn turns_in_a_circle(&self) -> bool {
        let words: Vec<String> = self.words.split_whitespace().map(str::to_lowercase).collect();
        let pieces = words.windows(PIECE);
        let total = pieces.len();
        words.len() >= SHORT && pieces.collect::<HashSet<_>>().len() * 2 < total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(cause: f32, heard: f32, words: &str) -> f32 {
        let thresholds = Thresholds::new(0.7, 0.5).expect("ordered");
        let heard = Heard { confidence: Confidence::new(heard), words };
        heard.doubt(Confidence::new(cause), thresholds).value()
    }

    #[test]
    fn words_hardly_heard_lower_the_confidence() {
        let said = "курьер так и не приехал";
        assert!((doubt(0.9, 0.8, said) - 0.9).abs() < 1e-6);
        assert!(doubt(0.9, 0.25, said) < 0.5);
        assert!(doubt(0.95, 0.49, said) < 0.7, "nobody would have been asked");
    }

    #[test]
    fn a_transcript_that_repeats_itself_is_shown_to_a_person() {
        let said = "спасибо за доставку ".repeat(8);
        assert!(doubt(0.95, 0.9, &said) < 0.7);
        let insists = "верните деньги верните деньги я сказала верните";
        assert!((doubt(0.95, 0.9, insists) - 0.95).abs() < 1e-6, "people repeat themselves too");
        let told =
            "я заказала в среду потом звонила в пятницу потом опять в среду и никто не приехал";
        assert!((doubt(0.95, 0.9, told) - 0.95).abs() < 1e-6);
    }
}
