//! Why a text was not spoken, and what to do about it.

use std::time::Duration;

use crate::{Advice, LONGEST_TEXT, Language};

/// Why there is no audio. Never says a word of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// Neither a letter nor a digit in it.
    #[error("the text has nothing that can be said")]
    NothingToSay,
    /// Longer than [`LONGEST_TEXT`].
    #[error("the text is longer than {LONGEST_TEXT} characters")]
    TooLong,
    /// This language has no voice here.
    #[error("no voice is configured for the language {0}")]
    NoVoice(Language),
    /// Too many texts wait to be spoken.
    #[error("the voice is busy")]
    Busy,
    /// The engine did not finish within its time limit.
    #[error("the text was not spoken within {} s", limit.as_secs_f32())]
    TooSlow {
        /// The time limit.
        limit: Duration,
    },
    /// A server could not be reached, or said that it cannot answer now.
    #[error("the voice server cannot answer now: {reason}")]
    Unavailable {
        /// What went wrong.
        reason: String,
        /// How long to wait before the next attempt.
        retry_after: Duration,
    },
    /// The server refused this request: asking again will not help.
    #[error("the voice server refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// What came is no audio that can be played.
    #[error("the voice gave no usable audio: {reason}")]
    BadAudio {
        /// What is wrong with it.
        reason: String,
    },
    /// The engine itself failed, or cannot be started.
    #[error("the voice failed: {reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
}

impl VoiceError {
    const BUSY_RETRY: Duration = Duration::from_secs(5);
    const SLOW_RETRY: Duration = Duration::from_mins(1);

    /// What to do about this error; a live call goes on with a shipped prompt whatever it is.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Busy => Advice::RetryAfter(Self::BUSY_RETRY),
            Self::TooSlow { .. } => Advice::RetryAfter(Self::SLOW_RETRY),
            Self::Unavailable { retry_after, .. } => Advice::RetryAfter(*retry_after),
            Self::NothingToSay
            | Self::TooLong
            | Self::NoVoice(_)
            | Self::Refused { .. }
            | Self::BadAudio { .. }
            | Self::Failed { .. } => Advice::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_tried_again_and_what_stays_is_given_up() {
        let wait = Duration::from_secs(7);
        let reason = String::new;
        let cases = [
            (VoiceError::Busy, Advice::RetryAfter(VoiceError::BUSY_RETRY)),
            (VoiceError::TooSlow { limit: wait }, Advice::RetryAfter(VoiceError::SLOW_RETRY)),
            (
                VoiceError::Unavailable { reason: reason(), retry_after: wait },
                Advice::RetryAfter(wait),
            ),
            (VoiceError::Refused { reason: reason() }, Advice::GiveUp),
            (VoiceError::TooLong, Advice::GiveUp),
            (VoiceError::NoVoice(Language::English), Advice::GiveUp),
        ];
        for (error, advice) in cases {
            assert_eq!(error.advice(), advice, "{error}");
        }
    }
}
