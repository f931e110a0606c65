use std::io;
use std::time::SystemTime;

use async_trait::async_trait;

use crate::{Language, Spoken, VoiceError};

/// Says a text.
#[async_trait]
pub trait TextToSpeech: Send + Sync {
    /// The text as audio for the telephone, at the level of the shipped prompts.
    ///
    /// `text` is at most [`crate::LONGEST_TEXT`] characters, written as it is spoken: numbers and
    /// times as words.
    async fn speak(&self, text: &str, language: Language) -> Result<Spoken, VoiceError>;

    /// Which voice a language is spoken by: two voices that sound different have different names.
    /// None when this language has no voice here.
    fn voice(&self, language: Language) -> Option<String>;

    /// The engine's name for reports.
    fn name(&self) -> String;

    /// Forgets every sentence that was made before `time`; with the present time all of them.
    /// Sentences may hold a customer's words. Blocks on the disk; answers how many went.
    fn forget_older_than(&self, _time: SystemTime) -> io::Result<usize> {
        // An engine by itself keeps nothing.
        Ok(0)
    }
}
