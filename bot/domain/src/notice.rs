//! What a customer is told, and every word of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FeedbackId, NoticeId, Refused, Words};

/// One thing told to a customer; at most one of each kind per feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Identity.
    pub id: NoticeId,
    /// About what.
    pub feedback: FeedbackId,
    /// What sort of news.
    pub kind: NoticeKind,
    /// What was said or will be; empty until it is put into words.
    pub text: Words,
    /// Whether it was told.
    pub state: NoticeState,
    /// When it was decided to tell it.
    pub created_at: Timestamp,
}

/// The sorts of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// It arrived; this is promised.
    Received,
    /// The owner team agrees that it is a problem.
    Accepted,
    /// It is fixed.
    Fixed,
    /// It will not be changed, and why.
    Declined,
    /// The promise cannot be kept in time, and why.
    Delayed,
    /// A week after closing.
    FollowUp,
}

impl NoticeKind {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
            Self::Declined => "declined",
            Self::Delayed => "delayed",
            Self::FollowUp => "follow_up",
        }
    }
}

/// Whether a notice was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum NoticeState {
    /// Not yet tried.
    Pending,
    /// Being sent: after a crash in this state it may be told twice on a
    /// channel that knows no idempotency key.
    Sending,
    /// Told by the customer's channel, or spoken in the call.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// On the customer's own page, the only place where she can be told.
    Posted {
        /// When.
        at: Timestamp,
    },
    /// Waits for a call to the customer: placed by a person until Mostik dials.
    AwaitingCall {
        /// Since when.
        since: Timestamp,
    },
    /// Could not be told.
    Undeliverable {
        /// For the operator, without personal data.
        why: String,
        /// When given up.
        at: Timestamp,
    },
}

impl NoticeState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent { .. } => "sent",
            Self::Posted { .. } => "posted",
            Self::AwaitingCall { .. } => "awaiting_call",
            Self::Undeliverable { .. } => "undeliverable",
        }
    }

    /// True once nothing more will be tried.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Sent { .. } | Self::Posted { .. } | Self::Undeliverable { .. })
    }
}

impl Notice {
    /// Moves on; a notice that was told stays told.
    pub fn in_state(self, state: NoticeState) -> Result<Self, Refused> {
        if self.state.is_final() {
            return Err(Refused { from: self.state.as_str(), to: state.as_str() });
        }
        Ok(Self { state, ..self })
    }
}
