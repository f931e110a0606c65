//! How far Mostik has come in ringing a customer about one notice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Notice, NoticeState, Refused};

/// The tries of Mostik itself to tell a notice by phone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAttempts {
    /// Tries that were begun.
    #[serde(default)]
    pub made: u32,
    /// Since when the one under way is under way.
    #[serde(default)]
    pub calling_since: Option<Timestamp>,
    /// When it is tried again; none when a person has to call.
    #[serde(default)]
    pub next_at: Option<Timestamp>,
    /// Mostik stopped suddenly during a try: the phone may have rung, or been answered,
    /// without our knowing, so that the next try is perhaps the second call.
    #[serde(default)]
    pub perhaps_called_twice: bool,
    /// How the last one ended.
    #[serde(default)]
    pub last: Option<CallMissed>,
}

/// Why a try told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallMissed {
    /// It rang and nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The call was declined.
    Declined,
    /// She hung up before she had heard the news.
    HungUp,
    /// She wanted a person at once.
    WantsPerson,
    /// A voice mailbox got a short message.
    Mailbox,
    /// The number does not exist.
    UnknownNumber,
    /// The carrier, the line, or the call broke.
    Failed,
    /// Mostik stopped suddenly during the try.
    Interrupted,
}

impl CallMissed {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::NoAnswer,
        Self::Busy,
        Self::Declined,
        Self::HungUp,
        Self::WantsPerson,
        Self::Mailbox,
        Self::UnknownNumber,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Declined => "declined",
            Self::HungUp => "hung_up",
            Self::WantsPerson => "wants_person",
            Self::Mailbox => "mailbox",
            Self::UnknownNumber => "unknown_number",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether another try may do better.
    pub const fn is_worth_another(self) -> bool {
        match self {
            Self::NoAnswer
            | Self::Busy
            | Self::Declined
            | Self::HungUp
            | Self::Failed
            | Self::Interrupted => true,
            // She has our word to call back; she was told that somebody looks at it; nobody is
            // there.
            Self::Mailbox | Self::WantsPerson | Self::UnknownNumber => false,
        }
    }

    /// The end of all tries, for the operator.
    fn gives_up(self, attempts: CallAttempts) -> String {
        let told = match self {
            Self::Mailbox => "a voice mailbox answered and got a short message".into(),
            Self::UnknownNumber => "the phone number does not exist".into(),
            _ if attempts.made == 1 => "could not be reached by phone in one attempt".into(),
            _ => format!("could not be reached by phone in {} attempts", attempts.made),
        };
        if attempts.perhaps_called_twice {
            return format!("{told}; a crash cut one of the calls short, so she may have heard it");
        }
        told
    }
}

impl Notice {
    /// The tries so far, while it waits for a call.
    pub const fn call_attempts(&self) -> Option<CallAttempts> {
        match self.state {
            NoticeState::AwaitingCall { attempts, .. } => Some(attempts),
            _ => None,
        }
    }

    /// Mostik will ring at that time.
    pub fn to_be_rung(self, at: Timestamp) -> Result<Self, Refused> {
        self.attempting("to_be_rung", |attempts| {
            attempts
                .calling_since
                .is_none()
                .then_some(CallAttempts { next_at: Some(at), ..attempts })
        })
    }

    /// Mostik does not ring: a person has to call.
    pub fn left_to_a_person(self) -> Result<Self, Refused> {
        self.attempting("left_to_a_person", |attempts| {
            attempts.calling_since.is_none().then_some(CallAttempts { next_at: None, ..attempts })
        })
    }

    /// The mark that is stored before anything is dialled.
    pub fn being_called(self, now: Timestamp) -> Result<Self, Refused> {
        self.attempting("being_called", |attempts| {
            attempts.calling_since.is_none().then_some(CallAttempts {
                made: attempts.made.saturating_add(1),
                calling_since: Some(now),
                next_at: None,
                ..attempts
            })
        })
    }

