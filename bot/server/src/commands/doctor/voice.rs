//! Whether the voice speaks, and how soon.

use std::time::Instant;

use mostik_domain::Language;
use mostik_speech::TextToSpeech;

use super::{Failure, Finding, Fine, Report, Warning};
use crate::{config::Config, wiring};

/// Has a sentence spoken in each language that has a voice; nothing is kept.
pub(super) async fn examine(config: &Config, report: &mut Report) {
    match wiring::voice_engine(config) {
        Ok(None) => report.add("voice", Fine("off; the line says its recorded prompts".into())),
        Ok(Some(voice)) => {
            for language in Language::ALL {
                let finding = spoken(config, voice.as_ref(), language).await;
                report.add(&format!("voice {}", language.code()), finding);
            }
        }
        Err(error) => report.add("voice", Failure(format!("{error:#}"))),
    }
}

async fn spoken(config: &Config, voice: &dyn TextToSpeech, language: Language) -> Finding {
    let language_of_voice = wiring::spoken(language);
    if voice.voice(language_of_voice).is_none() {
        return Fine("not configured; the line says its recorded prompts".into());
    }
    let text = match language {
        Language::Russian => "Мы перезвоним вам через полчаса.",
        Language::English => "We will call you back in half an hour.",
    };
    let began = Instant::now();
    let took = match voice.speak(text, language_of_voice).await {
        Ok(_) => began.elapsed(),
        Err(error) => {
            return Failure(format!("{}: {error}; try what [speech] names by hand", voice.name()));
        }
    };
    let said = format!("{} spoke a sentence in {:.1} s", voice.name(), took.as_secs_f32());
    if took <= config.voice_patience() {
        return Fine(said);
    }
    Warning(format!(
        "{said}, longer than a caller waits (speech.voice_seconds): she hears a recorded prompt \
         instead, unless the sentence was spoken before"
    ))
}
