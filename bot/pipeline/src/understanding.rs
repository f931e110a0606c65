//! What the words of a message say beside its cause, in the domain's words.

use mostik_domain::{Mention, Understanding, Words};
use mostik_taxonomy::Judgement;
use mostik_text::{cut_at, understanding};

/// Names of one message that are kept, and bytes of each.
const MENTIONS: usize = 10;
const MENTION_BYTES: usize = 120;

/// What was judged of a message, with the names in it.
pub(crate) fn of(text: &str, judged: Judgement) -> Understanding {
    let mentions = understanding::mentions(text, &[]).into_iter().take(MENTIONS);
    let mention = |found: understanding::Mention| Mention {
        what: found.what,
        name: Words::new(cut_at(text.get(found.span).unwrap_or_default(), MENTION_BYTES)),
    };
    Understanding {
        kind: judged.kind,
        kind_by: None,
        criticality: judged.criticality,
        complexity: judged.complexity,
        contact_risk: judged.contact_risk,
        mentions: mentions.map(mention).collect(),
    }
}

#[cfg(test)]
mod tests {
    use mostik_domain::{Criticality, MessageKind};
    use mostik_taxonomy::{Complexity, ContactRisk};

    use super::*;

    const JUDGED: Judgement = Judgement {
        kind: MessageKind::Complaint,
        criticality: Criticality::High,
        complexity: Complexity::Normal,
        contact_risk: ContactRisk::Low,
    };

    #[test]
    fn a_judgement_is_kept_with_the_names_in_the_message() {
        let text = "Order #10448812: the Dyson V11 arrived broken";
        let read = of(text, JUDGED);
        assert_eq!((read.kind, read.criticality), (MessageKind::Complaint, Criticality::High));
        let names: Vec<_> = read.mentions.iter().map(|it| it.name.reveal()).collect();
        assert_eq!(names, ["10448812", "Dyson V11"]);
        assert!(!format!("{read:?}").contains("10448812"), "{read:?}");
    }

    #[test]
    fn a_message_full_of_names_is_cut_short() {
        let text = "Заказ 1234567, ".repeat(2_000) + &"«".repeat(50);
        assert_eq!(of(&text, JUDGED).mentions.len(), MENTIONS);
    }
}