    /// Nothing was dialled after all: the try does not count.
    pub fn not_called_yet(self, again_at: Timestamp) -> Result<Self, Refused> {
        self.attempting("not_called_yet", |attempts| {
            attempts.calling_since.map(|_| CallAttempts {
                made: attempts.made.saturating_sub(1),
                calling_since: None,
                next_at: Some(again_at),
                ..attempts
            })
        })
    }

    /// A try told her nothing. `again_at` is when the schedule has another one.
    pub fn missed(
        self,
        how: CallMissed,
        again_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let again_at = again_at.filter(|_| how.is_worth_another());
        let notice = self.attempting("missed", |attempts| {
            attempts.calling_since.map(|_| CallAttempts {
                calling_since: None,
                next_at: again_at,
                last: Some(how),
                perhaps_called_twice: attempts.perhaps_called_twice
                    || how == CallMissed::Interrupted,
                ..attempts
            })
        })?;
        match (again_at, notice.call_attempts()) {
            // It was promised in the call that a person looks at it.
            (None, Some(attempts)) if how != CallMissed::WantsPerson => {
                let why = how.gives_up(attempts);
                notice.in_state(NoticeState::Undeliverable { why, at: now })
            }
            _ => Ok(notice),
        }
    }

    fn attempting(
        self,
        to: &'static str,
        change: impl FnOnce(CallAttempts) -> Option<CallAttempts>,
    ) -> Result<Self, Refused> {
        let refused = Refused { from: self.state.as_str(), to };
        match self.state {
            NoticeState::AwaitingCall { since, attempts } => {
                let attempts = change(attempts).ok_or(refused)?;
                Ok(Self { state: NoticeState::AwaitingCall { since, attempts }, ..self })
            }
            _ => Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{FeedbackId, NoticeId, NoticeKind, Words};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("a time")
    }

    fn notice(state: NoticeState) -> Notice {
        Notice {
            id: NoticeId::new(uuid::Uuid::nil()),
            feedback: FeedbackId::new(uuid::Uuid::nil()),
            kind: NoticeKind::Fixed,
            text: Words::default(),
            state,
            created_at: at(0),
        }
    }

    fn states() -> Vec<(&'static str, NoticeState)> {
        let waits = |attempts| NoticeState::AwaitingCall { since: at(0), attempts };
        let none = CallAttempts::default();
        let second = CallAttempts { made: 1, last: Some(CallMissed::Busy), ..none };
        vec![
            ("pending", NoticeState::Pending),
            ("sent", NoticeState::Sent { at: at(0) }),
            ("waits", waits(none)),
            ("waits again", waits(CallAttempts { next_at: Some(at(9)), ..second })),
            ("calling", waits(CallAttempts { made: 1, calling_since: Some(at(1)), ..none })),
            (
                "calling again",
                waits(CallAttempts { made: 2, calling_since: Some(at(1)), ..second }),
            ),
        ]
    }

    #[test]
    fn transitions() {
        let mut table = String::new();
        for (name, state) in states() {
            writeln!(table, "{name}").expect("a string");
            let mut tell = |input: &str, result: Result<Notice, Refused>| {
                let told = match result {
                    Ok(Notice { state: NoticeState::AwaitingCall { attempts, .. }, .. }) => {
                        format!("{attempts:?}")
                    }
                    Ok(notice) => format!("{:?}", notice.state),
                    Err(_) => return,
                };
                writeln!(table, "  {input} → {told}").expect("a string");
            };
            let given = || notice(state.clone());
            tell("to be rung", given().to_be_rung(at(5)));
            tell("left to a person", given().left_to_a_person());
            tell("being called", given().being_called(at(5)));
            tell("not called yet", given().not_called_yet(at(6)));
            for how in CallMissed::ALL {
                tell(&format!("{how:?}, again"), given().missed(how, Some(at(30)), at(7)));
                tell(&format!("{how:?}, last"), given().missed(how, None, at(7)));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_notice_of_before_has_no_tries() {
        let old = r#"{"name":"awaiting_call","since":"2026-11-03T07:00:00Z"}"#;
        let state: NoticeState = serde_json::from_str(old).expect("readable");
        assert_eq!(notice(state).call_attempts(), Some(CallAttempts::default()));
    }
}
