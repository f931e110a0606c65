//! Whether contacts with us went badly before.

use std::sync::LazyLock;

use super::{Judged, Message};
use crate::cues::Cues;

/// How likely the customer is to leave over how contacts went: one in three
/// leaves after one bad contact, nine in ten after two or three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContactRisk {
    /// Tells of no bad contact.
    Low,
    /// Tells of one, or of leaving.
    Raised,
    /// Tells of several, or of one and of telling others.
    High,
}

impl ContactRisk {
    /// Every degree, the mildest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Raised, Self::High];

    /// As it is stored and shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Raised => "raised",
            Self::High => "high",
        }
    }
}

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("contact_risk.txt")));

pub(super) fn judge(message: &Message<'_>) -> Judged<ContactRisk> {
    let mut sections = ["repeated", "bad contact", "leaving", "public"]
        .map(|section| CUES.hits(section, &message.words));
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
