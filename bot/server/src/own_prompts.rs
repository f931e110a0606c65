//! The company's own recordings in place of the prompts that ship.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use mostik_gateway::{PromptLibrary, PromptText};
use mostik_media::Clip;
use mostik_speech::{Recording, Spoken};

use crate::data_folder::DataFolder;

/// What is the same in every language and has no words.
const SOUNDS: [&str; 2] = ["tone", "music"];
/// Shorter is an accident, in seconds.
const SHORTEST: f64 = 0.1;
/// The gateway reads no more of a replacement.
const LARGEST_FILE: usize = 10 << 20;

/// A prompt that can be replaced.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Replaceable {
    /// One with words.
    Text(&'static PromptText),
    /// The tone or the music.
    Sound(&'static str),
}

impl Replaceable {
    /// Finds one by `ru/welcome`, by its number, or `tone` and `music`.
    pub(crate) fn find(name: &str) -> Result<Self> {
        if let Some(sound) = SOUNDS.into_iter().find(|sound| *sound == name) {
            return Ok(Self::Sound(sound));
        }
        let by_number = || PromptLibrary::text_by_number(name.parse().ok()?);
        let by_name = || {
            let (language, name) = name.split_once('/')?;
            PromptLibrary::texts()
                .iter()
                .find(|text| text.language.code() == language && text.name == name)
        };
        let Some(text) = by_name().or_else(by_number) else {
            bail!("there is no prompt {name:?}; `mostik prompts` lists them (ru/welcome or 101)");
        };
        Ok(Self::Text(text))
    }

    /// Its file within the folder of replacements.
    pub(crate) fn file(self) -> PathBuf {
        match self {
            Self::Text(text) => text.file(),
            Self::Sound(name) => PathBuf::from(format!("{name}.wav")),
        }
    }

    /// `ru/welcome`.
    pub(crate) fn name(self) -> String {
        self.file().with_extension("").display().to_string()
    }
}

/// The folder of replacements.
#[derive(Debug, Clone)]
pub(crate) struct OwnPrompts(PathBuf);

impl OwnPrompts {
    /// The folder `prompts` of the data folder; made when something is put there.
    pub(crate) fn of(data: &DataFolder) -> Self {
        Self(data.join("prompts"))
    }

    /// The folder, when there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.0.is_dir().then_some(&self.0)
    }

    /// Whether a recording stands in this prompt's place.
    pub(crate) fn replaces(&self, prompt: Replaceable) -> bool {
        self.0.join(prompt.file()).exists()
    }

    /// Puts the content of a WAV file in the prompt's place: as it is where a line can play it, else
    /// brought to the telephone's rate. Answers its length in seconds.
    pub(crate) fn install(&self, prompt: Replaceable, content: Vec<u8>) -> Result<f64> {
        let content = playable(content)?;
        let seconds = Clip::from_wav(&content)?.seconds();
        ensure!(seconds >= SHORTEST, "the recording is empty or shorter than {SHORTEST} s");
        ensure!(content.len() <= LARGEST_FILE, "a prompt must not be larger than 10 MiB");
        let path = self.0.join(prompt.file());
        self.write(&path, &content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(seconds)
    }

    /// Goes back to what ships; false when nothing was replaced.
    pub(crate) fn remove(&self, prompt: Replaceable) -> Result<bool> {
        let path = self.0.join(prompt.file());
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("cannot remove {}", path.display())),
        }
    }

    /// The file appears whole, by one rename.
    fn write(&self, path: &Path, content: &[u8]) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(&self.0);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let unfinished = path.with_extension(format!("{}.part", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(content)?;
                file.sync_all()?;
                fs::rename(&unfinished, path)
            });
        if written.is_err() {
            // What could be written stays behind otherwise.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }
}

/// Reads a WAV file, never more of it than a recording may have.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    let most = u64::try_from(Recording::MAX_BYTES)?;
    let mut content = Vec::new();
    fs::File::open(file)
        .and_then(|file| file.take(most + 1).read_to_end(&mut content))
        .with_context(|| format!("cannot read {}", file.display()))?;
    Ok(content)
}

fn playable(content: Vec<u8>) -> Result<Vec<u8>> {
    if Clip::from_wav(&content).is_ok() {
        return Ok(content);
    }
    let recording = Recording::from_wav(content)?;
    Ok(Spoken::from_recording(&recording).to_wav())
}

#[cfg(test)]
mod tests {
    use mostik_gateway::{Prompt, SpokenLanguage, Words};

    use super::*;

    fn wav(rate: u32, bits: u16, seconds: u32) -> Vec<u8> {
        let bytes = u32::from(bits / 8);
        let length = rate * seconds * bytes;
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        file.extend(rate.to_le_bytes());
        file.extend((rate * bytes).to_le_bytes());
        file.extend(u16::to_le_bytes(bits / 8));
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(length.to_le_bytes());
        file.extend((0..length).map(|at| if at / 400 % 2 == 0 { 8 } else { 240 }));
        file
    }

    fn own() -> (tempfile::TempDir, OwnPrompts) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path()).expect("made");
        (folder, OwnPrompts::of(&data))
    }

    #[test]
    fn recordings_of_many_kinds_replace_a_prompt_until_they_are_removed() {
        let (_folder, own) = own();
        let prompt = Replaceable::find("en/thanks").expect("known");
        assert!(own.folder().is_none() && !own.replaces(prompt));
        for (rate, bits) in [(8_000, 16), (16_000, 16), (44_100, 24), (48_000, 32), (8_000, 8)] {
            let seconds = own.install(prompt, wav(rate, bits, 2)).expect("installed");
            assert!((seconds - 2.0).abs() < 0.01, "{rate} {bits}: {seconds}");
            let library = PromptLibrary::load(own.folder()).expect("playable");
            let heard = library
                .clip(Prompt { language: SpokenLanguage::English, words: Words::Named("thanks") });
            assert!((heard.expect("there").seconds() - 2.0).abs() < 0.01);
        }
        assert!(own.replaces(prompt));
        let files = fs::read_dir(own.0.join("en")).expect("a folder").count();
        assert_eq!(files, 1, "nothing unfinished is left");
        assert!(own.remove(prompt).expect("removed"));
        assert!(!own.remove(prompt).expect("gone"));
    }

    #[test]
    fn what_cannot_be_played_changes_nothing() {
        let (_folder, own) = own();
        let prompt = Replaceable::find("tone").expect("known");
        own.install(prompt, wav(8_000, 16, 1)).expect("installed");
        let before = fs::read(own.0.join("tone.wav")).expect("there");
        for (content, why) in [
            (b"no audio".to_vec(), "not a WAV"),
            (wav(8_000, 16, 0), "shorter"),
            (wav(96_000, 16, 1), "96000"),
            (wav(16_000, 16, 601), "ten minutes"),
        ] {
            let error = own.install(prompt, content).expect_err(why);
            assert!(format!("{error:#}").contains(why), "{why}: {error:#}");
            assert_eq!(fs::read(own.0.join("tone.wav")).expect("there"), before);
        }
    }

    #[test]
    fn prompts_are_found_by_name_and_number_only() {
        for (name, found) in [
            ("ru/welcome", "ru/welcome"),
            ("101", "ru/welcome"),
            ("501", "en/welcome"),
            ("music", "music"),
        ] {
            assert_eq!(Replaceable::find(name).expect(name).name(), found);
        }
        for name in ["", "welcome", "de/welcome", "ru/../../etc", "ru/", "999", "-1", "tone.wav"] {
            assert!(Replaceable::find(name).is_err(), "{name}");
        }
    }
}
