//! One layer over windows of three pieces, pooled and projected to what a text
//! means.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use super::file::{Bytes, InvalidEncoder};

/// How many pieces' products are kept: a few languages' everyday words.
const KEPT_PRODUCTS: usize = 8_192;
/// What the mean of the windows counts beside the mean of the pieces.
const MEAN_SHARE: f32 = 0.5;
const SMALL: f32 = 1e-6;

/// A matrix by rows, applied to a row vector from the left.
struct Layer {
    outputs: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn read(bytes: &mut Bytes<'_>, inputs: usize, outputs: usize) -> Result<Self, InvalidEncoder> {
        let weights = bytes.numbers(inputs * outputs)?;
        Ok(Self { outputs, weights, bias: bytes.numbers(outputs)? })
    }

    fn apply(&self, input: &[f32]) -> Vec<f32> {
        let mut output = self.bias.clone();
        add_product(&mut output, input, &self.weights, self.outputs);
        output
    }
}

/// What the layers make of a text's pieces.
pub(super) struct Network {
    width: usize,
    windows: usize,
    /// One byte a number, `width` for each piece.
    table: Vec<i8>,
    /// What one step of a piece's row is worth.
    steps: Vec<f32>,
    /// Three blocks of `width` rows: the piece before, the piece, the piece after.
    window_weights: Vec<f32>,
    window_bias: Vec<f32>,
    meaning: Layer,
    products: Vec<OnceLock<Box<[f32]>>>,
    kept: AtomicUsize,
}

/// The pieces of a text as vectors, before pooling.
pub(super) struct Windows {
    width: usize,
    outputs: usize,
    pieces: Vec<f32>,
    /// `outputs` for each piece.
    activations: Vec<f32>,
}

impl Network {
    pub(super) fn read(bytes: &mut Bytes<'_>, pieces: usize) -> Result<Self, InvalidEncoder> {
        let width = bytes.size(1_024)?;
        let windows = bytes.size(1_024)?;
        let meaning = bytes.size(1_024)?;
        let table = bytes.take(pieces * width)?.iter().map(|byte| byte.cast_signed()).collect();
        let steps = bytes.numbers(pieces)?;
        let window_weights = bytes.numbers(3 * width * windows)?;
        let window_bias = bytes.numbers(windows)?;
        let pooled = width + 2 * windows;
        Ok(Self {
            width,
            windows,
            table,
            steps,
            window_weights,
            window_bias,
            meaning: Layer::read(bytes, pooled, meaning)?,
            products: (0..pieces).map(|_| OnceLock::new()).collect(),
            kept: AtomicUsize::new(0),
        })
    }

    /// The vectors of all pieces and of all windows around them.
    pub(super) fn windows(&self, pieces: &[u32]) -> Windows {
        let mut vectors = Vec::with_capacity(pieces.len() * self.width);
        let mut activations = Vec::with_capacity(pieces.len() * self.windows);
        for _ in pieces {
            activations.extend_from_slice(&self.window_bias);
        }
        for (at, piece) in pieces.iter().enumerate() {
            vectors.extend(self.vector(*piece));
            self.with_product(*piece, |product| {
                for (block, target) in [(0, Some(at + 1)), (1, Some(at)), (2, at.checked_sub(1))] {
                    let Some(target) = target.filter(|target| *target < pieces.len()) else {
                        continue;
                    };
                    let row = &mut activations[target * self.windows..][..self.windows];
                    add(row, &product[block * self.windows..][..self.windows]);
                }
            });
        }
        for activation in &mut activations {
            *activation = activation.max(0.0);
        }
        Windows { width: self.width, outputs: self.windows, pieces: vectors, activations }
    }

    fn vector(&self, piece: u32) -> impl Iterator<Item = f32> {
        let piece = piece as usize;
        let row = &self.table[piece * self.width..][..self.width];
        row.iter().map(move |byte| f32::from(*byte) * self.steps[piece])
    }

    /// A piece's share in the window before it, around it and after it.
    fn with_product(&self, piece: u32, use_it: impl FnOnce(&[f32])) {
        let place = &self.products[piece as usize];
        if let Some(product) = place.get() {
            return use_it(product);
        }
        let vector: Vec<f32> = self.vector(piece).collect();
        let mut product = vec![0.0; 3 * self.windows];
        for (block, product) in product.chunks_exact_mut(self.windows).enumerate() {
            let weights = &self.window_weights[block * self.width * self.windows..];
            add_product(product, &vector, weights, self.windows);
        }
        if self.kept.fetch_add(1, Ordering::Relaxed) < KEPT_PRODUCTS {
            use_it(place.get_or_init(|| product.into_boxed_slice()));
        } else {
            self.kept.fetch_sub(1, Ordering::Relaxed);
            use_it(&product);
        }
    }

    /// Of length 1.
    pub(super) fn meaning(&self, pooled: &[f32]) -> Vec<f32> {
        let mut meaning = self.meaning.apply(pooled);
        let length = meaning.iter().map(|value| value * value).sum::<f32>();
        scale(&mut meaning, 1.0 / (length + SMALL).sqrt());
        meaning
    }
}

impl Windows {
    /// The chosen pieces as one vector: means and greatest values.
    pub(super) fn pooled(&self, chosen: impl Iterator<Item = usize>) -> Vec<f32> {
        let (width, outputs) = (self.width, self.outputs);
        let mut pooled = vec![0.0; width + 2 * outputs];
        let mut count = 0.0_f32;
        for at in chosen {
            count += 1.0;
            let (of_pieces, of_windows) = pooled.split_at_mut(width);
            let (means, greatest) = of_windows.split_at_mut(outputs);
            let activations = &self.activations[at * outputs..][..outputs];
            add(of_pieces, &self.pieces[at * width..][..width]);
            add(means, activations);
            for (most, value) in greatest.iter_mut().zip(activations) {
                *most = most.max(*value);
            }
        }
        let share = 1.0 / count.max(1.0).sqrt();
        scale(&mut pooled[..width], share);
        scale(&mut pooled[width..width + outputs], share * MEAN_SHARE);
        #[expect(clippy::cast_precision_loss, reason = "hundreds of numbers")]
        let size = pooled.len() as f32;
        let mean_square = pooled.iter().map(|value| value * value).sum::<f32>() / size;
        scale(&mut pooled, 1.0 / (mean_square + SMALL).sqrt());
        pooled
    }
}

/// Four rows at a time: the sums are then read and written a quarter as often.
fn add_product(output: &mut [f32], input: &[f32], weights: &[f32], outputs: usize) {
    let (fours, rest) = input.as_chunks::<4>();
    let (weights_of_fours, weights_of_rest) = weights.split_at(fours.len() * 4 * outputs);
    for (values, rows) in fours.iter().zip(weights_of_fours.chunks_exact(4 * outputs)) {
        let (first, others) = rows.split_at(outputs);
        let (second, others) = others.split_at(outputs);
        let (third, fourth) = others.split_at(outputs);
        let rows = first.iter().zip(second).zip(third).zip(fourth);
        for (sum, (((a, b), c), d)) in output.iter_mut().zip(rows) {
            *sum += values[0] * a + values[1] * b + values[2] * c + values[3] * d;
        }
    }
    for (value, row) in rest.iter().zip(weights_of_rest.chunks_exact(outputs)) {
        for (sum, weight) in output.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn scale(values: &mut [f32], by: f32) {
    for value in values {
        *value *= by;
    }
}
