use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use mostik_speech::{FileTranscript, Recording};

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
        for file in &self.files {
            let name = file.display().to_string();
            let recording = Recording::open(file).with_context(|| name.clone())?;
            let transcript =
                speech.transcribe(&recording, hint).await.with_context(|| name.clone())?;
            let line = serde_json::to_string(&FileTranscript::new(&name, &transcript))?;
            writeln!(std::io::stdout(), "{line}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
