//! What people had to do with a call: who talked, how long she waited, what was
//! noted afterwards.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CallBackId, NoticeId, Words};

/// A stretch of a call in which an operator and the caller talked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Who.
    pub operator: String,
    /// From the pick-up …
    pub from: Timestamp,
    /// … to the end, or to the hand-on.
    pub to: Timestamp,
}

/// How a caller waited for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// How long.
    pub milliseconds: u64,
    /// What she was told to expect; none when too little was known to say.
    pub expected_milliseconds: Option<u64>,
    /// How the waiting ended.
    pub ended: WaitEnd,
}

/// How waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitEnd {
    /// An operator answered.
    Answered,
    /// She hung up.
    Left,
    /// She chose to be called back.
    CallBack,
    /// She left a message instead.
    Message,
    /// The connection broke, or Mostik stopped.
    Lost,
}

impl WaitEnd {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Left => "left",
            Self::CallBack => "call_back",
            Self::Message => "message",
            Self::Lost => "lost",
        }
    }
}

/// Who called whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Direction {
    /// The customer called us.
    #[default]
    Incoming,
    /// We called the customer.
    Outgoing {
        /// The how manieth try, from 1.
        attempt: u32,
        /// The news she was called about.
        about: Option<NoticeId>,
        /// The kept place in the queue she was called for.
        #[serde(default)]
        call_back: Option<CallBackId>,
    },
}

impl Direction {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing { .. } => "outgoing",
        }
    }
}

/// The line an operator writes after a call: why it was answered so (checklist #7–8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallNote {
    /// Who wrote it.
    pub by: String,
    /// The line; blank when the operator had nothing to add and said so.
    pub text: Words,
    /// When.
    pub at: Timestamp,
}

/// Whose voice a stretch of speech is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The caller: the first channel of the recording.
    Customer,
    /// Whoever answered: the second channel.
    Operator,
}

impl Speaker {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }
}
