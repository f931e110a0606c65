//! The people a caller may talk to, and what becomes of that.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Caller, Sentence, SpokenLanguage, outgoing::OutgoingOrder};

/// Who may be rung now.
#[derive(Debug, Clone, Default)]
pub struct Staff {
    /// Whether the office is open.
    pub open: bool,
    /// Those who are there, busy or not, in the order in which they are rung.
    pub people: Vec<Person>,
}

/// One of those who answer.
#[derive(Debug, Clone)]
pub struct Person {
    /// Unique among all: the name at the desk.
    pub name: String,
    /// How the phone is reached.
    pub reach: Reach,
}

/// How a person's phone is reached.
#[derive(Debug, Clone)]
pub enum Reach {
    /// We call it, and carry the conversation.
    Ring {
        /// What to dial.
        order: OutgoingOrder,
        /// Whoever answers must press 1: a mobile's voice mailbox takes calls, too.
        confirm: bool,
    },
    /// The caller's own phone is asked to call there (REFER): the PBX carries the conversation,
    /// and nothing of it is recorded here.
    SendOn {
        /// A number or a `sip:` address.
        target: String,
    },
}

/// A conversation with one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// With whom.
    pub person: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; open while it lasts.
    pub to: Option<Timestamp>,
}

/// How long a caller waited for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// From her asking to the end of waiting.
    pub milliseconds: u64,
    /// What she was told first that it usually takes.
    pub expected_milliseconds: Option<u64>,
    /// What ended it.
    pub ended: WaitEnd,
}

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitEnd {
    /// A person answered.
    Answered,
    /// She hung up.
    Left,
    /// She asked to be called back in her turn.
    CallBack,
    /// She left a message, or nobody came.
    Message,
    /// The process died, or the line.
    Lost,
}

/// What a message is about, as it is read back to her who left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// As the host names it; told back as [`crate::CompletedCall::topic`] when she confirms.
    pub topic: String,
    /// «This is how we understood you …»
    pub said: Sentence,
    /// What it may be instead, by the keys 1 to 9 in this order.
    pub topics: Vec<String>,
    /// Which keys lead to which topic.
    pub topics_said: Sentence,
}

/// Where a call is whose caller waits for a person or talks to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallProgress {
    /// Our name of the call.
    pub call: String,
    /// The line.
    pub line: String,
    /// Who calls.
    pub caller: Caller,
    /// The language spoken to her.
    pub language: SpokenLanguage,
    /// When the call arrived.
    pub arrived_at: Timestamp,
    /// What happens now.
    pub stage: Stage,
    /// Since when.
    pub since: Timestamp,
    /// How often she was handed on.
    pub hand_ons: u8,
}

/// What happens in a call with people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// She waits.
    Waiting {
        /// How many are before her.
        ahead: usize,
    },
    /// This person's phone rings for her.
    Ringing {
        /// Whose.
        person: String,
    },
    /// They talk.
    Talking {
        /// With whom.
        person: String,
    },
    /// No person is needed any more: the call ended, or goes on without one.
    Over,
}

/// What somebody at a desk wants of a call that is in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOrder {
    /// A colleague is to take it over: this one, or whoever is free.
    HandOn {
        /// The name at the desk.
        to: Option<String>,
    },
    /// The person hangs up.
    HangUp,
    /// This person takes the caller who waits, out of her turn.
    TakeNow {
        /// The name at the desk.
        by: String,
    },
}

/// Told to a caller as minutes, never less than she would wait.
pub(crate) fn minutes(wait: Duration) -> u8 {
    u8::try_from(wait.as_secs().div_ceil(60)).unwrap_or(u8::MAX).max(1)
}
