//! What the judge sees of a message: numbers of its meaning, signals of its
//! words and its shape, a one, and its words and concepts themselves.

use mostik_text::{
    cut_at,
    understanding::{SIGNALS, signals},
};

use crate::{
    encoder::Encoder,
    features::{BYTES_READ, Reading},
    hashing,
    meaning::MEANING_SIZE,
};

/// Numbers that every message has.
pub(crate) const NUMBERS: usize = MEANING_SIZE + SIGNALS + 1;
/// Words and concepts are kept in so many places; a power of two.
pub(crate) const WORDS: usize = 1 << 15;
/// One number of a meaning is small beside a signal.
const STRETCH: f32 = 6.0;
/// How much the words of a message count together.
const OF_WORDS: f32 = 5.0;

/// A message as the judge sees it.
pub(crate) struct Inputs {
    pub(crate) numbers: [f32; NUMBERS],
    /// Below [`WORDS`], once for each time that a word, a pair of words or a
    /// concept stands in the message.
    pub(crate) words: Vec<u16>,
    /// What each of them counts.
    pub(crate) each: f32,
}

impl Inputs {
    /// `reading` is that of the text.
    pub(crate) fn of(text: &str, reading: &Reading) -> Self {
        let mut numbers = [0.0; NUMBERS];
        for (number, value) in numbers.iter_mut().zip(&reading.meaning.whole) {
            *number = value * STRETCH;
        }
        let signals = signals(cut_at(text, BYTES_READ), &reading.words);
        numbers[MEANING_SIZE..MEANING_SIZE + SIGNALS].copy_from_slice(&signals);
        numbers[NUMBERS - 1] = 1.0;
        #[expect(clippy::cast_possible_truncation, reason = "reduced to the number of places")]
        let place = |bucket: u32| bucket as u16 % WORDS as u16;
        let words: Vec<u16> = reading.word_buckets().map(place).collect();
        let count = u16::try_from(words.len()).unwrap_or(u16::MAX).max(1);
        Self { numbers, words, each: OF_WORDS / f32::from(count).sqrt() }
    }
}

/// Changes with everything that makes other inputs of the same messages.
pub(crate) fn fingerprint(all: &[Inputs]) -> u64 {
    let message = |state, inputs: &Inputs| {
        let numbers = inputs.numbers[MEANING_SIZE..].iter().flat_map(|number| number.to_le_bytes());
        let words = inputs.words.iter().flat_map(|word| word.to_le_bytes());
        hashing::extend(state, &numbers.chain(words).collect::<Vec<u8>>())
    };
    hashing::finish(all.iter().fold(hashing::begin(14), message)) ^ Encoder::fingerprint()
}
