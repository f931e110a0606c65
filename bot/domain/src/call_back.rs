use jiff::Timestamp;
use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::{Address, CallBackId, CallId, CustomerId, Refused, Words, as_text};

/// A caller who gave up waiting and keeps her place: she is called when it is
/// her turn (checklist #168).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Identity.
    pub id: CallBackId,
    /// The call in which she asked for it; a call asks at most once.
    pub call: CallId,
    /// The line whose queue it is.
    pub line: String,
    /// The address she called from or confirmed; no other is ever dialled.
    pub address: Address,
    /// By which way that call came: who vouches for the address, in the words of the
    /// phone channel. Without it nobody is dialled.
    #[serde(default)]
    pub came_by: Option<String>,
    /// How she is called.
    pub name: Option<Words>,
    /// Who she is, when known.
    pub customer: Option<CustomerId>,
    /// The language spoken with her.
    #[serde(with = "as_text")]
    pub language: Language,
    /// When she joined the queue: her place counts from then.
    pub in_queue_since: Timestamp,
    /// When she asked to be called back.
    pub asked_at: Timestamp,
    /// Calls that were begun.
    pub attempts: u8,
    /// What became of it.
    pub state: CallBackState,
    /// Mostik stopped in the middle of a call to her: she may have been called
    /// once more than the attempts say.
    pub perhaps_called_twice: bool,
    /// Counts the saves: a save of an outdated copy is refused, so that neither a
    /// person's cancelling nor the phone's dialling is lost when both happen at once.
    pub revision: u32,
}

/// What became of a call-back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum CallBackState {
    /// Not her turn yet, or nobody was reached and another try follows.
    Waiting {
        /// After a try: when the next may begin.
        not_before: Option<Timestamp>,
    },
    /// Her phone is being called.
    Calling {
        /// The how manieth try, from 1.
        attempt: u8,
        /// Since when.
        since: Timestamp,
    },
    /// She answered.
    Reached {
        /// When.
        at: Timestamp,
    },
    /// No more tries.
    GaveUp {
        /// Why.
        why: Unreached,
        /// When.
        at: Timestamp,
    },
    /// A person took it off the list.
    Cancelled {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// Why somebody could not be called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreached {
    /// It rang, and nobody answered.
    NoAnswer,
    /// The phone was busy, or the call was declined.
    Busy,
    /// A voice mailbox answered, every time.
    Mailbox,
    /// The carrier could not place the call.
    CarrierFailed,
    /// The number may not be dialled: the prefix is not allowed, or a limit is used up.
    NotAllowed,
    /// It was not her turn before the office closed for good, or for too long.
    TooLate,
}

impl Unreached {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Mailbox => "mailbox",
            Self::CarrierFailed => "carrier_failed",
            Self::NotAllowed => "not_allowed",
            Self::TooLate => "too_late",
        }
    }

    /// For people at the desk.
    pub const fn told(self, language: Language) -> &'static str {
        let (russian, english) = match self {
            Self::NoAnswer => ("не ответили", "nobody answered"),
            Self::Busy => ("занято или звонок отклонён", "busy, or the call was declined"),
            Self::Mailbox => ("каждый раз отвечал автоответчик", "a mailbox answered every time"),
            Self::CarrierFailed => {
                ("оператор связи не смог соединить", "the carrier could not place the call")
            }
            Self::NotAllowed => (
                "на этот номер звонить не разрешено (исходящие звонки, настройка)",
                "calling this number is not allowed (outgoing calls, configuration)",
            ),
            Self::TooLate => ("очередь не дошла вовремя", "its turn did not come in time"),
        };
        match language {
            Language::Russian => russian,
            Language::English => english,
        }
    }
}

impl CallBackState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Calling { .. } => "calling",
            Self::Reached { .. } => "reached",
            Self::GaveUp { .. } => "gave_up",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// True once nothing more will be tried.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Reached { .. } | Self::GaveUp { .. } | Self::Cancelled { .. })
    }

    const fn refuse(&self, to: &'static str) -> Refused {
        Refused { from: self.as_str(), to }
    }
}

