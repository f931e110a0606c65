//! What `[speech]` says about the voice.

use std::time::Duration;

use super::{Config, WrongValue, one_of, wrong};

/// Who says what no recorded prompt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Nobody: recorded prompts only.
    Off,
    /// A server that speaks OpenAI's protocol.
    OpenAi,
    /// Programs of this machine.
    Program,
}

impl Config {
    /// The voice's engine, once its keys are checked.
    pub fn voice(&self) -> Result<Voice, WrongValue> {
        let section = &self.speech;
        if !(1..=30).contains(&section.voice_seconds) {
            let why = format!("{} is not from 1 to 30", section.voice_seconds);
            return Err(wrong("speech.voice_seconds")(why));
        }
        if !(1..=3_650).contains(&section.voice_days) {
            let why = format!("{} is not from 1 to 3650", section.voice_days);
            return Err(wrong("speech.voice_days")(why));
        }
        one_of("speech.voice_engine", &section.voice_engine, &["off", "openai", "program"])?;
        match section.voice_engine.as_str() {
            "openai" => self.voice_server().map(|()| Voice::OpenAi),
            "program" => self.voice_programs().map(|()| Voice::Program),
            _ => Ok(Voice::Off),
        }
    }

    /// How long a caller waits for a sentence.
    pub fn voice_patience(&self) -> Duration {
        Duration::from_secs(self.speech.voice_seconds)
    }

    fn voice_server(&self) -> Result<(), WrongValue> {
        let section = &self.speech;
        let url = &section.voice_url;
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
            let why = "the voice \"openai\" needs an address like \"https://api.openai.com/v1\"";
            return Err(wrong("speech.voice_url")(why.into()));
        }
        if section.voice_model.is_empty() {
            let why = "the voice \"openai\" needs a model";
            return Err(wrong("speech.voice_model")(why.into()));
        }
        if section.voice_name_ru.is_empty() && section.voice_name_en.is_empty() {
            let why = "the voice \"openai\" needs a voice's name for at least one language";
            return Err(wrong("speech.voice_name_ru")(why.into()));
        }
        Ok(())
    }

    fn voice_programs(&self) -> Result<(), WrongValue> {
        let lists = [
            ("speech.voice_program_ru", &self.speech.voice_program_ru),
            ("speech.voice_program_en", &self.speech.voice_program_en),
        ];
        if lists.iter().all(|(_, list)| list.is_empty()) {
            let why = "the voice \"program\" needs a program for at least one language";
            return Err(wrong("speech.voice_program_ru")(why.into()));
        }
        for (key, list) in lists {
            if list.first().is_some_and(|program| program.trim().is_empty()) {
                return Err(wrong(key)("the first entry is the program's name".into()));
            }
            if let Some(wrong_place) = list.iter().find_map(|argument| unknown_place(argument)) {
                let why =
                    format!("{{{wrong_place}}} is not one of {{text}}, {{out}}, {{language}}");
                return Err(wrong(key)(why));
            }
        }
        Ok(())
    }
}

/// A word in braces that stands for nothing.
fn unknown_place(argument: &str) -> Option<&str> {
    argument.split('{').skip(1).find_map(|after| {
        let (place, _) = after.split_once('}')?;
        let word = !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_lowercase());
        (word && !matches!(place, "text" | "out" | "language")).then_some(place)
    })
}
