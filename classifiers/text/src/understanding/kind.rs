//! Question, complaint, thanks, review or offer.

use std::sync::LazyLock;

use super::{Judged, Message, weight};
use crate::cues::{Cues, Hit};

/// What a customer wants of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    /// Wants to know something, or asks for help or a service.
    Question,
    /// Something is wrong.
    Complaint,
    /// Praise, for the person or team praised.
    Thanks,
    /// Tells of goods, service or staff for others to read.
    Review,
    /// Offers cooperation; goes to the management.
    Cooperation,
    /// Says nothing of these: a greeting, a silence.
    Other,
}

impl MessageKind {
    /// Every kind, in the order of this list.
    pub const ALL: [Self; 6] = [
        Self::Question,
        Self::Complaint,
        Self::Thanks,
        Self::Review,
        Self::Cooperation,
        Self::Other,
    ];

    /// As it is stored and shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Complaint => "complaint",
            Self::Thanks => "thanks",
            Self::Review => "review",
            Self::Cooperation => "cooperation",
            Self::Other => "other",
        }
    }
}

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("kind.txt")));

/// A question mark says as much as a clear cue.
const QUESTION_MARK: f32 = 2.0;
/// Below this nothing is said.
const LEAST: f32 = 0.9;
/// A greeting has fewer words than a statement.
const LEAST_WORDS: usize = 5;

pub(super) fn judge(message: &Message<'_>) -> Judged<MessageKind> {
    let hits = |section: &str| CUES.hits(section, &message.words);
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
        let hits = hits(section);
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
