//! The transcript of a file, as the command line prints it.

use serde::Serialize;

use crate::{Language, Segment, Transcript};

/// `{"file","language","text","seconds","segments":[{"start","end","text"}]}`.
#[derive(Serialize)]
pub struct FileTranscript<'a> {
    /// The file as it was named.
    pub file: &'a str,
    /// The language that was spoken.
    pub language: Language,
    /// All that was said.
    pub text: &'a str,
    /// Length of the recording in seconds.
    pub seconds: f64,
    /// Pieces of the text with their times in seconds, rounded to 10 ms.
    pub segments: Vec<Segment>,
}

impl<'a> FileTranscript<'a> {
    /// Joins a file's name and its transcript.
    pub fn new(file: &'a str, transcript: &'a Transcript) -> Self {
        let segments = transcript
            .segments
            .iter()
            .map(|segment| Segment {
                start: rounded(segment.start),
                end: rounded(segment.end),
                text: segment.text.clone(),
            })
            .collect();
        Self {
            file,
            language: transcript.language,
            text: &transcript.text,
            seconds: rounded(transcript.seconds),
            segments,
        }
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_the_promised_fields() {
        let segment = Segment { start: 0.251_3, end: 2.0, text: "Где заказ?".into() };
        let transcript = Transcript::from_segments(Language::Russian, 2.345, 0.8, vec![segment]);
        let line = serde_json::to_string(&FileTranscript::new("a.wav", &transcript)).unwrap();
        assert_eq!(
            line,
            r#"{"file":"a.wav","language":"ru","text":"Где заказ?","seconds":2.35,"segments":[{"start":0.25,"end":2.0,"text":"Где заказ?"}]}"#
        );
    }
}
