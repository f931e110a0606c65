//! What a server answers. Only `text` is certain: compatible servers leave out what they like.

use serde::Deserialize;

use crate::{Language, Segment, Transcript};

/// A plain or verbose transcription.
#[derive(Deserialize)]
pub(super) struct Answer {
    text: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    segments: Option<Vec<AnswerSegment>>,
    #[serde(default)]
    logprobs: Option<Vec<TokenProbability>>,
}

#[derive(Deserialize)]
struct AnswerSegment {
    start: f64,
    end: f64,
    text: String,
    #[serde(default)]
    avg_logprob: Option<f64>,
}

#[derive(Deserialize)]
struct TokenProbability {
    logprob: f64,
}

impl Answer {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Whether the server heard a language that this desk does not speak.
    pub(super) fn is_in_foreign_language(&self) -> bool {
        !self.text.trim().is_empty()
            && self.language.as_deref().is_some_and(|name| name.parse::<Language>().is_err())
    }

    /// The transcript; the server's language when it names one, else the hint.
    pub(super) fn transcript(self, hint: Language, seconds: f64) -> Transcript {
        let language = self.language.as_deref().and_then(|name| name.parse().ok()).unwrap_or(hint);
        let text = self.text.trim().to_owned();
        if text.is_empty() {
            return Transcript::silent(language, seconds);
        }
        let confidence = self.confidence();
        let inside = |time: f64| if time.is_finite() { time.clamp(0.0, seconds) } else { 0.0 };
        let mut segments: Vec<Segment> = self
            .segments
            .unwrap_or_default()
            .into_iter()
            .map(|segment| {
                let start = inside(segment.start);
                let end = inside(segment.end).max(start);
                Segment { start, end, text: segment.text.trim().to_owned() }
            })
            .filter(|segment| !segment.text.is_empty())
            .collect();
        if segments.is_empty() {
            segments.push(Segment { start: 0.0, end: seconds, text: text.clone() });
        }
        Transcript { language, text, seconds, confidence, segments }
    }

    /// The mean probability; a server that tells none is taken at its word.
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    fn confidence(&self) -> f32 {
        let of_segments = self.segments.iter().flatten().filter_map(|segment| {
            Some((segment.avg_logprob?, segment.text.chars().count() as f64))
        });
        let of_tokens = self.logprobs.iter().flatten().map(|token| (token.logprob, 1.0));
        let (sum, weight) = of_segments
            .chain(of_tokens)
            .filter(|(logarithm, _)| logarithm.is_finite())
            .fold((0.0, 0.0), |(sum, total), (value, weight)| {
                (sum + value * weight, total + weight)
            });
        if weight > 0.0 { (sum / weight).exp().clamp(0.0, 1.0) as f32 } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Answer {
        Answer::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn probabilities_of_segments_become_confidence() {
        let answer = read(
            r#"{"text":"Где мой заказ","language":"russian","duration":2.0,"segments":[
                {"start":0.1,"end":1.0,"text":" Где","avg_logprob":-0.1},
                {"start":1.0,"end":99.0,"text":" мой заказ","avg_logprob":-0.1}]}"#,
        );
        let transcript = answer.transcript(Language::English, 2.0);
        assert_eq!(transcript.language, Language::Russian);
        assert!((transcript.confidence - 0.904_837).abs() < 1e-4);
        assert_eq!(transcript.segments.len(), 2);
        assert!((transcript.segments[1].end - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_plainest_answer_is_enough() {
        let transcript = read(r#"{"text":" Hello. "}"#).transcript(Language::English, 3.0);
        assert_eq!(transcript.text, "Hello.");
        assert_eq!(transcript.segments.len(), 1);
        let unsure = read(r#"{"text":"Hello","logprobs":[{"token":"Hello","logprob":-2.0}]}"#);
        assert!(unsure.transcript(Language::English, 3.0).confidence < 0.2);
    }

    #[test]
    fn hostile_answers_do_no_harm() {
        assert!(Answer::read(b"<html>").is_none());
        assert!(Answer::read(br#"{"txt":"a"}"#).is_none());
        let answer = read(
            r#"{"text":"a","language":"klingon","segments":[{"start":-5,"end":-9,"text":"a","avg_logprob":9e9}]}"#,
        );
        assert!(answer.is_in_foreign_language());
        let transcript = answer.transcript(Language::Russian, 1.0);
        assert_eq!(transcript.language, Language::Russian);
        assert!(transcript.confidence <= 1.0 && transcript.segments[0].end >= 0.0);
        assert!(read(r#"{"text":"  "}"#).transcript(Language::Russian, 1.0).is_empty());
    }
}
