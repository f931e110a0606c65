//! Transcribes WAV files: `transcribe MODELS_FOLDER [ru|en] FILE.wav…`; gets the model first when
//! it is not there. With `http://…/v1` in place of the folder an OpenAI-compatible server is asked.
//! Times go to stderr. `BEAM` and `THREADS` change the search.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use mostik_speech::{
    FileTranscript, Language, LocalOptions, LocalWhisper, ModelStore, OpenAiOptions,
    OpenAiTranscription, Progress, Recording, SpeechToText,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let place = arguments.next().ok_or("name the folder of models, or a server")?;
    let hint: Option<Language> = arguments.peek().and_then(|code| code.parse().ok());
    if hint.is_some() {
        arguments.next();
    }
    let recogniser = recogniser(&place).await?;
    eprintln!("{}", recogniser.name());
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

async fn recogniser(place: &str) -> Result<Box<dyn SpeechToText>, Box<dyn std::error::Error>> {
    if place.starts_with("http") {
        return Ok(Box::new(OpenAiTranscription::new(OpenAiOptions {
            base_url: place.into(),
            key: None,
            model: "whisper-1".into(),
            time_limit: Duration::from_mins(2),
        })?));
    }
    let mut options = LocalOptions::default();
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse().ok());
    options.beam = number("BEAM").unwrap_or(options.beam);
    options.threads = number("THREADS").unwrap_or(options.threads);
    let store = ModelStore::new(place);
    let report = |progress: Progress| eprint!("\r{} of {}", progress.received, progress.total);
    store.get(&options.model, report).await?;
    store.verify(&options.model)?;
    Ok(Box::new(LocalWhisper::start(store, options)?))
}
