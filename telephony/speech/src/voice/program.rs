//! Speech by any program of this machine: the text goes to its standard input, a WAV file comes back.

mod child;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::openai::shaped;
use super::text::sayable;
use crate::{Language, Spoken, TextToSpeech, VoiceError};
use child::Child;

/// Which program speaks which language.
#[derive(Clone, Debug)]
pub struct ProgramOptions {
    /// The program and its arguments for each language; no shell reads them. `{language}` becomes
    /// `ru` or `en`, `{out}` the file to write; without `{out}` the audio is read from its output.
    /// The text is its standard input, and a file, too, when `{text}` asks for its name.
    /// A language with an empty list is not spoken.
    pub programs: Vec<(Language, Vec<String>)>,
    /// How long one text may take; then the program and all it started are killed.
    pub time_limit: Duration,
    /// How many run at once; others wait, within their time limit.
    pub at_once: usize,
}

impl Default for ProgramOptions {
    fn default() -> Self {
        Self { programs: Vec::new(), time_limit: Duration::from_secs(10), at_once: 2 }
    }
}

/// A voice that is a program.
pub struct SpeechProgram {
    programs: Vec<(Language, Vec<String>)>,
    time_limit: Duration,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl SpeechProgram {
    /// So many may run or wait to run; more are turned away at once.
    const PLACES: usize = 32;

    /// Nothing is started yet.
    pub fn new(options: ProgramOptions) -> Self {
        let ProgramOptions { programs, time_limit, at_once } = options;
        let turns = Arc::new(Semaphore::new(at_once.clamp(1, Self::PLACES)));
        let places = Arc::new(Semaphore::new(Self::PLACES));
        Self { programs, time_limit, turns, places }
    }

    fn arguments(&self, language: Language) -> Option<&[String]> {
        let found = self.programs.iter().find(|(of, list)| *of == language && !list.is_empty());
        found.map(|(_, list)| list.as_slice())
    }

    async fn run(
        &self,
        arguments: &[String],
        language: Language,
        line: &str,
    ) -> Result<Spoken, VoiceError> {
        let _turn = self.turns.acquire().await.map_err(|_| VoiceError::Busy)?;
        let file = Child::start(arguments, language, line)?.audio_of(line).await?;
        shaped(file).await
    }
}

#[async_trait]
impl TextToSpeech for SpeechProgram {
    async fn speak(&self, text: &str, language: Language) -> Result<Spoken, VoiceError> {
        let arguments = self.arguments(language).ok_or(VoiceError::NoVoice(language))?;
        let line = sayable(text)?;
        let _place = self.places.try_acquire().map_err(|_| VoiceError::Busy)?;
        tokio::time::timeout(self.time_limit, self.run(arguments, language, &line))
            .await
            .unwrap_or(Err(VoiceError::TooSlow { limit: self.time_limit }))
    }

    fn voice(&self, language: Language) -> Option<String> {
        self.arguments(language).map(|arguments| format!("program/{}", arguments.join("\u{0}")))
    }

    fn name(&self) -> String {
        let mut names: Vec<_> = self
            .programs
            .iter()
            .filter_map(|(_, list)| Path::new(list.first()?).file_name()?.to_str())
            .collect();
        names.dedup();
        format!("{} (program)", names.join(", "))
    }
}

#[cfg(all(test, unix))]
mod tests;
