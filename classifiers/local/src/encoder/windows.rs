//! The pieces of a text beside their neighbours, and stretches of them as one
//! vector.
#![expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]

use std::{ops::Range, sync::Arc};

use pulp::{Arch, Simd, WithSimd};

use super::rows::{add, scale};

/// What the mean of the windows counts beside the mean of the pieces.
const MEAN_SHARE: f32 = 0.5;
const SMALL: f32 = 1e-6;

/// The pieces of a text as vectors, before pooling.
pub(super) struct Windows {
    pub(super) width: usize,
    pub(super) outputs: usize,
    /// `width` for each piece.
    pub(super) pieces: Vec<f32>,
    /// `outputs` for each piece.
    pub(super) activations: Vec<f32>,
}

/// What the window around each piece says: what is above zero of the sum of
/// three neighbours' products. Each product has three parts: for the windows
/// of the next piece, of the piece itself, and of the one before.
pub(super) fn activations(bias: &[f32], products: &[Arc<[f32]>]) -> Vec<f32> {
    let mut activations = vec![0.0; bias.len() * products.len()];
    Arch::new().dispatch(Neighbours { activations: &mut activations, bias, products });
    activations
}

struct Neighbours<'a> {
    activations: &'a mut [f32],
    bias: &'a [f32],
    products: &'a [Arc<[f32]>],
}

impl WithSimd for Neighbours<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let size = self.bias.len();
        let nobody = vec![0.0; size];
        let part = |at: Option<usize>, part: usize| {
            let product = at.and_then(|at| self.products.get(at));
            product.map_or(&nobody[..], |product| &product[part * size..][..size])
        };
        for (at, sums) in self.activations.chunks_exact_mut(size).enumerate() {
            let before = part(at.checked_sub(1), 0);
            let (own, after) = (part(Some(at), 1), part(Some(at + 1), 2));
            let shares = self.bias.iter().zip(before).zip(own).zip(after);
            for (sum, (((bias, before), own), after)) in sums.iter_mut().zip(shares) {
                let all = bias + before + own + after;
                *sum = if all > 0.0 { all } else { 0.0 };
            }
        }
    }
}

impl Windows {
    /// Appends the chosen pieces as one vector: means and greatest values.
    pub(super) fn pool(&self, chosen: Range<usize>, pooled: &mut Vec<f32>) {
        let from = pooled.len();
        pooled.resize(from + self.width + 2 * self.outputs, 0.0);
        Arch::new().dispatch(Pool { windows: self, chosen, pooled: &mut pooled[from..] });
    }
}

struct Pool<'a> {
    windows: &'a Windows,
    chosen: Range<usize>,
    pooled: &'a mut [f32],
}

impl WithSimd for Pool<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Windows { width, outputs, pieces, activations } = self.windows;
        let count = self.chosen.len();
        let (of_pieces, of_windows) = self.pooled.split_at_mut(*width);
        let (means, greatest) = of_windows.split_at_mut(*outputs);
        for at in self.chosen {
            add(of_pieces, &pieces[at * width..][..*width]);
            let activations = &activations[at * outputs..][..*outputs];
            add(means, activations);
            for (most, value) in greatest.iter_mut().zip(activations) {
                *most = if *value > *most { *value } else { *most };
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "hundreds of pieces and numbers")]
        let (count, size) = (count.max(1) as f32, self.pooled.len() as f32);
        let share = 1.0 / count.sqrt();
        let (of_pieces, of_windows) = self.pooled.split_at_mut(*width);
        scale(of_pieces, share);
        scale(&mut of_windows[..*outputs], share * MEAN_SHARE);
        let mean_square = self.pooled.iter().map(|value| value * value).sum::<f32>() / size;
        scale(self.pooled, 1.0 / (mean_square + SMALL).sqrt());
    }
}
