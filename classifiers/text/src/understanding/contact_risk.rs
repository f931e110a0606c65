//! Whether contacts with us went badly before.

use std::sync::LazyLock;

use super::{ContactRisk, Judged, Message};
use crate::cues::Cues;

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("contact_risk.txt")));

pub(super) fn judge(message: &Message<'_>) -> Judged<ContactRisk> {
    let cues = CUES.find(&message.words);
    let mut sections =
        ["repeated", "bad contact", "leaving", "public"].map(|section| cues.of(section));
    let said = sections.each_ref().map(|hits| !hits.is_empty());
    let mut hits: Vec<_> = sections.iter_mut().flat_map(std::mem::take).collect();
    hits.sort_by_key(|hit| hit.words.start);
    let value = match said {
        [true, ..] | [_, true, _, true] => ContactRisk::High,
        [_, true, ..] | [_, _, true, _] | [.., true] => ContactRisk::Raised,
        _ => ContactRisk::Low,
    };
    message.judged(value, &hits)
}
