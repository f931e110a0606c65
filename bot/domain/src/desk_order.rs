use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{CallId, OrderId};

/// What an operator asks of the phone: given at the desk, obeyed by the process
/// that has the phone. A call has at most one open order, the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskOrder {
    /// Identity.
    pub id: OrderId,
    /// About which call.
    pub call: CallId,
    /// Who asks.
    pub by: String,
    /// What.
    pub what: OrderWhat,
    /// When it was given.
    pub at: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum OrderWhat {
    /// Give the caller to a colleague.
    HandOn {
        /// To whom; to the next who is free without.
        to: Option<String>,
    },
    /// End the call.
    HangUp,
    /// Ring the one who asks for this caller now, out of turn.
    TakeNow,
}

/// Why an order makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// Somebody else talks with her, or nobody.
    #[error("you do not talk with this caller")]
    NotYourCall,
    /// See [`crate::LiveCall::MOST_HAND_ONS`].
    #[error("this call was handed on often enough")]
    HandedOnTooOften,
    /// To whom it is already.
    #[error("a call is not handed on to oneself")]
    ToYourself,
    /// She does not wait any more.
    #[error("this caller does not wait any more")]
    NotWaiting,
}

impl DeskOrder {
    /// What was not obeyed for so long is not obeyed any more: the call has gone on.
    pub const GOOD_FOR: SignedDuration = SignedDuration::from_mins(1);

    /// Whether it may still be obeyed.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < Self::GOOD_FOR
    }

    /// Orders given before this are not open any more.
    pub fn oldest_open(now: Timestamp) -> Timestamp {
        now.saturating_sub(Self::GOOD_FOR).unwrap_or(Timestamp::MIN)
    }
}
