use jiff::Timestamp;
use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::{CallId, CustomerId, DeskOrder, OrderId, OrderRefused, OrderWhat, Words, as_text};

/// What the phone is doing with one call at this moment: written by the process
/// that has the phone, read by the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCall {
    /// The call; it is stored under the same id when it has ended.
    pub id: CallId,
    /// The line that was called.
    pub line: String,
    /// The caller's address as the network gave it.
    pub caller: Words,
    /// Whom that address belongs to, when known.
    pub customer: Option<CustomerId>,
    /// The language spoken with the caller.
    #[serde(with = "as_text")]
    pub language: Language,
    /// What is going on.
    pub stage: LiveStage,
    /// Since when it is in this stage.
    pub since: Timestamp,
    /// First INVITE.
    pub arrived_at: Timestamp,
    /// How often an operator has handed it on to another.
    pub hand_ons: u8,
}

/// What is going on in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum LiveStage {
    /// She hears the greeting or a menu.
    Greeting,
    /// She speaks a message.
    Recording,
    /// She waits for a person.
    Waiting {
        /// Her place in the queue, from 1.
        place: u32,
        /// When she joined it; her place counts from then.
        since: Timestamp,
    },
    /// An operator's phone rings for her.
    Ringing {
        /// Whose.
        operator: String,
    },
    /// She and an operator talk.
    Talking {
        /// With whom.
        operator: String,
    },
}

impl LiveStage {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Recording => "recording",
            Self::Waiting { .. } => "waiting",
            Self::Ringing { .. } => "ringing",
            Self::Talking { .. } => "talking",
        }
    }
}

impl LiveCall {
    /// A call is handed on at most so often (checklist #179): who is passed from one
    /// to another hears nothing but her own story again.
    pub const MOST_HAND_ONS: u8 = 2;

    /// Whom she talks with.
    pub fn talking_with(&self) -> Option<&str> {
        match &self.stage {
            LiveStage::Talking { operator } => Some(operator),
            _ => None,
        }
    }

    /// Whose phone rings for her.
    pub fn ringing_at(&self) -> Option<&str> {
        match &self.stage {
            LiveStage::Ringing { operator } => Some(operator),
            _ => None,
        }
    }

    /// Whether it may be handed on once more.
    pub const fn may_be_handed_on(&self) -> bool {
        self.hand_ons < Self::MOST_HAND_ONS
    }

    /// What an operator asks of the phone, if it makes sense of this call.
    pub fn order(
        &self,
        id: OrderId,
        by: &str,
        what: OrderWhat,
        at: Timestamp,
    ) -> Result<DeskOrder, OrderRefused> {
        let talking = self.talking_with() == Some(by);
        match &what {
            OrderWhat::HandOn { .. } | OrderWhat::HangUp if !talking => {
                return Err(OrderRefused::NotYourCall);
            }
            OrderWhat::HandOn { .. } if !self.may_be_handed_on() => {
                return Err(OrderRefused::HandedOnTooOften);
            }
            OrderWhat::HandOn { to: Some(to) } if to == by => {
                return Err(OrderRefused::ToYourself);
            }
            OrderWhat::TakeNow if !matches!(self.stage, LiveStage::Waiting { .. }) => {
                return Err(OrderRefused::NotWaiting);
            }
            _ => {}
        }
        Ok(DeskOrder { id, call: self.id, by: by.to_owned(), what, at })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn call(stage: LiveStage, hand_ons: u8) -> LiveCall {
        LiveCall {
            id: CallId::new(Uuid::from_u128(1)),
            line: "support".into(),
            caller: "sip:anna@example.org".into(),
            customer: None,
            language: Language::Russian,
            stage,
            since: AT,
            arrived_at: AT,
            hand_ons,
        }
    }

    fn stages() -> [LiveStage; 6] {
        let operator = |name: &str| name.to_owned();
        [
            LiveStage::Greeting,
            LiveStage::Recording,
            LiveStage::Waiting { place: 1, since: AT },
            LiveStage::Ringing { operator: operator("vera") },
            LiveStage::Talking { operator: operator("vera") },
            LiveStage::Talking { operator: operator("petr") },
        ]
    }

    #[test]
    fn the_whole_table_of_orders() {
        let orders = [
            OrderWhat::HandOn { to: None },
            OrderWhat::HandOn { to: Some("petr".into()) },
            OrderWhat::HandOn { to: Some("vera".into()) },
            OrderWhat::HangUp,
            OrderWhat::TakeNow,
        ];
        let mut rows = Vec::new();
        for stage in stages() {
            for hand_ons in [0, LiveCall::MOST_HAND_ONS] {
                for what in &orders {
                    let call = call(stage.clone(), hand_ons);
                    let order = call.order(OrderId::new(Uuid::nil()), "vera", what.clone(), AT);
                    let answer = order.map_or_else(|why| format!("{why:?}"), |_| "taken".into());
                    let whose = call.talking_with().or(call.ringing_at()).unwrap_or("–");
                    let stage = stage.as_str();
                    rows.push(format!("{stage:9} {whose:4} {hand_ons} {what:?} → {answer}"));
                }
            }
        }
        insta::assert_snapshot!("desk_orders", rows.join("\n"));
    }

    #[test]
    fn a_live_call_survives_storage_and_shows_nobody() {
        for stage in stages() {
            let call = call(stage, 1);
            let stored = serde_json::to_string(&call).expect("serialises");
            assert_eq!(serde_json::from_str::<LiveCall>(&stored).expect("reads back"), call);
            assert!(!format!("{call:?}").contains("anna"));
        }
    }
}
