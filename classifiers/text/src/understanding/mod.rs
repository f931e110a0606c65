//! What the words of a message say beside its root cause: what kind of
//! message it is, how bad it is now, how many sides it has, whether contacts
//! went badly before, and which product or order it speaks of.
//!
//! Cues decide, not a model, so every answer names the words that decided it.

mod complexity;
mod contact_risk;
mod criticality;
mod kind;
mod mentions;

use std::ops::Range;

pub use mentions::{Mention, mentions};
pub use mostik_taxonomy::{Complexity, ContactRisk, Criticality, Mentioned, MessageKind};

use crate::cues::Hit;
use crate::words::{Word, cut_at, words};

/// What is read of one message, in bytes: what decides stands near its
/// beginning.
pub const MAX_UNDERSTOOD_BYTES: usize = 16_384;

/// An answer and the places of the words that decided it, in the order of the
/// text; without any the answer is the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged<T> {
    /// The answer.
    pub value: T,
    /// Byte ranges in the message.
    pub decided_by: Vec<Range<usize>>,
}

impl<T> Judged<T> {
    /// The deciding words as they stand in the message that was judged.
    pub fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        self.decided_by.iter().filter_map(|span| text.get(span.clone())).collect()
    }
}

/// Everything that cues tell of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understanding {
    /// What the customer wants of us.
    pub kind: Judged<MessageKind>,
    /// How bad it is for the customer now.
    pub criticality: Judged<Criticality>,
    /// How much work an answer is.
    pub complexity: Judged<Complexity>,
    /// Whether contacts with us went badly, so that the customer may leave.
    pub contact_risk: Judged<ContactRisk>,
}

/// Reads a message of either language, also a transcript without punctuation.
/// Linear in its length; only the first [`MAX_UNDERSTOOD_BYTES`] are read.
pub fn understand(text: &str) -> Understanding {
    let text = cut_at(text, MAX_UNDERSTOOD_BYTES);
    let message = Message { text, words: words(text) };
    let kind = kind::judge(&message);
    let criticality = criticality::judge(&message, kind.value);
    let contact_risk = contact_risk::judge(&message);
    let complexity = complexity::judge(&message, kind.value, criticality.value);
    Understanding { kind, criticality, complexity, contact_risk }
}

struct Message<'a> {
    text: &'a str,
    words: Vec<Word>,
}

impl Message<'_> {
    fn places(&self, hits: &[Hit]) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        for hit in hits.iter().filter(|hit| hit.weight > 0.0) {
            let Some(found) = self.words.get(hit.words.clone()) else { continue };
            let (Some(first), Some(last)) = (found.first(), found.last()) else { continue };
            match places.last_mut() {
                Some(place) if place.end >= first.span.start => {
                    place.end = place.end.max(last.span.end);
                }
                _ => places.push(first.span.start..last.span.end),
            }
        }
        places
    }

    fn judged<T>(&self, value: T, hits: &[Hit]) -> Judged<T> {
        Judged { value, decided_by: self.places(hits) }
    }
}

fn weight(hits: &[Hit]) -> f32 {
    hits.iter().map(|hit| hit.weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deciding_words_are_named() {
        let text = "I am locked out and my train leaves in an hour";
        let understood = understand(text);
        assert_eq!(understood.criticality.value, Criticality::Critical);
        assert!(understood.criticality.words(text).contains(&"locked out"));
        assert!(understand("").kind.decided_by.is_empty());
    }

    #[test]
    fn a_locked_out_traveller_outranks_a_typo() {
        let urgent = understand("Поезд через час, а билет не открывается").criticality.value;
        let typo = understand("Опечатка на странице контактов").criticality.value;
        assert!(urgent > typo);
    }

    #[test]
    fn long_texts_are_read_in_linear_time() {
        let text = "не жду третий раз ".repeat(60_000);
        let start = std::time::Instant::now();
        let understood = understand(&text);
        assert!(start.elapsed() < std::time::Duration::from_secs(20));
        assert!(understood.kind.decided_by.iter().all(|place| place.end <= MAX_UNDERSTOOD_BYTES));
    }
}
