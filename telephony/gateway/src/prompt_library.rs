//! The prompts as audio: compiled in, replaceable by files.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use mostik_media::{Clip, WavError};

use crate::{Prompt, SpokenLanguage, Words};

/// A replacement may be this large: ten minutes of 16 bit audio.
const LARGEST_FILE: u64 = 10 * 1024 * 1024;
/// File systems tell times apart that are this far from each other.
const SETTLED: Duration = Duration::from_secs(2);

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

/// Clips by language and name.
type Clips = HashMap<(SpokenLanguage, Cow<'static, str>), Clip>;

/// Every prompt, decoded once. Cheap to clone; clones take up changes together.
#[derive(Debug, Clone)]
pub struct PromptLibrary {
    directory: Option<Arc<Path>>,
    shipped: Arc<Clips>,
    own: Arc<RwLock<Own>>,
}

/// What replaces prompts, as the directory was when it was last looked at.
#[derive(Debug, Default)]
struct Own {
    clips: Clips,
    seen: Option<Looks>,
}

/// When the directory and its folders last changed. Files appear in them by a rename, which
/// changes their folder.
type Looks = [Option<SystemTime>; 3];

impl PromptLibrary {
    /// Loads every prompt: from `directory` where it has a file of that name, else compiled in.
    /// Blocks.
    pub fn load(directory: Option<&Path>) -> Result<Self, PromptError> {
        let library = Self::shipped_for(directory)?;
        let seen = library.looks();
        let mut clips = Clips::new();
        for (key, file) in keys_and_files() {
            if let Some(clip) =
                directory.and_then(|folder| replacement(folder, &file)).transpose()?
            {
                clips.insert(key, clip);
            }
        }
        *library.written() = Own { clips, seen };
        Ok(library)
    }

    /// The same, but a file that cannot be played leaves the prompt that ships in its place, with a
    /// warning: the line goes on. The directory may come into being later. Blocks.
    pub fn open(directory: Option<&Path>) -> Result<Self, PromptError> {
        let library = Self::shipped_for(directory)?;
        library.reload();
        Ok(library)
    }

    fn shipped_for(directory: Option<&Path>) -> Result<Self, PromptError> {
        let mut shipped = Clips::new();
        for (key, file) in keys_and_files() {
            shipped.insert(key, compiled_in(&file)?);
        }
        Ok(Self {
            directory: directory.map(Arc::from),
            shipped: Arc::new(shipped),
            own: Arc::default(),
        })
    }

    /// The audio of a prompt.
    pub fn clip(&self, prompt: Prompt) -> Option<Clip> {
        let key = (prompt.language, prompt.words.file_stem());
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.clips.get(&key).or_else(|| self.shipped.get(&key)).cloned()
    }

    /// Takes up what has changed in the directory. Costs a look at three folders when nothing has.
    pub(crate) async fn refresh(&self) {
        if self.directory.is_none() {
            return;
        }
        let library = self.clone();
        let refreshed = tokio::task::spawn_blocking(move || {
            if library.has_changed() {
                library.reload();
            }
        });
        if refreshed.await.is_err() {
            tracing::error!("the prompts could not be read anew");
        }
    }

    fn has_changed(&self) -> bool {
        let now = self.looks();
        now.is_none() || now != self.own.read().unwrap_or_else(PoisonError::into_inner).seen
    }

    /// Reads what replaces prompts; what cannot be played leaves the one before. Blocks.
    fn reload(&self) {
        let Some(directory) = &self.directory else { return };
        // Looked at before reading: what changes meanwhile is noticed the next time.
        let seen = self.looks();
        let mut clips = Clips::new();
        for (key, file) in keys_and_files() {
            match replacement(directory, &file).transpose() {
                Ok(Some(clip)) => {
                    clips.insert(key, clip);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "the prompt before stays");
                    let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
                    if let Some(before) = own.clips.get(&key).cloned() {
                        clips.insert(key, before);
                    }
                }
            }
        }
        *self.written() = Own { clips, seen };
    }

    fn written(&self) -> RwLockWriteGuard<'_, Own> {
        self.own.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when a folder changed so lately that its next change may bear the same time.
    fn looks(&self) -> Option<Looks> {
        let directory = self.directory.as_deref()?;
        let folders = [directory.into(), directory.join("ru"), directory.join("en")];
        let looks: Looks = folders.map(|folder| std::fs::metadata(folder).ok()?.modified().ok());
        let settled = |at: &SystemTime| at.elapsed().is_ok_and(|ago| ago > SETTLED);
        looks.iter().flatten().all(settled).then_some(looks)
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

/// Every clip of the library, and its file.
fn keys_and_files() -> impl Iterator<Item = ((SpokenLanguage, Cow<'static, str>), PathBuf)> {
    SpokenLanguage::ALL.into_iter().flat_map(|language| {
        PromptLibrary::spoken()
            .chain([Words::Tone, Words::Music])
            .map(move |words| ((language, words.file_stem()), file_of(language, words)))
    })
}

/// What stands in the place of a prompt, if anything does.
fn replacement(directory: &Path, file: &Path) -> Option<Result<Clip, PromptError>> {
    let path = directory.join(file);
    let mut content = Vec::new();
    let read = std::fs::File::open(&path)
        .and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut content));
    match read {
        Ok(_) => Some(Clip::from_wav(&content).map_err(|why| PromptError::Unplayable(path, why))),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(Err(PromptError::Unreadable(path, error))),
    }
}

fn compiled_in(file: &Path) -> Result<Clip, PromptError> {
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

    #[tokio::test]
    async fn changes_are_heard_and_damage_is_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let prompts = directory.path().join("prompts");
        let library = PromptLibrary::open(Some(&prompts)).expect("the folder may come later");
        let line = library.clone();
        let welcome = Prompt { language: SpokenLanguage::English, words: Words::Welcome };
        let shipped = line.clip(welcome).expect("there");
        let file = prompts.join("en/welcome.wav");
        let put = |content: &[u8]| {
            let whole = prompts.join("en/welcome.part");
            std::fs::create_dir_all(prompts.join("en")).expect("made");
            std::fs::write(&whole, content).expect("written");
            std::fs::rename(whole, &file).expect("renamed");
        };
        let tone = include_bytes!("../prompts/tone.wav");
        put(tone);
        library.refresh().await;
        assert_eq!(line.clip(welcome), Clip::from_wav(tone).ok());
        put(b"no audio");
        library.refresh().await;
        assert_eq!(line.clip(welcome), Clip::from_wav(tone).ok(), "the one before stays");
        let restarted = PromptLibrary::open(Some(&prompts)).expect("the line is up");
        assert_eq!(restarted.clip(welcome), Some(shipped.clone()));
        std::fs::remove_file(&file).expect("removed");
        library.refresh().await;
        assert_eq!(line.clip(welcome), Some(shipped));
    }

    #[test]
    fn folders_that_have_not_changed_are_not_read_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let library = PromptLibrary::open(Some(directory.path())).expect("loaded");
        assert!(library.has_changed(), "it changed a moment ago, and may have since");
        let settle = |path: &Path| {
            let long_ago = SystemTime::now() - Duration::from_hours(1);
            let folder = std::fs::File::open(path).expect("there");
            folder.set_modified(long_ago).expect("its owner's");
        };
        settle(directory.path());
        library.reload();
        assert!(!library.has_changed());
        std::fs::create_dir(directory.path().join("ru")).expect("made");
        assert!(library.has_changed());
    }
}
