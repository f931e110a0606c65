//! Gradient steps that adapt to each weight: Adam (Kingma and Ba 2014).

const MEAN_KEPT: f32 = 0.9;
const SQUARE_KEPT: f32 = 0.999;
/// Pull towards zero, per step.
const DECAY: f32 = 2e-3;

/// Running means of the slopes of a matrix and of their squares.
pub(super) struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    slopes: Vec<f32>,
    /// What the means still lack since the beginning: powers of what is kept.
    lacking: (f32, f32),
}

impl Adam {
    pub(super) fn new(size: usize) -> Self {
        let zeros = || vec![0.0; size];
        Self { mean: zeros(), square: zeros(), slopes: zeros(), lacking: (1.0, 1.0) }
    }

    /// Adds the slopes of a matrix by rows: each input times the slopes behind it.
    pub(super) fn note(&mut self, inputs: impl Iterator<Item = f32>, behind: &[f32]) {
        for (row, input) in inputs.enumerate().filter(|(_, input)| *input != 0.0) {
            self.note_one(row, input, behind);
        }
    }

    /// The same for one input, that of this row.
    pub(super) fn note_one(&mut self, row: usize, input: f32, behind: &[f32]) {
        let row = &mut self.slopes[row * behind.len()..][..behind.len()];
        for (sum, slope) in row.iter_mut().zip(behind) {
            *sum += input * slope;
        }
    }

    /// One step against the mean of the `noted` slopes, which are then forgotten.
    pub(super) fn step(&mut self, weights: &mut [f32], noted: usize, size: f32) {
        self.lacking = (self.lacking.0 * MEAN_KEPT, self.lacking.1 * SQUARE_KEPT);
        let (mean_there, square_there) = (1.0 - self.lacking.0, 1.0 - self.lacking.1);
        #[expect(clippy::cast_precision_loss, reason = "a few examples")]
        let share = 1.0 / noted.max(1) as f32;
        let states = self.mean.iter_mut().zip(&mut self.square).zip(&mut self.slopes);
        for (weight, ((mean, square), slope)) in weights.iter_mut().zip(states) {
            let value = *slope * share + DECAY * *weight;
            *slope = 0.0;
            *mean = MEAN_KEPT * *mean + (1.0 - MEAN_KEPT) * value;
            *square = SQUARE_KEPT * *square + (1.0 - SQUARE_KEPT) * value * value;
            *weight -= size * (*mean / mean_there) / ((*square / square_there).sqrt() + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_to_the_bottom() {
        // (w - 3)² has the slope 2 (w - 3); the pull towards zero shifts its bottom a little.
        let (mut adam, mut weights) = (Adam::new(1), [0.0_f32]);
        for _ in 0..2_000 {
            adam.note([1.0].into_iter(), &[2.0 * (weights[0] - 3.0)]);
            adam.step(&mut weights, 1, 0.01);
        }
        assert!((weights[0] - 3.0).abs() < 0.05, "{}", weights[0]);
    }
}
