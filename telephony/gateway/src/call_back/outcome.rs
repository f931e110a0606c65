//! What a call-back brought.

use serde::{Deserialize, Serialize};

/// What she pressed when asked whether we solved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyAnswer {
    /// Key 1.
    Solved,
    /// Key 2; what she said then is the call's message.
    NotSolved,
    /// No key, also after being asked again.
    None,
}

/// How a call-back ended, for whoever ordered it. As JSON: `{"outcome":"survey","answer":"solved"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// She heard the news and was asked whether it is solved.
    Survey {
        /// What she answered.
        answer: SurveyAnswer,
    },
    /// She heard the news, to which there is no question.
    Told,
    /// A voice mailbox got a short message without the news.
    Mailbox,
    /// She asked for a person by key.
    WantsPerson {
        /// Whether she had heard the news to their end.
        heard_news: bool,
    },
    /// She hung up.
    HungUp {
        /// Whether she had heard the news to their end.
        heard_news: bool,
    },
    /// The call broke off: the line, our shutting down, or the process died.
    BrokenOff {
        /// Whether she had heard the news to their end.
        heard_news: bool,
    },
    /// It rang and nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The phone declined.
    Declined,
    /// The number does not exist.
    UnknownNumber,
    /// The carrier, or we, could not carry the call: her phone did not ring, as far as we know.
    Failed,
}

impl Outcome {
    /// Whether she knows the news.
    pub const fn heard_news(self) -> bool {
        match self {
            Self::Survey { .. } | Self::Told => true,
            Self::WantsPerson { heard_news }
            | Self::HungUp { heard_news }
            | Self::BrokenOff { heard_news } => heard_news,
            Self::Mailbox
            | Self::NoAnswer
            | Self::Busy
            | Self::Declined
            | Self::UnknownNumber
            | Self::Failed => false,
        }
    }

    /// The name, as a metrics label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Survey { .. } => "survey",
            Self::Told => "told",
            Self::Mailbox => "mailbox",
            Self::WantsPerson { .. } => "wants_person",
            Self::HungUp { .. } => "hung_up",
            Self::BrokenOff { .. } => "broken_off",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Declined => "declined",
            Self::UnknownNumber => "unknown_number",
            Self::Failed => "failed",
        }
    }
}

/// The part of a [`crate::CompletedCall`] that only a call of ours has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBackReport {
    /// What it was placed for: the same as in the order.
    pub about: String,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}
