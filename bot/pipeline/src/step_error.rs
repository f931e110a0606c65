use std::time::Duration;

use mostik_channels::SendError;
use mostik_domain::Refused;
use mostik_store::StoreError;
use mostik_taxonomy::ClassifierError;
use mostik_trackers::TrackerError;

/// Why a step did not come to a decision.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Worth trying again, not sooner than after this time.
    #[error("{why}")]
    RetryAfter {
        /// How long to wait at least.
        after: Duration,
        /// Without personal data.
        why: String,
    },
    /// Somebody else changed the same thing first: no failure, but to be decided anew.
    #[error("{why}")]
    Overtaken {
        /// Without personal data.
        why: String,
    },
    /// A person must look.
    #[error("{why}")]
    GiveUp {
        /// Without personal data.
        why: String,
    },
}

impl StepError {
    pub(crate) fn give_up(why: impl Into<String>) -> Self {
        Self::GiveUp { why: why.into() }
    }
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        let why = error.to_string();
        match error.retry_after() {
            _ if matches!(error, StoreError::Conflict { .. }) => Self::Overtaken { why },
            Some(after) => Self::RetryAfter { after, why },
            None => Self::GiveUp { why },
        }
    }
}

impl From<TrackerError> for StepError {
    fn from(error: TrackerError) -> Self {
        match error {
            TrackerError::RetryAfter { after, why } => Self::RetryAfter { after, why },
            TrackerError::GiveUp { why } => Self::GiveUp { why },
        }
    }
}

impl From<ClassifierError> for StepError {
    fn from(error: ClassifierError) -> Self {
        match error {
            ClassifierError::RetryAfter(after, why) => Self::RetryAfter { after, why },
            ClassifierError::GiveUp(why) => Self::GiveUp { why },
        }
    }
}

impl From<SendError> for StepError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::RetryAfter { after, why } => Self::RetryAfter { after, why },
            SendError::GiveUp { why } => Self::GiveUp { why },
        }
    }
}

impl From<Refused> for StepError {
    fn from(refused: Refused) -> Self {
        Self::GiveUp { why: refused.to_string() }
    }
}
