//! How bad it is for the customer now.

use std::sync::LazyLock;

use super::{Judged, Message, MessageKind};
use crate::cues::Cues;

/// How soon somebody must look at it; a later one is more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Criticality {
    /// Nothing is lost by waiting: a typo, an idea, a question, praise.
    Low,
    /// Something of the customer's does not go as it should.
    Normal,
    /// Money, access, a home or a day is at stake.
    High,
    /// Health, safety, theft, a stopped business, or minutes left.
    Critical,
}

impl Criticality {
    /// Every degree, the mildest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];

    /// As it is stored and shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("criticality.txt")));

pub(super) fn judge(message: &Message<'_>, kind: MessageKind) -> Judged<Criticality> {
    let hits = |section: &str| {
        let mut hits = CUES.hits(section, &message.words);
        hits.retain(|hit| hit.weight > 0.0);
        hits
    };
    if matches!(kind, MessageKind::Thanks | MessageKind::Review | MessageKind::Cooperation) {
        return message.judged(Criticality::Low, &[]);
    }
    let critical = hits("critical");
    if !critical.is_empty() {
        return message.judged(Criticality::Critical, &critical);
    }
    let (mut hours, event, today) = (hits("hours"), hits("event"), hits("today"));
    if !hours.is_empty() && !event.is_empty() {
        hours.extend(event);
        hours.sort_by_key(|hit| hit.words.start);
        return message.judged(Criticality::Critical, &hours);
    }
    let mut high = hits("high");
    let trouble = kind == MessageKind::Complaint;
    if !today.is_empty() && (!event.is_empty() || trouble) {
        high.extend(today);
    }
    if !high.is_empty() && (trouble || !event.is_empty()) {
        high.extend(event);
        high.sort_by_key(|hit| hit.words.start);
        return message.judged(Criticality::High, &high);
    }
    let (low, matter) = (hits("low"), hits("matter"));
    if !low.is_empty() {
        return message.judged(Criticality::Low, &low);
    }
    match kind {
        MessageKind::Complaint => message.judged(Criticality::Normal, &[]),
        MessageKind::Question if !matter.is_empty() => message.judged(Criticality::Normal, &matter),
        _ => message.judged(Criticality::Low, &[]),
    }
}
