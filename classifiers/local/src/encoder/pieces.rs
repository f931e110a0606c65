//! Words cut into the pieces that the encoder has vectors for: the most
//! probable cut of a unigram language model (Kudo 2018, "Subword
//! Regularization", by Viterbi's algorithm).

use super::file::{Bytes, InvalidEncoder};
use crate::trie::{ROOT, Trie};

/// The piece of a letter that no other piece holds.
pub(super) const UNKNOWN: u32 = 0;

/// Longer words are noise; what follows is not looked at.
const WORD_BYTES: usize = 96;
/// What an unknown letter costs below the rarest piece.
const UNKNOWN_BELOW: f32 = 10.0;

/// The vocabulary.
pub(super) struct Pieces {
    scores: Vec<f32>,
    unknown_score: f32,
    trie: Trie,
}

/// The best cut of a word that ends at a letter.
#[derive(Clone, Copy)]
struct Cut {
    score: f32,
    start: u8,
    piece: u32,
}

impl Pieces {
    /// For each piece: its length in bytes as one byte, its bytes, its score
    /// (natural logarithm of its probability) as a little-endian `f32`.
    pub(super) fn read(bytes: &mut Bytes<'_>, count: usize) -> Result<Self, InvalidEncoder> {
        let mut trie = Trie::new();
        let mut scores = Vec::with_capacity(count);
        for piece in (0_u32..).take(count) {
            let length = usize::from(bytes.byte()?);
            let text = std::str::from_utf8(bytes.take(length)?)
                .map_err(|_| InvalidEncoder("a piece is no text"))?;
            if !trie.insert(text, piece) {
                return Err(InvalidEncoder("its pieces are too long"));
            }
            scores.push(bytes.number()?);
        }
        let least = scores.iter().copied().fold(0.0_f32, f32::min);
        Ok(Self { scores, unknown_score: least - UNKNOWN_BELOW, trie })
    }

    /// Appends the pieces of one word, which begins with the mark `▁`.
    pub(super) fn cut(&self, word: &str, found: &mut Vec<u32>) {
        let mut letters = ['\0'; WORD_BYTES];
        let mut count = 0;
        for letter in mostik_text::cut_at(word, WORD_BYTES).chars() {
            (letters[count], count) = (letter, count + 1);
        }
        let nothing = Cut { score: f32::NEG_INFINITY, start: 0, piece: UNKNOWN };
        let mut best = [nothing; WORD_BYTES + 1];
        best[0].score = 0.0;
        for start in 0..count {
            self.extend_from(&letters[..count], start, &mut best);
        }
        let from = found.len();
        let mut end = count;
        while end > 0 {
            found.push(best[end].piece);
            end = usize::from(best[end].start);
        }
        found[from..].reverse();
    }

    fn extend_from(&self, word: &[char], from: usize, best: &mut [Cut]) {
        #[expect(clippy::cast_possible_truncation, reason = "at most 96 letters")]
        let start = from as u8;
        let so_far = best[from].score;
        let mut has_letter = false;
        let mut node = ROOT;
        for (letter, end) in word[from..].iter().zip(from + 1..) {
            let Some(next) = self.trie.step(node, *letter) else { break };
            node = next;
            if let Some(piece) = self.trie.value(node) {
                let score = so_far + self.scores[piece as usize];
                has_letter |= end == from + 1;
                if score > best[end].score {
                    best[end] = Cut { score, start, piece };
                }
            }
        }
        let score = so_far + self.unknown_score;
        if !has_letter && score > best[from + 1].score {
            best[from + 1] = Cut { score, start, piece: UNKNOWN };
        }
    }
}
