use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use mostik_speech::{FileTranscript, Language, Recording, SpeechToText};

use super::Place;
use crate::{data_folder::DataFolder, wiring};

/// WAV files to words.
#[derive(Debug, Args)]
pub(super) struct Transcribe {
    /// WAV files, 8 or 16 kHz
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Transcribe {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        let data = DataFolder::open(&self.place.data)?;
        let Some(speech) = wiring::speech(&config, &data)? else {
            bail!("speech recognition is switched off (speech.engine)");
        };
        if !speech.ready() {
            bail!("{} is not here yet: mostik models get {}", speech.name(), config.speech.model);
        }
        let hint = wiring::spoken(config.language()?);
        let mut ended = ExitCode::SUCCESS;
        for file in &self.files {
            // One file that cannot be read must not cost the others.
            match written_down(&*speech, file, hint).await {
                Ok(line) => writeln!(std::io::stdout(), "{line}")?,
                Err(error) => {
                    eprintln!("mostik: {error:#}");
                    ended = ExitCode::FAILURE;
                }
            }
        }
        Ok(ended)
    }
}

/// What one file says, as a line of JSON.
async fn written_down(speech: &dyn SpeechToText, file: &Path, hint: Language) -> Result<String> {
    let name = file.display().to_string();
    let recording = Recording::open(file).with_context(|| name.clone())?;
    let transcript = speech.transcribe(&recording, hint).await.with_context(|| name.clone())?;
    Ok(serde_json::to_string(&FileTranscript::new(&name, &transcript))?)
}
