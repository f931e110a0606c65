//! What a text means, as the encoder sees it, and how meanings speak for
//! classes.

use crate::{encoder::Encoder, pooling};

/// Numbers of a meaning; the encoder is made for it.
pub(crate) const MEANING_SIZE: usize = 192;
/// Vectors of length 1 are stretched, so that weights need not be large.
const STRETCH: f32 = 6.0;
/// What the strongest sentence counts beside the whole message.
const SENTENCE_SHARE: f32 = 0.2;

/// The meaning of a text and of each of its sentences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meaning {
    pub(crate) whole: Vec<f32>,
    sentences: Vec<Vec<f32>>,
}

impl Meaning {
    pub(crate) fn of(text: &str) -> Self {
        let Some(encoder) = Encoder::shipped() else { return Self::default() };
        let encoded = encoder.read(text);
        Self { whole: encoded.meaning(), sentences: encoded.sentences() }
    }
}

/// For each class a number for each number of a meaning, and a bias.
#[derive(Debug, Clone)]
pub(crate) struct MeaningWeights {
    numbers: Vec<f32>,
    classes: usize,
}

impl MeaningWeights {
    /// Rows of `classes` numbers: one for each number of a meaning, then the bias.
    pub(crate) fn new(numbers: Vec<f32>, classes: usize) -> Self {
        Self { numbers, classes }
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = f32> {
        self.numbers.iter().copied()
    }

    pub(crate) fn into_numbers(self) -> Vec<f32> {
        self.numbers
    }

    /// The scores of all classes, pooled over the sentences.
    pub(crate) fn scores(&self, meaning: &Meaning, resting: Option<usize>) -> Vec<f32> {
        let whole = self.scores_of(&meaning.whole);
        let Some(resting) = resting else { return whole };
        let sentences: Vec<_> = meaning.sentences.iter().map(|m| self.scores_of(m)).collect();
        pooling::pooled(whole, &sentences, resting, SENTENCE_SHARE)
    }

    /// The scores of one vector.
    pub(crate) fn scores_of(&self, meaning: &[f32]) -> Vec<f32> {
        let bias = self.numbers.len().saturating_sub(self.classes);
        let mut scores = self.numbers[bias..].to_vec();
        for (value, row) in meaning.iter().zip(self.numbers.chunks_exact(self.classes)) {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += value * STRETCH * weight;
            }
        }
        scores
    }

    /// What the rows of the weights are multiplied with.
    pub(crate) fn inputs(meaning: &[f32]) -> impl Iterator<Item = f32> {
        meaning.iter().map(|value| value * STRETCH).chain([1.0])
    }
}
