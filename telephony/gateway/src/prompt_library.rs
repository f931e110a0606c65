//! The prompts as audio: compiled in, replaceable by files.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// Every prompt, decoded once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PromptLibrary {
    clips: Arc<HashMap<(SpokenLanguage, Cow<'static, str>), Clip>>,
}

impl PromptLibrary {
    /// Loads every prompt: from `directory` where it has a file of that name, else compiled in.
    /// Blocks.
    pub fn load(directory: Option<&Path>) -> Result<Self, PromptError> {
        let mut clips = HashMap::new();
        for language in SpokenLanguage::ALL {
            for words in Self::spoken().chain([Words::Tone, Words::Music]) {
                let clip = load(directory, &file_of(language, words))?;
                clips.insert((language, words.file_stem()), clip);
            }
        }
        Ok(Self { clips: Arc::new(clips) })
    }

    /// The audio of a prompt.
    pub fn clip(&self, prompt: Prompt) -> Option<Clip> {
        self.clips.get(&(prompt.language, prompt.words.file_stem())).cloned()
    }

    /// Every prompt that is spoken, in the order of a call.
    pub fn spoken() -> impl Iterator<Item = Words> {
        SPOKEN.iter().copied().map(Words::Named)
    }
}

/// Tone and music sound the same in every language.
fn file_of(language: SpokenLanguage, words: Words) -> PathBuf {
    let name = format!("{}.wav", words.file_stem());
    match words {
        Words::Tone | Words::Music => name.into(),
        _ => Path::new(language.code()).join(name),
    }
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

/// Every prompt by its name, in each language, and the sounds that are the same in all.
macro_rules! compiled_in {
    ($($name:literal)+) => {
        /// The names of all prompts that are spoken.
        static SPOKEN: &[&str] = &[$($name),+];
        static COMPILED_IN: &[(&str, &[u8])] = &[
            ("tone.wav", include_bytes!("../prompts/tone.wav")),
            ("music.wav", include_bytes!("../prompts/music.wav")),
            $(
                (concat!("ru/", $name, ".wav"), include_bytes!(concat!("../prompts/ru/", $name, ".wav"))),
                (concat!("en/", $name, ".wav"), include_bytes!(concat!("../prompts/en/", $name, ".wav"))),
            )+
        ];
    };
}

compiled_in! {
    "welcome"
    "language_hint"
    "within_10"
    "within_15"
    "within_20"
    "within_30"
    "within_45"
    "within_60"
    "within_120"
    "within_240"
    "next_working_day"
    "after_the_tone"
    "nothing_heard"
    "goodbye_unheard"
    "thanks"
    "call_back"
    "hidden_number"
    "sorry"
    "closed"
    "outage"
    "menu"
    "zero"
    "last_pricing"
    "last_design"
    "last_copy"
    "last_delivery"
    "last_other"
    "state_looking"
    "state_with_team"
    "state_accepted"
    "state_being_fixed"
    "state_fixed"
    "state_declined"
    "understood_pricing"
    "understood_design"
    "understood_copy"
    "understood_delivery"
    "understood_other"
    "is_it_pricing"
    "is_it_design"
    "is_it_copy"
    "is_it_delivery"
    "is_it_other"
    "right_or_not"
    "which_cause"
    "noted"
    "say_again"
    "connecting"
    "ahead_0"
    "ahead_1"
    "ahead_2"
    "ahead_3"
    "ahead_4"
    "ahead_5"
    "ahead_6"
    "ahead_7"
    "ahead_8"
    "ahead_9"
    "ahead_10"
    "ahead_many"
    "wait_1"
    "wait_2"
    "wait_3"
    "wait_5"
    "wait_10"
    "wait_15"
    "wait_20"
    "wait_30"
    "wait_long"
    "offer_call_back"
    "offer_message"
    "place_kept"
    "nobody_closed"
    "nobody_away"
    "nobody_free"
    "call_is_lost"
    "handing_on"
    "goodbye"
    "accept_call"
    "no_colleague"
    "no_more_hand_ons"
    "we_call_back"
    "your_turn"
    "about_pricing"
    "about_design"
    "about_copy"
    "about_delivery"
    "about_other"
    "news_received"
    "news_accepted"
    "news_fixed"
    "news_declined"
    "news_delayed"
    "news_follow_up"
    "news_thanked"
    "did_we_solve_it"
    "glad"
    "what_is_wrong"
    "tell_us_more"
    "goes_on"
    "no_answer_taken"
    "mailbox"
    "mailbox_fixed"
    "studio_pin"
    "studio_wrong_pin"
    "studio_choose"
    "studio_unknown"
    "studio_now"
    "studio_what_now"
    "studio_speak"
    "studio_keep"
    "studio_kept"
    "studio_restored"
}

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
            for words in Words::fixed().chain(PromptLibrary::spoken()) {
                let clip = library.clip(Prompt { language, words }).expect("loaded");
                assert!((0.3..17.0).contains(&clip.seconds()), "{language:?} {words:?} {clip:?}");
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
        told.extend(["tone.wav".into(), "music.wav".into()]);
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
