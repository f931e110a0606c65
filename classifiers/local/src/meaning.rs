//! What a text means, as the encoder sees it, and how meanings speak for
//! classes.

use pulp::{Arch, Simd, WithSimd};

use crate::{encoder::Encoder, pooling};

/// Numbers of a meaning; the encoder is made for it.
pub(crate) const MEANING_SIZE: usize = 192;
/// Numbers between a meaning and the classes.
pub(crate) const HIDDEN: usize = 96;
/// Vectors of length 1 are stretched, so that weights need not be large.
const STRETCH: f32 = 6.0;
/// What the strongest sentence counts beside the whole message.
const SENTENCE_SHARE: f32 = 0.2;

/// The meaning of a text and of each of its sentences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meaning {
    pub(crate) whole: Vec<f32>,
    pub(crate) sentences: Vec<Vec<f32>>,
}

impl Meaning {
    pub(crate) fn of(text: &str) -> Self {
        let Some(encoder) = Encoder::shipped() else { return Self::default() };
        let (whole, sentences) = encoder.read(text).meanings();
        Self { whole, sentences }
    }
}

/// A layer between meanings and classes, and the weights of both.
#[derive(Debug, Clone)]
pub(crate) struct MeaningWeights {
    /// Rows of [`HIDDEN`] numbers, one for each number of a meaning; then a bias.
    pub(crate) first: Vec<f32>,
    /// Rows of `classes` numbers, one for each hidden number; then a bias.
    pub(crate) second: Vec<f32>,
    pub(crate) classes: usize,
}

impl MeaningWeights {
    /// How many numbers there are for so many classes.
    pub(crate) const fn size(classes: usize) -> usize {
        (MEANING_SIZE + 1) * HIDDEN + (HIDDEN + 1) * classes
    }

    /// From [`Self::size`] numbers.
    pub(crate) fn new(mut numbers: Vec<f32>, classes: usize) -> Self {
        let second = numbers.split_off((MEANING_SIZE + 1) * HIDDEN);
        Self { first: numbers, second, classes }
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = f32> {
        self.first.iter().chain(&self.second).copied()
    }

    /// The scores of all classes, pooled over the sentences.
    pub(crate) fn scores(&self, meaning: &Meaning, resting: Option<usize>) -> Vec<f32> {
        let scores = self.scores_of(&self.hidden(&meaning.whole));
        let Some(resting) = resting else { return scores };
        let sentences = meaning.sentences.iter();
        let sentences: Vec<f32> =
            sentences.flat_map(|meaning| self.scores_of(&self.hidden(meaning))).collect();
        pooling::pooled(scores, &sentences, resting, SENTENCE_SHARE)
    }

    /// The layer between.
    pub(crate) fn hidden(&self, meaning: &[f32]) -> [f32; HIDDEN] {
        Arch::new().dispatch(Layer { weights: &self.first, meaning })
    }

    /// The scores of all classes for a layer between.
    pub(crate) fn scores_of(&self, hidden: &[f32]) -> Vec<f32> {
        let mut scores = self.second[HIDDEN * self.classes..].to_vec();
        for (value, row) in hidden.iter().zip(self.second.chunks_exact(self.classes)) {
            add(&mut scores, row, *value);
        }
        scores
    }

    /// What the rows of the first weights are multiplied with.
    pub(crate) fn inputs(meaning: &[f32]) -> impl Iterator<Item = f32> {
        meaning.iter().map(|value| value * STRETCH).chain([1.0])
    }
}

/// From a meaning to the layer between.
struct Layer<'a> {
    weights: &'a [f32],
    meaning: &'a [f32],
}

impl WithSimd for Layer<'_> {
    type Output = [f32; HIDDEN];

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f32; HIDDEN] {
        let (rows, _) = self.weights.as_chunks::<HIDDEN>();
        let mut hidden = rows[MEANING_SIZE];
        for (value, row) in self.meaning.iter().zip(&rows[..MEANING_SIZE]) {
            let share = value * STRETCH;
            for lane in 0..HIDDEN {
                hidden[lane] += share * row[lane];
            }
        }
        hidden.map(|value| value.max(0.0))
    }
}

fn add(sums: &mut [f32], row: &[f32], share: f32) {
    for (sum, weight) in sums.iter_mut().zip(row) {
        *sum += share * weight;
    }
}
