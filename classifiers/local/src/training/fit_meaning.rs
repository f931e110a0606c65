//! Multinomial logistic regression on meanings, by adaptive gradient steps.

use super::{Example, fit};
use crate::{
    features::Reading,
    meaning::{MEANING_SIZE, MeaningWeights},
    softmax::softmax,
};

const EPOCHS: u64 = 30;
const STEP: f32 = 0.1;
const DECAY: f32 = 1e-5;

/// Fits the chosen examples.
pub(super) fn fit(
    examples: &[Example],
    readings: &[Reading],
    chosen: &[usize],
    classes: usize,
) -> MeaningWeights {
    let importance = fit::importance(examples, chosen, classes);
    let mut numbers = vec![0.0_f32; (MEANING_SIZE + 1) * classes];
    let mut seen = vec![1e-3_f32; numbers.len()];
    let mut order = chosen.to_vec();
    for epoch in 0..EPOCHS {
        fit::shuffle(&mut order, epoch);
        for at in &order {
            let (example, meaning) = (&examples[*at], &readings[*at].meaning.whole);
            let weights = MeaningWeights::new(numbers, classes);
            let mut slopes = softmax(&weights.scores_of(meaning));
            numbers = weights.into_numbers();
            fit::towards_labels(&mut slopes, example, importance[example.labels[0]]);
            for (row, input) in MeaningWeights::inputs(meaning).enumerate() {
                let places = row * classes..(row + 1) * classes;
                let rows = numbers[places.clone()].iter_mut().zip(&mut seen[places]);
                for ((weight, seen), slope) in rows.zip(&slopes) {
                    let slope = slope * input + DECAY * *weight;
                    *seen += slope * slope;
                    *weight -= STEP * slope / seen.sqrt();
                }
            }
        }
    }
    MeaningWeights::new(numbers, classes)
}