impl CallBack {
    /// Her phone is being called; stored before the call is placed.
    pub fn calling(self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Waiting { not_before } if not_before.is_none_or(|at| at <= now) => {
                let attempts = self.attempts.saturating_add(1);
                let state = CallBackState::Calling { attempt: attempts, since: now };
                Ok(Self { attempts, state, ..self })
            }
            other => Err(other.refuse("calling")),
        }
    }

    /// She answered.
    pub fn reached(self, at: Timestamp) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Calling { .. } => {
                Ok(Self { state: CallBackState::Reached { at }, ..self })
            }
            other => Err(other.refuse("reached")),
        }
    }

    /// Nobody was reached; another try may begin then.
    pub fn again(self, not_before: Timestamp) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Calling { .. } => {
                let not_before = Some(not_before);
                Ok(Self { state: CallBackState::Waiting { not_before }, ..self })
            }
            other => Err(other.refuse("waiting")),
        }
    }

    /// No more tries: after the last one, or because she must not be called at all.
    pub fn given_up(self, why: Unreached, at: Timestamp) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Waiting { .. } | CallBackState::Calling { .. } => {
                Ok(Self { state: CallBackState::GaveUp { why, at }, ..self })
            }
            other => Err(other.refuse("gave_up")),
        }
    }

    /// A person takes it off the list; not while her phone rings.
    pub fn cancelled(self, by: &str, at: Timestamp) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Waiting { .. } => {
                Ok(Self { state: CallBackState::Cancelled { by: by.to_owned(), at }, ..self })
            }
            other => Err(other.refuse("cancelled")),
        }
    }

    /// The phone starts, and finds that it was calling her when it stopped: whether
    /// she was reached nobody knows, so she waits again, and it is told.
    pub fn found_calling(self) -> Result<Self, Refused> {
        match self.state {
            CallBackState::Calling { .. } => Ok(Self {
                state: CallBackState::Waiting { not_before: None },
                perhaps_called_twice: true,
                ..self
            }),
            other => Err(other.refuse("waiting")),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use uuid::Uuid;

    use super::*;
    use crate::AddressKind;

    type Event = fn(CallBack) -> Result<CallBack, Refused>;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    const EVENTS: [(&str, Event); 7] = [
        ("calling", |it| it.calling(NOW)),
        ("reached", |it| it.reached(NOW)),
        ("again", |it| it.again(NOW)),
        ("again later", |it| it.again(NOW + 1.hour())),
        ("given_up", |it| it.given_up(Unreached::NoAnswer, NOW)),
        ("cancelled", |it| it.cancelled("Вера", NOW)),
        ("found_calling", CallBack::found_calling),
    ];

    fn asked() -> CallBack {
        let value = "sip:+74951234567@example.org".into();
        CallBack {
            id: CallBackId::new(Uuid::from_u128(1)),
            call: CallId::new(Uuid::from_u128(2)),
            line: "support".into(),
            address: Address { kind: AddressKind::Sip, value, proved: true },
            name: None,
            customer: None,
            language: Language::Russian,
            in_queue_since: NOW,
            asked_at: NOW,
            attempts: 0,
            state: CallBackState::Waiting { not_before: None },
            came_by: None,
            perhaps_called_twice: false,
            revision: 0,
        }
    }

    fn name(it: &CallBack) -> String {
        let later = match it.state {
            CallBackState::Waiting { not_before: Some(at) } if at > NOW => " later",
            CallBackState::Waiting { not_before: Some(_) } => " again",
            _ => "",
        };
        let twice = if it.perhaps_called_twice { ", perhaps twice" } else { "" };
        format!("{}{later}{twice}", it.state.as_str())
    }

    /// Every state that can be reached, by the shortest way to it.
    fn states() -> Vec<CallBack> {
        let mut reached = vec![asked()];
        let mut next = 0;
        while let Some(state) = reached.get(next).cloned() {
            for (_, event) in EVENTS {
                if let Ok(to) = event(state.clone())
                    && !reached.iter().any(|known| name(known) == name(&to))
                {
                    reached.push(to);
                }
            }
            next += 1;
        }
        reached
    }

    #[test]
    fn the_whole_table_of_transitions() {
        let rows = states().into_iter().flat_map(|state| {
            EVENTS.map(|(event, apply)| {
                let to = apply(state.clone()).map_or("refused".to_owned(), |to| name(&to));
                format!("{:30} {event:14} → {to}", name(&state))
            })
        });
        insta::assert_snapshot!("transitions", rows.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn tries_are_counted_and_a_crash_is_never_hidden() {
        let first = asked().calling(NOW).expect("her turn");
        assert_eq!(first.state, CallBackState::Calling { attempt: 1, since: NOW });
        let found = first.found_calling().expect("the phone stopped meanwhile");
        let second = found.calling(NOW).expect("her turn again");
        assert_eq!(second.attempts, 2);
        let over = second.reached(NOW).expect("answered");
        assert!(over.perhaps_called_twice && over.state.is_final());
        assert!(over.found_calling().is_err(), "what is over stays over");
    }

    #[test]
    fn states_survive_storage_and_show_nobody() {
        for state in states() {
            let stored = serde_json::to_string(&state).expect("serialises");
            assert_eq!(serde_json::from_str::<CallBack>(&stored).expect("reads back"), state);
            assert!(!format!("{state:?}").contains("4951234567"));
        }
    }
}
