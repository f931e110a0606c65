//! What the words of a feedback say beside its cause, as the desk shows it.

use mostik_domain::{Classification, ContactRisk, MessageKind};

use super::shell::Visit;

/// A word that a list shows, and its colour.
pub(super) struct Chip {
    pub(super) label: &'static str,
    pub(super) mood: &'static str,
}

/// What stands on the page of a feedback.
pub(super) struct Said {
    pub(super) kind: &'static str,
    pub(super) kind_by: Option<String>,
    pub(super) urgency: Chip,
    pub(super) complexity: &'static str,
    pub(super) risk: Chip,
    pub(super) mentions: Vec<(&'static str, String)>,
    /// What it could be instead.
    pub(super) kinds: Vec<(&'static str, &'static str)>,
}

/// The words for a list: only what is out of the ordinary.
pub(super) fn chips(visit: &Visit, named: Option<&Classification>) -> Vec<Chip> {
    let w = visit.w();
    let Some(read) = named.and_then(|named| named.understanding.as_ref()) else {
        return Vec::new();
    };
    let mut chips = Vec::new();
    if let Some(label) = w.criticality_mark(read.criticality) {
        chips.push(Chip { label, mood: "bad" });
    }
    if read.contact_risk > ContactRisk::Low {
        chips.push(Chip { label: w.contact_risk(read.contact_risk), mood: "ask" });
    }
    if !matches!(read.kind, MessageKind::Complaint | MessageKind::Other) {
        chips.push(Chip { label: w.kind(read.kind), mood: "" });
    }
    chips
}

/// All of it, and what a person can make of it.
pub(super) fn said(visit: &Visit, named: Option<&Classification>) -> Option<Said> {
    let w = visit.w();
    let read = named?.understanding.as_ref()?;
    let urgent = w.criticality_mark(read.criticality).is_some();
    let risky = read.contact_risk > ContactRisk::Low;
    Some(Said {
        kind: w.kind(read.kind),
        kind_by: read.kind_by.clone(),
        urgency: Chip {
            label: w.criticality(read.criticality),
            mood: if urgent { "bad" } else { "" },
        },
        complexity: w.complexity(read.complexity),
        risk: Chip {
            label: w.contact_risk(read.contact_risk),
            mood: if risky { "ask" } else { "" },
        },
        mentions: read
            .mentions
            .iter()
            .map(|mention| (w.mentioned(mention.what), mention.name.reveal().to_owned()))
            .collect(),
        kinds: MessageKind::ALL
            .iter()
            .filter(|kind| **kind != read.kind)
            .map(|kind| (kind.as_str(), w.kind(*kind)))
            .collect(),
    })
}
