//! A layer between meanings and classes, learnt by adaptive gradient steps
//! (Adam, Kingma and Ba 2014) with a part of it left out at random.

use super::{Example, fit};
use crate::{
    features::Reading,
    hashing,
    meaning::{MEANING_SIZE, MeaningWeights},
    softmax::softmax,
};

const EPOCHS: u64 = 12;
const STEP: f32 = 1e-3;
/// Pull towards zero, per step.
const DECAY: f32 = 2e-3;
/// What of the layer between is left out at random, in 256ths.
const LEFT_OUT: u64 = 77;
/// Examples of one step.
const BATCH: usize = 16;

/// Running means of slopes and of their squares.
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    slopes: Vec<f32>,
}

/// Fits the chosen examples.
pub(super) fn fit(
    examples: &[Example],
    readings: &[Reading],
    chosen: &[usize],
    classes: usize,
) -> MeaningWeights {
    let importance = fit::importance(examples, chosen, classes);
    let mut weights = MeaningWeights::new(beginning(classes), classes);
    let mut first = Adam::new(weights.first.len());
    let mut second = Adam::new(weights.second.len());
    let mut order = chosen.to_vec();
    let (mut chance, mut step) = (1_u64, 0_u16);
    let steps = EPOCHS * (chosen.len() / BATCH + 1) as u64;
    let mut done = 0_u64;
    for epoch in 0..EPOCHS {
        fit::shuffle(&mut order, epoch);
        for batch in order.chunks(BATCH) {
            for at in batch {
                let (example, meaning) = (&examples[*at], &readings[*at].meaning.whole);
                let mut hidden = weights.hidden(meaning);
                for value in &mut hidden {
                    chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                    let stays = hashing::finish(chance) % 256 >= LEFT_OUT;
                    *value = if stays { *value * 256.0 / (256 - LEFT_OUT) as f32 } else { 0.0 };
                }
                let mut slopes = softmax(&weights.scores_of(&hidden));
                fit::towards_labels(&mut slopes, example, importance[example.labels[0]]);
                let back: Vec<f32> = hidden
                    .iter()
                    .zip(weights.second.chunks_exact(classes))
                    .map(|(value, row)| {
                        let sum: f32 = row.iter().zip(&slopes).map(|(w, s)| w * s).sum();
                        if *value > 0.0 { sum * 256.0 / (256 - LEFT_OUT) as f32 } else { 0.0 }
                    })
                    .collect();
                second.note(hidden.iter().copied().chain([1.0]), &slopes);
                first.note(MeaningWeights::inputs(meaning), &back);
            }
            step = step.saturating_add(1);
            done += 1;
            let size = STEP * (1.0 - done as f32 / steps as f32 * 0.95);
            first.step(&mut weights.first, batch.len(), step, size);
            second.step(&mut weights.second, batch.len(), step, size);
        }
    }
    weights
}

/// Small numbers, the same on every machine.
fn beginning(classes: usize) -> Vec<f32> {
    let spread = 1.7 / (MEANING_SIZE as f32).sqrt() / 2.5;
    let number = |at: usize| {
        let bits = hashing::hash(31, &at.to_le_bytes()) % 20_001;
        (bits as f32 / 10_000.0 - 1.0) * spread
    };
    (0..MeaningWeights::size(classes)).map(number).collect()
}

impl Adam {
    fn new(size: usize) -> Self {
        Self { mean: vec![0.0; size], square: vec![0.0; size], slopes: vec![0.0; size] }
    }

    /// Adds the outer product of inputs and slopes.
    fn note(&mut self, inputs: impl Iterator<Item = f32>, slopes: &[f32]) {
        for (input, row) in inputs.zip(self.slopes.chunks_exact_mut(slopes.len())) {
            if input != 0.0 {
                for (sum, slope) in row.iter_mut().zip(slopes) {
                    *sum += input * slope;
                }
            }
        }
    }

    fn step(&mut self, weights: &mut [f32], noted: usize, step: u16, size: f32) {
        let share = 1.0 / noted as f32;
        let (first, second) =
            (1.0 - 0.9_f32.powi(i32::from(step)), 1.0 - 0.999_f32.powi(i32::from(step)));
        let states = self.mean.iter_mut().zip(&mut self.square).zip(&mut self.slopes);
        for (weight, ((mean, square), slope)) in weights.iter_mut().zip(states) {
            let value = *slope * share + DECAY * *weight;
            *slope = 0.0;
            *mean = 0.9 * *mean + 0.1 * value;
            *square = 0.999 * *square + 0.001 * value * value;
            *weight -= size * (*mean / first) / ((*square / second).sqrt() + 1e-8);
        }
    }
}
