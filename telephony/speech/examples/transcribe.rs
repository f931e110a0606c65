//! Transcribes WAV files: `transcribe MODELS_FOLDER [ru|en] FILE.wav…`; gets the model first when
//! it is not there. Times go to stderr.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use mostik_speech::{
    FileTranscript, Language, LocalOptions, LocalWhisper, ModelStore, Recording, SpeechToText,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let store = ModelStore::new(arguments.next().ok_or("name the folder of models")?);
    let hint: Option<Language> = arguments.peek().and_then(|code| code.parse().ok());
    if hint.is_some() {
        arguments.next();
    }
    let options = LocalOptions::default();
    let began = Instant::now();
    store.get(&options.model, |progress| eprint!("\r{} of {} bytes", progress.received, progress.total)).await?;
    store.verify(&options.model)?;
    eprintln!("\nmodel verified after {:.2?}", began.elapsed());
    let recogniser = LocalWhisper::start(store, options)?;
    for file in arguments {
        let began = Instant::now();
        let recording = Recording::open(Path::new(&file))?;
        let transcript =
            recogniser.transcribe(&recording, hint.unwrap_or(Language::Russian)).await?;
        let line = serde_json::to_string(&FileTranscript::new(&file, &transcript))?;
        writeln!(std::io::stdout(), "{line}")?;
        eprintln!(
            "{:.2?} for {:.1} s, confidence {:.2}",
            began.elapsed(),
            recording.seconds(),
            transcript.confidence
        );
    }
    Ok(())
}
