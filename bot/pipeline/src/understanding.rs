//! What the words of a message say beside its cause, in the domain's words.

use mostik_domain::{Mention, Understanding, Words};
use mostik_text::{cut_at, understanding};

/// Names of one message that are kept, and bytes of each.
const MENTIONS: usize = 10;
const MENTION_BYTES: usize = 120;

/// Reads a message. What it costs beside naming the cause: decision 8.
pub(crate) fn read(text: &str) -> Understanding {
    let read = understanding::understand(text);
    let mentions = understanding::mentions(text, &[]).into_iter().take(MENTIONS);
    let mention = |found: understanding::Mention| Mention {
        what: found.what,
        name: Words::new(cut_at(text.get(found.span).unwrap_or_default(), MENTION_BYTES)),
    };
    Understanding {
        kind: read.kind.value,
        kind_by: None,
        criticality: read.criticality.value,
        complexity: read.complexity.value,
        contact_risk: read.contact_risk.value,
        mentions: mentions.map(mention).collect(),
    }
}

#[cfg(test)]
mod tests {
    use mostik_domain::{Criticality, MessageKind};

    use super::*;

    #[test]
    fn a_message_is_read_with_the_names_in_it() {
        let text = "Order #10448812: the Dyson V11 arrived broken";
        let read = read(text);
        assert_eq!((read.kind, read.criticality), (MessageKind::Complaint, Criticality::Normal));
        let names: Vec<_> = read.mentions.iter().map(|it| it.name.reveal()).collect();
        assert_eq!(names, ["10448812", "Dyson V11"]);
        assert!(!format!("{read:?}").contains("10448812"), "{read:?}");
    }

    #[test]
    fn a_message_full_of_names_is_cut_short() {
        let text = "Заказ 1234567, ".repeat(2_000) + &"«".repeat(50);
        assert_eq!(read(&text).mentions.len(), MENTIONS);
    }
}
