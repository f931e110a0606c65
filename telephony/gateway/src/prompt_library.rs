//! The prompts as audio: compiled in, replaceable by files.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use mostik_media::{Clip, WavError};

use crate::{Prompt, SpokenLanguage, Words};

/// A replacement may be this large: ten minutes of 16 bit audio.
const LARGEST_FILE: u64 = 10 * 1024 * 1024;

/// Why the prompts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// A replacement cannot be read.
    #[error("the prompt {0} cannot be read: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A replacement is not audio we can play.
    #[error("the prompt {0} cannot be played: {1}")]
    Unplayable(PathBuf, #[source] WavError),
    /// A prompt is in neither place.
    #[error("there is no prompt {0}")]
    Missing(PathBuf),
}

/// Every prompt, decoded once.
#[derive(Debug, Clone)]
pub struct PromptLibrary {
    clips: HashMap<Prompt, Clip>,
}

impl PromptLibrary {
    /// Loads every prompt: from `directory` where it has a file of that name, else compiled in.
    /// Blocks.
    pub fn load(directory: Option<&Path>) -> Result<Self, PromptError> {
        let mut clips = HashMap::new();
        for language in SpokenLanguage::ALL {
            for words in Words::all() {
                let clip = load(directory, &file_of(language, words))?;
                clips.insert(Prompt { language, words }, clip);
            }
        }
        Ok(Self { clips })
    }

    /// The audio of a prompt.
    pub fn clip(&self, prompt: Prompt) -> Option<Clip> {
        self.clips.get(&prompt).cloned()
    }
}

/// The tone sounds the same in every language.
fn file_of(language: SpokenLanguage, words: Words) -> PathBuf {
    let name = format!("{}.wav", words.file_stem());
    if words == Words::Tone { name.into() } else { Path::new(language.code()).join(name) }
}

fn load(directory: Option<&Path>, file: &Path) -> Result<Clip, PromptError> {
    if let Some(path) = directory.map(|directory| directory.join(file)).filter(|path| path.exists())
    {
        let mut content = Vec::new();
        std::fs::File::open(&path)
            .and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut content))
            .map_err(|error| PromptError::Unreadable(path.clone(), error))?;
        return Clip::from_wav(&content).map_err(|error| PromptError::Unplayable(path, error));
    }
    let compiled_in = COMPILED_IN.iter().find(|(name, _)| Path::new(name) == file);
    let (_, content) = compiled_in.ok_or_else(|| PromptError::Missing(file.into()))?;
    Clip::from_wav(content).map_err(|error| PromptError::Unplayable(file.into(), error))
}

macro_rules! compiled_in {
    ($($name:literal)+) => {
        &[$(($name, include_bytes!(concat!("../prompts/", $name)))),+]
    };
}

static COMPILED_IN: &[(&str, &[u8])] = compiled_in! {
    "tone.wav"
    "ru/welcome.wav"
    "ru/language_hint.wav"
    "ru/within_10.wav"
    "ru/within_15.wav"
    "ru/within_20.wav"
    "ru/within_30.wav"
    "ru/within_45.wav"
    "ru/within_60.wav"
    "ru/within_120.wav"
    "ru/within_240.wav"
    "ru/next_working_day.wav"
    "ru/after_the_tone.wav"
    "ru/nothing_heard.wav"
    "ru/goodbye_unheard.wav"
    "ru/thanks.wav"
    "ru/call_back.wav"
    "ru/hidden_number.wav"
    "ru/sorry.wav"
    "en/welcome.wav"
    "en/language_hint.wav"
    "en/within_10.wav"
    "en/within_15.wav"
    "en/within_20.wav"
    "en/within_30.wav"
    "en/within_45.wav"
    "en/within_60.wav"
    "en/within_120.wav"
    "en/within_240.wav"
    "en/next_working_day.wav"
    "en/after_the_tone.wav"
    "en/nothing_heard.wav"
    "en/goodbye_unheard.wav"
    "en/thanks.wav"
    "en/call_back.wav"
    "en/hidden_number.wav"
    "en/sorry.wav"
};

#[cfg(test)]
mod tests {
    use super::*;

    fn rms_dbfs(clip: &Clip) -> f64 {
        let sum: f64 = clip.samples().iter().map(|sample| f64::from(*sample).powi(2)).sum();
        let count = u32::try_from(clip.samples().len()).expect("short");
        10.0 * (sum / f64::from(count) / f64::from(i16::MAX).powi(2)).log10()
    }

    #[test]
    fn every_prompt_is_there_audible_and_short() {
        let library = PromptLibrary::load(None).expect("all compiled in");
        for language in SpokenLanguage::ALL {
            for words in Words::all() {
                let clip = library.clip(Prompt { language, words }).expect("loaded");
                assert!((0.3..12.0).contains(&clip.seconds()), "{language:?} {words:?} {clip:?}");
                let level = rms_dbfs(&clip);
                assert!((-24.0..-16.0).contains(&level), "{language:?} {words:?} {level}");
            }
        }
    }

    #[test]
    fn every_text_has_its_audio_and_the_other_way_round() {
        let texts = include_str!("../prompts/texts.tsv");
        let mut told: Vec<String> = texts
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                let mut fields = line.split('\t');
                let mut next = || fields.next().expect("three fields");
                format!("{}/{}.wav", next(), next())
            })
            .collect();
        told.push("tone.wav".into());
        let mut compiled: Vec<&str> = COMPILED_IN.iter().map(|(name, _)| *name).collect();
        told.sort();
        compiled.sort_unstable();
        assert_eq!(told, compiled);
    }

    #[test]
    fn a_file_of_the_same_name_replaces_a_prompt_and_a_bad_one_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let english = directory.path().join("en");
        std::fs::create_dir(&english).expect("created");
        let tone = include_bytes!("../prompts/tone.wav");
        std::fs::write(english.join("welcome.wav"), tone).expect("written");
        let library = PromptLibrary::load(Some(directory.path())).expect("replaced");
        let welcome = Prompt { language: SpokenLanguage::English, words: Words::Welcome };
        assert_eq!(library.clip(welcome), Clip::from_wav(tone).ok());
        std::fs::write(english.join("welcome.wav"), "no audio").expect("written");
        let error = PromptLibrary::load(Some(directory.path())).expect_err("unplayable");
        assert!(error.to_string().contains("welcome.wav"), "{error}");
    }
}
