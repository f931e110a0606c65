//! A whole model, put together from its files.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::layers::BuildError;
use super::mel::Mel;
use super::vocabulary::{Token, Vocabulary};
use super::weights::Weights;
use crate::SpeechError;

const MAX_CONFIG: u64 = 1 << 20;
const MAX_VOCABULARY: u64 = 8 << 20;

/// Whisper, ready to listen.
pub(crate) struct Model {
    pub(crate) mel: Mel,
    pub(crate) encoder: Encoder,
    pub(crate) decoder: Decoder,
    pub(crate) vocabulary: Vocabulary,
    /// Tokens that are never said: signs of music, speaker names and the like.
    pub(crate) never: Vec<Token>,
    /// Tokens that never come first.
    pub(crate) never_first: Vec<Token>,
}

/// What is needed of `config.json`.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    suppress_ids: Vec<Token>,
    #[serde(default)]
    suppress_ids_begin: Vec<Token>,
}

impl Model {
    /// Reads a model's folder: `config.json`, `vocabulary.txt` and `model.bin`.
    pub(crate) fn open(folder: &Path) -> Result<Self, SpeechError> {
        let config: Config = serde_json::from_str(&read_text(folder, "config.json", MAX_CONFIG)?)
            .map_err(|error| bad("config.json", &error))?;
        let vocabulary = Vocabulary::read(&read_text(folder, "vocabulary.txt", MAX_VOCABULARY)?)
            .map_err(|error| bad("vocabulary.txt", &error))?;
        let file =
            File::open(folder.join("model.bin")).map_err(|error| bad("model.bin", &error))?;
        let length = file.metadata().map_err(|error| bad("model.bin", &error))?.len();
        let mut weights = Weights::read(BufReader::new(file), length)
            .map_err(|error| bad("model.bin", &error))?;
        Self::assemble(&mut weights, vocabulary, config).map_err(|error| bad("model.bin", &error))
    }

    fn assemble(
        weights: &mut Weights,
        vocabulary: Vocabulary,
        config: Config,
    ) -> Result<Self, BuildError> {
        let encoder = Encoder::take(weights)?;
        let decoder = Decoder::take(weights)?;
        if decoder.tokens() != vocabulary.len() || decoder.width() != encoder.width() {
            return Err(BuildError::Mismatch);
        }
        let known = |token: &Token| (*token as usize) < vocabulary.len();
        Ok(Self {
            mel: Mel::new(encoder.bands()),
            never: config.suppress_ids.into_iter().filter(known).collect(),
            never_first: config.suppress_ids_begin.into_iter().filter(known).collect(),
            encoder,
            decoder,
            vocabulary,
        })
    }
}

fn read_text(folder: &Path, name: &str, limit: u64) -> Result<String, SpeechError> {
    let file = File::open(folder.join(name)).map_err(|error| bad(name, &error))?;
    let mut text = String::new();
    file.take(limit).read_to_string(&mut text).map_err(|error| bad(name, &error))?;
    Ok(text)
}

fn bad(file: &str, error: &dyn std::fmt::Display) -> SpeechError {
    SpeechError::BadModel { reason: format!("{file}: {error}") }
}
