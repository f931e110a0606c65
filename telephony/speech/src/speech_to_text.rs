//! The one trait that the rest of the product sees.

use async_trait::async_trait;

use crate::{Language, Recording, SpeechError, Transcript};

/// Turns recordings into words.
#[async_trait]
pub trait SpeechToText: Send + Sync {
    /// Transcribes a recording; `hint` is the language of the line it came by, and decides when
    /// the speech itself leaves doubt.
    async fn transcribe(
        &self,
        recording: &Recording,
        hint: Language,
    ) -> Result<Transcript, SpeechError>;

    /// The recogniser and its model, for the record of who decided: `whisper-base (local)`.
    fn name(&self) -> String;

    /// Whether [`Self::transcribe`] can be expected to work now. Cheap: safe to ask often.
    fn ready(&self) -> bool;
}
