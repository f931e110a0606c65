//! Question, complaint, thanks, review or offer.

use std::sync::LazyLock;

use super::{Judged, Message, MessageKind, weight};
use crate::cues::{Cues, Hit};

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("kind.txt")));

/// A question mark says as much as a clear cue.
const QUESTION_MARK: f32 = 2.0;
/// Below this nothing is said.
const LEAST: f32 = 0.9;
/// A greeting has fewer words than a statement.
const LEAST_WORDS: usize = 5;

pub(super) fn judge(message: &Message<'_>) -> Judged<MessageKind> {
    let cues = CUES.find(&message.words);
    let asks = message.text.contains('?');
    let mut found: Vec<(MessageKind, f32, Vec<Hit>)> = [
        (MessageKind::Cooperation, "cooperation"),
        (MessageKind::Thanks, "thanks"),
        (MessageKind::Review, "review"),
        (MessageKind::Complaint, "complaint"),
        (MessageKind::Question, "question"),
    ]
    .into_iter()
    .map(|(kind, section)| {
        let hits = cues.of(section);
        (kind, weight(&hits), hits)
    })
    .collect();
    for (kind, score, _) in &mut found {
        if *kind == MessageKind::Question && asks {
            *score += QUESTION_MARK;
        }
    }
    let best = found.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
    match best {
        Some((kind, score, hits)) if score >= LEAST => message.judged(kind, &hits),
        // Who tells a thing without a cue tells of something gone wrong.
        _ if message.words.len() >= LEAST_WORDS => message.judged(MessageKind::Complaint, &[]),
        _ => message.judged(MessageKind::Other, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_that_is_asked_for_is_there() {
        assert_eq!(CUES.sections(), ["complaint", "cooperation", "question", "review", "thanks"]);
    }

    #[test]
    fn a_greeting_is_none_of_these() {
        let other = super::super::understand("Добрый день").kind;
        assert_eq!(other.value, MessageKind::Other);
    }
}
