//! One layer over windows of three pieces, pooled and projected to what a text
//! means.

use std::{ops::Range, sync::Arc};

use pulp::{Arch, Simd, WithSimd};

use super::{
    file::{Bytes, InvalidEncoder},
    kept::Kept,
    rows::{Matrix, scale},
    windows::{Windows, activations},
};

/// How many pieces' products are kept: a few languages' everyday words.
const KEPT_PRODUCTS: usize = 8_192;
const SMALL: f32 = 1e-6;

/// What the layers make of a text's pieces.
pub(super) struct Network {
    width: usize,
    windows: usize,
    /// One byte a number, `width` for each piece.
    table: Vec<i8>,
    /// What one step of a piece's row is worth.
    steps: Vec<f32>,
    /// From a piece to its share in the windows after it, around it and before it.
    window_weights: Matrix,
    window_bias: Vec<f32>,
    meaning_weights: Matrix,
    meaning_bias: Vec<f32>,
    products: Kept,
}

impl Network {
    pub(super) fn read(bytes: &mut Bytes<'_>, pieces: usize) -> Result<Self, InvalidEncoder> {
        let width = bytes.size(1_024)?;
        let windows = bytes.size(1_024)?;
        let meaning = bytes.size(1_024)?;
        let table = bytes.take(pieces * width)?.iter().map(|byte| byte.cast_signed()).collect();
        let steps = bytes.numbers(pieces)?;
        let blocks = bytes.numbers(3 * width * windows)?;
        let window_bias = bytes.numbers(windows)?;
        let pooled = width + 2 * windows;
        let meaning_weights = Matrix::new(&bytes.numbers(pooled * meaning)?, meaning);
        Ok(Self {
            width,
            windows,
            table,
            steps,
            window_weights: Matrix::new(&side_by_side(&blocks, width, windows), 3 * windows),
            window_bias,
            meaning_weights,
            meaning_bias: bytes.numbers(meaning)?,
            products: Kept::new(pieces, KEPT_PRODUCTS),
        })
    }

    /// The vectors of all pieces and of all windows around them.
    pub(super) fn windows(&self, pieces: &[u32]) -> Windows {
        let vectors = self.vectors(pieces);
        let products = self.products(pieces, &vectors);
        let activations = activations(&self.window_bias, &products);
        Windows { width: self.width, outputs: self.windows, pieces: vectors, activations }
    }

    /// `width` numbers for each piece.
    fn vectors(&self, pieces: &[u32]) -> Vec<f32> {
        let mut vectors = vec![0.0; pieces.len() * self.width];
        let rows = pieces.iter().map(|piece| {
            let piece = *piece as usize;
            (&self.table[piece * self.width..][..self.width], self.steps[piece])
        });
        Arch::new().dispatch(Stretch { rows, vectors: &mut vectors });
        vectors
    }

    /// Each piece's share in the window after it, around it and before it.
    fn products(&self, pieces: &[u32], vectors: &[f32]) -> Vec<Arc<[f32]>> {
        let mut found: Vec<_> = pieces.iter().map(|piece| self.products.get(*piece)).collect();
        let of_pieces = || vectors.chunks_exact(self.width).zip(pieces);
        let missing: Vec<_> = of_pieces().zip(&found).filter(|(_, kept)| kept.is_none()).collect();
        let missing: Vec<_> =
            missing.into_iter().flat_map(|((vector, _), _)| vector).copied().collect();
        let size = 3 * self.windows;
        let mut fresh = vec![0.0; missing.len() / self.width * size];
        self.window_weights.add_products(&missing, &mut fresh);
        let mut fresh = fresh.chunks_exact(size);
        for (found, piece) in found.iter_mut().zip(pieces).filter(|(found, _)| found.is_none()) {
            let product: Option<Arc<[f32]>> = fresh.next().map(Arc::from);
            if let Some(product) = product.clone() {
                self.products.put(*piece, product);
            }
            *found = product;
        }
        found.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// For each range of the pieces what it means, as a vector of length 1.
    pub(super) fn meanings(&self, windows: &Windows, of: &[Range<usize>]) -> Vec<Vec<f32>> {
        let mut pooled = Vec::with_capacity(of.len() * (self.width + 2 * self.windows));
        for pieces in of {
            windows.pool(pieces.clone(), &mut pooled);
        }
        let mut meanings = self.meaning_bias.repeat(of.len());
        self.meaning_weights.add_products(&pooled, &mut meanings);
        let of_length_1 = |meaning: &[f32]| {
            let length = meaning.iter().map(|value| value * value).sum::<f32>();
            let mut meaning = meaning.to_vec();
            scale(&mut meaning, 1.0 / (length + SMALL).sqrt());
            meaning
        };
        meanings.chunks_exact(self.meaning_bias.len()).map(of_length_1).collect()
    }
}

/// Three blocks of rows below each other as rows of three parts.
fn side_by_side(blocks: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let blocks: Vec<&[f32]> = blocks.chunks_exact(rows * columns).collect();
    (0..rows)
        .flat_map(|row| blocks.iter().flat_map(move |block| &block[row * columns..][..columns]))
        .copied()
        .collect()
}

/// Rows of bytes as numbers.
struct Stretch<'a, R> {
    rows: R,
    vectors: &'a mut [f32],
}

impl<'a, R: Iterator<Item = (&'a [i8], f32)>> WithSimd for Stretch<'_, R> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut left = self.vectors;
        for (bytes, step) in self.rows {
            let Some((vector, others)) = left.split_at_mut_checked(bytes.len()) else { return };
            for (value, byte) in vector.iter_mut().zip(bytes) {
                *value = f32::from(*byte) * step;
            }
            left = others;
        }
    }
}
