//! How bad it is for the customer now.

use std::sync::LazyLock;

use super::{Criticality, Judged, Message, MessageKind};
use crate::cues::Cues;

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("criticality.txt")));

pub(super) fn judge(message: &Message<'_>, kind: MessageKind) -> Judged<Criticality> {
    if matches!(kind, MessageKind::Thanks | MessageKind::Cooperation) {
        return message.judged(Criticality::Low, &[]);
    }
    let cues = CUES.find(&message.words);
    let hits = |section: &str| {
        let mut hits = cues.of(section);
        hits.retain(|hit| hit.weight > 0.0);
        hits
    };
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
