use mostik_taxonomy::{Complexity, ContactRisk, Criticality, Mentioned, MessageKind};
use serde::{Deserialize, Serialize};

use crate::{Words, as_text};

/// What the customer's words say beside the root cause (checklist #18, #106,
/// #116, #148-152).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// What the customer wants of us.
    #[serde(with = "as_text")]
    pub kind: MessageKind,
    /// Who corrected the kind at the desk; none while it is as it was read.
    #[serde(default)]
    pub kind_by: Option<String>,
    /// How soon somebody must look at it.
    #[serde(with = "as_text")]
    pub criticality: Criticality,
    /// What it takes to answer.
    #[serde(with = "as_text")]
    pub complexity: Complexity,
    /// How likely the customer is to leave over how contacts went.
    #[serde(with = "as_text")]
    pub contact_risk: ContactRisk,
    /// What is named, in the order of the text. Personal data, as the words are.
    pub mentions: Vec<Mention>,
}

/// A product or an order that the customer named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Which of them.
    #[serde(with = "as_text")]
    pub what: Mentioned,
    /// Its name or number, as the customer wrote it.
    pub name: Words,
}

/// The urgency of what nobody has read: that of an ordinary complaint.
pub(crate) const USUAL_URGENCY: u8 = urgency(Criticality::Normal, ContactRisk::Low);

impl Understanding {
    /// What is taken of words that nothing has read.
    pub const fn unread() -> Self {
        Self {
            kind: MessageKind::Complaint,
            kind_by: None,
            criticality: Criticality::Normal,
            complexity: Complexity::Normal,
            contact_risk: ContactRisk::Low,
            mentions: Vec::new(),
        }
    }

    /// The order of the desk's queue, 0 to 11, the most urgent highest: how bad
    /// it is now, then how near the customer is to leaving.
    pub(crate) const fn urgency(&self) -> u8 {
        urgency(self.criticality, self.contact_risk)
    }
}

const fn urgency(criticality: Criticality, risk: ContactRisk) -> u8 {
    let risk = match risk {
        ContactRisk::Low => 0,
        ContactRisk::Raised => 1,
        ContactRisk::High => 2,
    };
    let criticality = match criticality {
        Criticality::Low => 0,
        Criticality::Normal => 1,
        Criticality::High => 2,
        Criticality::Critical => 3,
    };
    criticality * 3 + risk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_now_comes_before_who_may_leave() {
        let urgencies = Criticality::ALL.iter().flat_map(|criticality| {
            ContactRisk::ALL.iter().map(|risk| urgency(*criticality, *risk))
        });
        assert_eq!(urgencies.collect::<Vec<_>>(), (0..12).collect::<Vec<u8>>());
        assert_eq!(USUAL_URGENCY, 3);
    }
}
