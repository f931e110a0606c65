//! Why there is no transcript, and what to do about it.

use std::time::Duration;

use crate::RecordingError;

/// Why a recording could not be transcribed.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The recogniser has no model yet; the recording should wait for it.
    #[error("the speech model {model} is not here yet")]
    NotReady {
        /// The model that is awaited.
        model: String,
    },
    /// The recogniser's queue is full.
    #[error("the recogniser is busy")]
    Busy,
    /// The recogniser did not answer within its time limit.
    #[error("no transcript within {} s", limit.as_secs())]
    TooSlow {
        /// The time limit.
        limit: Duration,
    },
    /// A server could not be reached, or said that it cannot answer now.
    #[error("the transcription server cannot answer now: {reason}")]
    Unavailable {
        /// What went wrong, with no words of a customer.
        reason: String,
        /// How long to wait before the next attempt.
        retry_after: Duration,
    },
    /// The server refused this request: asking again will not help.
    #[error("the transcription server refused: {reason}")]
    Refused {
        /// What it said, with no words of a customer.
        reason: String,
    },
    /// The recording is not one that can be read.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The model files are damaged or are not a Whisper model.
    #[error("the speech model is unusable: {reason}")]
    BadModel {
        /// What is wrong with it.
        reason: String,
    },
    /// The recogniser itself failed.
    #[error("recognition failed: {reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
}

/// What the caller of a failed transcription should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Try again after this long.
    RetryAfter(Duration),
    /// Wait until [`crate::SpeechToText::ready`] says true; attempts before that are wasted.
    AwaitReady,
    /// Hand the recording to a person: no attempt will help.
    GiveUp,
}

impl SpeechError {
    const BUSY_RETRY: Duration = Duration::from_secs(5);
    const SLOW_RETRY: Duration = Duration::from_mins(1);

    /// What to do about this error.
    pub fn advice(&self) -> Advice {
        match self {
            Self::NotReady { .. } => Advice::AwaitReady,
            Self::Busy => Advice::RetryAfter(Self::BUSY_RETRY),
            Self::TooSlow { .. } => Advice::RetryAfter(Self::SLOW_RETRY),
            Self::Unavailable { retry_after, .. } => Advice::RetryAfter(*retry_after),
            Self::Refused { .. }
            | Self::Recording(_)
            | Self::BadModel { .. }
            | Self::Failed { .. } => Advice::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_to_do() {
        let wait = Duration::from_secs(7);
        let cases = [
            (SpeechError::NotReady { model: "whisper-base".into() }, Advice::AwaitReady),
            (SpeechError::Busy, Advice::RetryAfter(SpeechError::BUSY_RETRY)),
            (
                SpeechError::Unavailable { reason: "503".into(), retry_after: wait },
                Advice::RetryAfter(wait),
            ),
            (SpeechError::Refused { reason: "401".into() }, Advice::GiveUp),
            (SpeechError::Recording(RecordingError::NotWav), Advice::GiveUp),
        ];
        for (error, advice) in cases {
            assert_eq!(error.advice(), advice, "{error}");
        }
    }
}
