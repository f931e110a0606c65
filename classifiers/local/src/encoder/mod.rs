//! A small neural network that knows what words mean in two languages:
//! distilled from a sentence encoder and trained further on our own lines by
//! `encoder/` beside this crate's sources. Its weights are compiled in.

mod file;
mod kept;
mod known_words;
mod network;
mod pieces;
mod rows;
mod windows;

use std::sync::LazyLock;

use mostik_text::{cut_at, push_lower};

use file::Bytes;
pub use file::InvalidEncoder;
use known_words::KnownWords;
use network::Network;
use pieces::{Pieces, UNKNOWN};
use windows::Windows;

const MAGIC: &[u8; 8] = b"mostik-e";
/// The beginning of the SHA-256 of what follows, to tell encoders apart.
const DIGEST_BYTES: usize = 8;
const COMPILED_IN: &[u8] = include_bytes!("../../models/encoder.bin");

/// Longer messages say what is wrong in their first pages.
const BYTES_READ: usize = 12_000;
/// As the network has been trained.
const PIECES_READ: usize = 512;
const MOST_PIECES: usize = 200_000;
/// A sentence without an end is taken to end after so many words.
const SENTENCE_WORDS: usize = 24;
/// Shorter sentences say too little alone.
const LEAST_SENTENCE_WORDS: usize = 3;
/// Marks the beginning of a word among the pieces.
const WORD_MARK: char = '▁';

/// Vectors of pieces and the network over them.
pub struct Encoder {
    pieces: Pieces,
    known_words: KnownWords,
    network: Network,
}

/// A text as the encoder has read it.
pub struct Encoded<'a> {
    network: &'a Network,
    windows: Windows,
    /// Ranges of pieces, one for each sentence worth reading alone.
    sentences: Vec<std::ops::Range<usize>>,
    count: usize,
}

impl Encoder {
    /// The encoder that ships with Mostik. A damaged one is a damaged binary:
    /// a test reads it.
    pub fn shipped() -> Option<&'static Self> {
        static SHIPPED: LazyLock<Option<Encoder>> =
            LazyLock::new(|| Encoder::from_bytes(COMPILED_IN).ok());
        SHIPPED.as_ref()
    }

    /// Changes with the shipped encoder: models learnt from another do not fit.
    pub(crate) fn fingerprint() -> u64 {
        let digest = COMPILED_IN.get(MAGIC.len()..MAGIC.len() + DIGEST_BYTES);
        crate::hashing::hash(12, digest.unwrap_or_default())
    }

    /// An encoder as `encoder/train.py` writes it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidEncoder> {
        let mut bytes = Bytes(bytes);
        if bytes.take(MAGIC.len())? != MAGIC {
            return Err(InvalidEncoder("it does not begin like one"));
        }
        bytes.take(DIGEST_BYTES)?;
        let count = bytes.size(MOST_PIECES)?;
        let pieces = Pieces::read(&mut bytes, count)?;
        let network = Network::read(&mut bytes, count)?;
        if !bytes.0.is_empty() {
            return Err(InvalidEncoder("something follows it"));
        }
        Ok(Self { pieces, known_words: KnownWords::new(), network })
    }

    /// Reads a text; at most its first 512 pieces.
    pub fn read(&self, text: &str) -> Encoded<'_> {
        let mut pieces = Vec::with_capacity(64);
        let mut sentences = Sentences::default();
        let mut marked = String::new();
        for word in cut_at(text, BYTES_READ).split_whitespace() {
            marked.clear();
            marked.push(WORD_MARK);
            word.chars().for_each(|letter| push_lower(&mut marked, letter));
            self.known_words.cut(&marked, &mut pieces, |word, found| self.pieces.cut(word, found));
            if pieces.len() >= PIECES_READ {
                pieces.truncate(PIECES_READ);
                break;
            }
            sentences.word(word, pieces.len());
        }
        if pieces.is_empty() {
            pieces.push(UNKNOWN);
        }
        let count = pieces.len();
        let windows = self.network.windows(&pieces);
        Encoded { network: &self.network, windows, sentences: sentences.finish(count), count }
    }
}

impl Encoded<'_> {
    /// The meaning as a vector of length 1: texts that mean the same have a
    /// large inner product, in either language.
    pub fn meaning(&self) -> Vec<f32> {
        let whole = std::iter::once(0..self.count).collect::<Vec<_>>();
        self.network.meanings(&self.windows, &whole).pop().unwrap_or_default()
    }

    /// The meaning of each sentence; none for a text of one sentence.
    pub fn sentences(&self) -> Vec<Vec<f32>> {
        self.network.meanings(&self.windows, &self.sentences)
    }

    /// The meaning of the whole, then that of each sentence: cheaper together.
    pub fn meanings(&self) -> (Vec<f32>, Vec<Vec<f32>>) {
        let whole = std::iter::once(0..self.count);
        let all: Vec<_> = whole.chain(self.sentences.iter().cloned()).collect();
        let mut meanings = self.network.meanings(&self.windows, &all);
        let sentences = meanings.split_off(1);
        (meanings.pop().unwrap_or_default(), sentences)
    }
}

/// Finds where sentences end, in pieces.
#[derive(Default)]
struct Sentences {
    found: Vec<std::ops::Range<usize>>,
    from: usize,
    words: usize,
}

impl Sentences {
    fn word(&mut self, word: &str, pieces: usize) {
        self.words += 1;
        if word.ends_with(['.', '!', '?', ';']) && self.words >= LEAST_SENTENCE_WORDS
            || self.words == SENTENCE_WORDS
        {
            self.found.push(self.from..pieces);
            (self.from, self.words) = (pieces, 0);
        }
    }

    fn finish(mut self, pieces: usize) -> Vec<std::ops::Range<usize>> {
        if self.words >= LEAST_SENTENCE_WORDS && self.from < pieces {
            self.found.push(self.from..pieces);
        }
        if self.found.len() < 2 { Vec::new() } else { self.found }
    }
}
