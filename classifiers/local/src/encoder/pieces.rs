//! Words cut into the pieces that the encoder has vectors for: the most
//! probable cut of a unigram language model (Kudo 2018, "Subword
//! Regularization", by Viterbi's algorithm).

use super::file::{Bytes, InvalidEncoder};
use crate::hashing;

/// The piece of a letter that no other piece holds.
pub(super) const UNKNOWN: u32 = 0;

/// Longer words are noise; what follows is not looked at.
const WORD_BYTES: usize = 96;
/// What an unknown letter costs below the rarest piece.
const UNKNOWN_BELOW: f32 = 10.0;

/// A place in the table of prefixes.
#[derive(Clone, Copy)]
struct Prefix {
    /// 0 for an empty place.
    key: u64,
    /// The piece that ends here, or [`NO_PIECE`].
    piece: u32,
}

const NO_PIECE: u32 = u32::MAX;

/// The vocabulary, as a table of all beginnings of all pieces.
pub(super) struct Pieces {
    scores: Vec<f32>,
    unknown_score: f32,
    prefixes: Vec<Prefix>,
    mask: usize,
}

impl Pieces {
    /// For each piece: its length in bytes as one byte, its bytes, its score
    /// (natural logarithm of its probability) as a little-endian `f32`.
    pub(super) fn read(bytes: &mut Bytes<'_>, count: usize) -> Result<Self, InvalidEncoder> {
        let mut texts = Vec::with_capacity(count);
        let mut scores = Vec::with_capacity(count);
        for _ in 0..count {
            let length = usize::from(bytes.byte()?);
            texts.push(bytes.take(length)?);
            scores.push(bytes.number()?);
        }
        let beginnings: usize = texts.iter().map(|text| text.len()).sum();
        let places = (beginnings * 2).next_power_of_two().max(2);
        let empty = Prefix { key: 0, piece: NO_PIECE };
        let least = scores.iter().copied().fold(0.0_f32, f32::min);
        let mut pieces = Self {
            scores,
            unknown_score: least - UNKNOWN_BELOW,
            prefixes: vec![empty; places],
            mask: places - 1,
        };
        for (piece, text) in (0_u32..).zip(texts) {
            pieces.add(text, piece);
        }
        Ok(pieces)
    }

    fn add(&mut self, text: &[u8], piece: u32) {
        let mut key = 0;
        for (at, byte) in text.iter().enumerate() {
            key = longer(key, *byte);
            let place = self.place(key);
            self.prefixes[place].key = key;
            if at + 1 == text.len() {
                self.prefixes[place].piece = piece;
            }
        }
    }

    /// Where this beginning stands, or the empty place where it would.
    fn place(&self, key: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "masked to the table")]
        let mut place = hashing::finish(key) as usize & self.mask;
        while self.prefixes[place].key != key && self.prefixes[place].key != 0 {
            place = (place + 1) & self.mask;
        }
        place
    }

    /// Appends the pieces of one word, which begins with the mark `▁`.
    pub(super) fn cut(&self, word: &str, found: &mut Vec<u32>) {
        let word = mostik_text::cut_at(word, WORD_BYTES).as_bytes();
        // best[end] = (score, start, piece) of the best cut that ends there
        let mut best = [(f32::NEG_INFINITY, 0_usize, UNKNOWN); WORD_BYTES + 1];
        best[0].0 = 0.0;
        let mut start = 0;
        while start < word.len() {
            let letter = letter_length(word[start]).min(word.len() - start);
            self.extend_from(word, start, letter, &mut best);
            start += letter;
        }
        let from = found.len();
        let mut end = word.len();
        while end > 0 {
            found.push(best[end].2);
            end = best[end].1;
        }
        found[from..].reverse();
    }

    fn extend_from(
        &self,
        word: &[u8],
        start: usize,
        letter: usize,
        best: &mut [(f32, usize, u32)],
    ) {
        let so_far = best[start].0;
        let mut key = 0;
        let mut has_letter = false;
        for (at, byte) in word[start..].iter().enumerate() {
            key = longer(key, *byte);
            let prefix = self.prefixes[self.place(key)];
            if prefix.key != key {
                break;
            }
            if prefix.piece != NO_PIECE {
                let (end, score) = (start + at + 1, so_far + self.scores[prefix.piece as usize]);
                has_letter |= at + 1 == letter;
                if score > best[end].0 {
                    best[end] = (score, start, prefix.piece);
                }
            }
        }
        let score = so_far + self.unknown_score;
        if !has_letter && score > best[start + letter].0 {
            best[start + letter] = (score, start, UNKNOWN);
        }
    }
}

const fn longer(key: u64, byte: u8) -> u64 {
    // Never 0, which marks an empty place.
    ((key ^ byte as u64).wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

const fn letter_length(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}
