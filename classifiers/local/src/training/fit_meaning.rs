//! A layer between meanings and classes, learnt by adaptive gradient steps
//! (Adam, Kingma and Ba 2014) with a part of it left out at random, so that no
//! number is relied on alone (Srivastava et al. 2014).

use super::{Example, adam::Adam, fit};
use crate::{
    features::Reading,
    hashing,
    meaning::{MEANING_SIZE, MeaningWeights},
    softmax::softmax,
};

const EPOCHS: u64 = 12;
/// Examples of one step.
const BATCH: usize = 16;
/// The size of the first step; the last ones are a twentieth of it.
const STEP: f32 = 1e-3;
const LAST_STEP: f32 = 0.05;
/// Of 256 numbers between the layers so many are left out.
const LEFT_OUT: u64 = 77;
/// What the others are multiplied with, to make up for it.
const MAKES_UP: f32 = 256.0 / (256.0 - 77.0);

/// Fits the chosen examples.
pub(super) fn fit(
    examples: &[Example],
    readings: &[Reading],
    chosen: &[usize],
    classes: usize,
) -> MeaningWeights {
    let importance = fit::importance(examples, chosen, classes);
    let mut learner = Learner::new(classes);
    let mut order = chosen.to_vec();
    let steps = usize::try_from(EPOCHS).unwrap_or(1) * chosen.len().div_ceil(BATCH);
    let mut done = 0;
    for epoch in 0..EPOCHS {
        fit::shuffle(&mut order, epoch);
        for batch in order.chunks(BATCH) {
            for at in batch {
                let example = &examples[*at];
                let importance = importance[example.labels[0]];
                learner.look_at(&readings[*at].meaning.whole, example, importance);
            }
            learner.step(batch.len(), STEP * (1.0 - (1.0 - LAST_STEP) * share(done, steps)));
            done += 1;
        }
    }
    learner.weights
}

struct Learner {
    weights: MeaningWeights,
    first: Adam,
    second: Adam,
    /// The state of a chance that is the same on every machine.
    chance: u64,
}

impl Learner {
    fn new(classes: usize) -> Self {
        let weights = MeaningWeights::new(beginning(classes), classes);
        let (first, second) = (Adam::new(weights.first.len()), Adam::new(weights.second.len()));
        Self { weights, first, second, chance: 1 }
    }

    /// Notes in which direction this example would move the weights.
    fn look_at(&mut self, meaning: &[f32], example: &Example, importance: f32) {
        let mut hidden = self.weights.hidden(meaning);
        for value in &mut hidden {
            *value *= self.left_out_or_more();
        }
        let mut slopes = softmax(&self.weights.scores_of(&hidden));
        fit::towards_labels(&mut slopes, example, importance);
        let rows = self.weights.second.chunks_exact(self.weights.classes);
        let behind = hidden.iter().zip(rows).map(|(value, row)| {
            let slope: f32 = row.iter().zip(&slopes).map(|(weight, slope)| weight * slope).sum();
            if *value > 0.0 { slope * MAKES_UP } else { 0.0 }
        });
        let behind: Vec<f32> = behind.collect();
        self.second.note(hidden.iter().copied().chain([1.0]), &slopes);
        self.first.note(MeaningWeights::inputs(meaning), &behind);
    }

    fn step(&mut self, noted: usize, size: f32) {
        self.first.step(&mut self.weights.first, noted, size);
        self.second.step(&mut self.weights.second, noted, size);
    }

    fn left_out_or_more(&mut self) -> f32 {
        self.chance = self.chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        if hashing::finish(self.chance) % 256 >= LEFT_OUT { MAKES_UP } else { 0.0 }
    }
}

/// Small numbers, the same on every machine.
fn beginning(classes: usize) -> Vec<f32> {
    let spread = 0.7 / share(MEANING_SIZE, 1).sqrt();
    let number = |at: usize| {
        let bits = hashing::hash(31, &at.to_le_bytes()) % 20_001;
        #[expect(clippy::cast_precision_loss, reason = "at most 20,000")]
        let number = (bits as f32 / 10_000.0 - 1.0) * spread;
        number
    };
    (0..MeaningWeights::size(classes)).map(number).collect()
}

fn share(part: usize, of: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "thousands of steps")]
    let share = part as f32 / of.max(1) as f32;
    share
}
