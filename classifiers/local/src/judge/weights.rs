//! From what is seen of a message to answers.

use mostik_taxonomy::Judgement;

use super::{
    inputs::{Inputs, NUMBERS, WORDS},
    questions::{ANSWERS, answers},
};

/// What speaks for each answer.
pub(crate) type Row<T> = [T; ANSWERS];

/// Rows for each of the numbers and each place of words.
pub(crate) struct JudgeWeights {
    pub(crate) numbers: Vec<Row<f32>>,
    pub(crate) words: Vec<Row<i8>>,
    /// What one step of a word's weight is worth.
    pub(crate) step: f32,
}

impl JudgeWeights {
    pub(crate) fn judgement(&self, inputs: &Inputs) -> Judgement {
        answers(&self.scores(inputs))
    }

    fn scores(&self, inputs: &Inputs) -> Row<f32> {
        let mut scores = of_numbers(&self.numbers, inputs);
        let mut sums = [0_i32; ANSWERS];
        for word in &inputs.words {
            for (sum, weight) in sums.iter_mut().zip(&self.words[usize::from(*word)]) {
                *sum += i32::from(*weight);
            }
        }
        for (score, sum) in scores.iter_mut().zip(sums) {
            #[expect(clippy::cast_precision_loss, reason = "a message has thousands of words")]
            let sum = sum as f32;
            *score += sum * self.step * inputs.each;
        }
        scores
    }
}

/// What the numbers of a message add up to.
pub(crate) fn of_numbers(rows: &[Row<f32>], inputs: &Inputs) -> Row<f32> {
    let mut scores = [0.0; ANSWERS];
    for (input, row) in inputs.numbers.iter().zip(rows) {
        for (score, weight) in scores.iter_mut().zip(row) {
            *score += input * weight;
        }
    }
    scores
}

/// Weights of [`NUMBERS`] numbers and [`WORDS`] places of words, the latter in a
/// byte each.
pub(crate) fn in_bytes(numbers: &[Row<f32>], words: &[Row<f32>]) -> JudgeWeights {
    debug_assert!(numbers.len() == NUMBERS && words.len() == WORDS);
    let largest = words.iter().flatten().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "within -127..=127 by the step")]
    let byte = |weight: f32| (weight / step).round() as i8;
    let words = words.iter().map(|row| row.map(byte)).collect();
    JudgeWeights { numbers: numbers.to_vec(), words, step }
}
