//! How much work an answer is.

use std::sync::LazyLock;

use super::{Complexity, Criticality, Judged, Message, MessageKind, weight};
use crate::cues::Cues;

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("complexity.txt")));

/// From this weight on a matter has many sides.
const COMPLEX: f32 = 2.0;
/// A message of more words tells more than one thing.
const LONG: usize = 120;
/// A list of that many parts is one of several problems.
const PARTS: usize = 5;

pub(super) fn judge(
    message: &Message<'_>,
    kind: MessageKind,
    criticality: Criticality,
) -> Judged<Complexity> {
    if kind != MessageKind::Complaint {
        let simple = kind != MessageKind::Question || message.words.len() < LONG;
        let value = if simple { Complexity::Simple } else { Complexity::Normal };
        return message.judged(value, &[]);
    }
    let hits = CUES.find(&message.words).of("complex");
    if weight(&hits) >= COMPLEX || message.words.len() >= LONG || parts(message.text) >= PARTS {
        return message.judged(Complexity::Complex, &hits);
    }
    let value =
        if criticality == Criticality::Low { Complexity::Simple } else { Complexity::Normal };
    message.judged(value, &[])
}

/// Parts between the commas of the sentence that has most of them.
fn parts(text: &str) -> usize {
    text.split(['.', '!', '?', '\n'])
        .map(|sentence| sentence.split([',', ':', ';']).count())
        .max()
        .unwrap_or(0)
}
