//! Why a call of ours did not come to be.

use std::time::Duration;

/// The end of a call that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DialFailure {
    /// The phone, or every phone of the person, is in use (486, 600).
    #[error("the line is busy")]
    Busy,
    /// Nobody answered in time (our own limit, 408 or 480).
    #[error("nobody answered")]
    NoAnswer,
    /// The person or their phone declined (603).
    #[error("the call was declined")]
    Declined,
    /// The number or name does not exist (404, 410, 484, 604).
    #[error("the number is not known there")]
    UnknownNumber,
    /// None of our codecs suits them (488, 606, 415).
    #[error("the other side cannot take our media offer")]
    NoCommonMedia,
    /// Name or password were refused, or asked for without our having any (401, 403, 407).
    #[error("the other side refuses our name and password")]
    Unauthorized,
    /// The carrier is out of order or full (503).
    #[error("the other side is not available now")]
    Unavailable {
        /// How long it asks us to wait, when it says so.
        retry_after: Option<Duration>,
    },
    /// Another refusal, by its status (RFC 3261 section 21).
    #[error("the call was refused with status {status}")]
    Refused {
        /// A status from 300 to 699.
        status: u16,
    },
    /// The other side sends us to an address that nobody configured, or in circles.
    #[error("the call was redirected to a place that is not configured")]
    RedirectedElsewhere,
    /// No answer at all from any address of the target, or no connection.
    #[error("the other side cannot be reached")]
    Unreachable,
    /// The answer cannot be understood.
    #[error("the other side answered with something that is not SIP")]
    Broken,
    /// We gave up.
    #[error("the call was cancelled")]
    Cancelled,
    /// As many calls as allowed are in progress.
    #[error("too many calls are in progress")]
    TooManyCalls,
    /// The edge is shutting down.
    #[error("the SIP edge is shutting down")]
    ShuttingDown,
}

impl DialFailure {
    /// What a final status other than 2xx and 3xx means.
    pub(super) fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            486 | 600 => Self::Busy,
            408 | 480 => Self::NoAnswer,
            603 => Self::Declined,
            404 | 410 | 484 | 604 => Self::UnknownNumber,
            415 | 488 | 606 => Self::NoCommonMedia,
            401 | 403 | 407 => Self::Unauthorized,
            503 => Self::Unavailable { retry_after },
            status => Self::Refused { status },
        }
    }
}
