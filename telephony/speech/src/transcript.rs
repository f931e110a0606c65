//! What was understood of a recording.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Language;

/// The words of a recording, with their times.
///
/// `Debug` prints lengths only: a customer's words never reach a log.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The language that was spoken, or the line's language when nothing was said.
    pub language: Language,
    /// All that was said, one space between segments; empty when nothing was understood.
    pub text: String,
    /// Length of the recording in seconds, silence included.
    pub seconds: f64,
    /// How sure the recogniser is of its words, 0 to 1: the geometric mean of token probabilities.
    pub confidence: f32,
    /// Pieces of the text in the order of time.
    pub segments: Vec<Segment>,
}

/// A piece of a transcript between two times of the recording.
///
/// `Debug` prints the text's length only.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Seconds from the start of the recording.
    pub start: f64,
    /// Seconds from the start of the recording, never before `start`.
    pub end: f64,
    /// The words, trimmed.
    pub text: String,
}

impl Transcript {
    /// A transcript of a recording in which nobody spoke.
    pub fn silent(language: Language, seconds: f64) -> Self {
        Self { language, text: String::new(), seconds, confidence: 0.0, segments: Vec::new() }
    }

    /// Joins segments into a transcript.
    pub fn from_segments(
        language: Language,
        seconds: f64,
        confidence: f32,
        segments: Vec<Segment>,
    ) -> Self {
        let text = segments
            .iter()
            .map(|segment| segment.text.as_str())
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        Self { language, text, seconds, confidence, segments }
    }

    /// Whether nothing was understood.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript")
            .field("language", &self.language)
            .field("text", &format_args!("[{} characters]", self.text.chars().count()))
            .field("seconds", &self.seconds)
            .field("confidence", &self.confidence)
            .field("segments", &self.segments.len())
            .finish()
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("start", &self.start)
            .field("end", &self.end)
            .field("text", &format_args!("[{} characters]", self.text.chars().count()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_words() {
        let segment = Segment { start: 0.0, end: 1.5, text: "Моя карта 4111".into() };
        let transcript = Transcript::from_segments(Language::Russian, 2.0, 0.9, vec![segment]);
        let shown = format!("{transcript:?} {:?}", transcript.segments);
        assert!(shown.contains("[14 characters]"), "{shown}");
        assert!(!shown.contains("карта") && !shown.contains("4111"), "{shown}");
    }

    #[test]
    fn segments_join_into_the_text() {
        let piece = |text: &str| Segment { start: 0.0, end: 0.0, text: text.into() };
        let transcript = Transcript::from_segments(
            Language::English,
            3.0,
            0.5,
            vec![piece("My order"), piece(""), piece("is late.")],
        );
        assert_eq!(transcript.text, "My order is late.");
        assert!(!transcript.is_empty());
        assert!(Transcript::silent(Language::English, 3.0).is_empty());
    }
}
