//! Arithmetic over rows of numbers, written so that the compiler vectorises it and rayon spreads
//! it over the recogniser's threads. What is inlined always is compiled for the processor that is
//! found at run time.

#![expect(clippy::inline_always, reason = "only inlined bodies get the processor's features")]

use pulp::Arch;
use rayon::prelude::*;

/// Rows are handed to threads in pieces of at least this many numbers.
const PIECE: usize = 16_384;

/// Calls `work` for every row of `width` numbers, in parallel when there are enough of them.
pub(crate) fn each_row(values: &mut [f32], width: usize, work: impl Fn(&mut [f32]) + Sync) {
    let rows = (PIECE / width.max(1)).max(1);
    if values.len() <= PIECE {
        values.chunks_exact_mut(width).for_each(work);
    } else {
        values
            .par_chunks_mut(rows * width)
            .for_each(|piece| piece.chunks_exact_mut(width).for_each(&work));
    }
}

/// Adds `other` to `row`.
#[inline(always)]
pub(crate) fn add(row: &mut [f32], other: &[f32]) {
    for (value, addend) in row.iter_mut().zip(other) {
        *value += addend;
    }
}

/// Turns scores into logarithms of probabilities.
pub(crate) fn log_softmax(row: &mut [f32]) {
    Arch::new().dispatch(|| {
        let peak = peak(row);
        let total = total_of_exponentials(row, peak).ln() + peak;
        for value in &mut *row {
            *value -= total;
        }
    });
}

/// The logarithm of the sum of the probabilities whose logarithms are given.
pub(crate) fn log_of_sum(row: &[f32]) -> f32 {
    Arch::new().dispatch(|| {
        let peak = peak(row);
        if peak == f32::NEG_INFINITY {
            return peak;
        }
        total_of_exponentials(row, peak).ln() + peak
    })
}

/// The largest number.
#[inline(always)]
pub(crate) fn peak(row: &[f32]) -> f32 {
    let (blocks, rest) = row.as_chunks::<32>();
    let mut partial = [f32::NEG_INFINITY; 32];
    for block in blocks {
        for (partial, value) in partial.iter_mut().zip(block) {
            *partial = if *value > *partial { *value } else { *partial };
        }
    }
    partial.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

#[inline(always)]
fn total_of_exponentials(row: &[f32], peak: f32) -> f32 {
    let (blocks, rest) = row.as_chunks::<32>();
    let mut partial = [0.0_f32; 32];
    for block in blocks {
        for (partial, value) in partial.iter_mut().zip(block) {
            *partial += exp(*value - peak);
        }
    }
    partial.iter().sum::<f32>() + rest.iter().map(|value| exp(value - peak)).sum::<f32>()
}

/// Turns scores into probabilities.
#[inline(always)]
pub(crate) fn softmax(row: &mut [f32]) {
    let peak = peak(row);
    for value in &mut *row {
        *value = exp(*value - peak);
    }
    let scale = 1.0 / sum(row);
    for value in row {
        *value *= scale;
    }
}

/// Brings a row to mean 0 and variance 1, then scales and shifts it.
#[expect(clippy::cast_precision_loss, reason = "rows are short")]
#[inline(always)]
pub(crate) fn layer_norm(row: &mut [f32], gamma: &[f32], beta: &[f32]) {
    let count = row.len() as f32;
    let mean = sum(row) / count;
    for value in &mut *row {
        *value -= mean;
    }
    let scale = 1.0 / (dot(row, row) / count + 1e-5).sqrt();
    for ((value, gamma), beta) in row.iter_mut().zip(gamma).zip(beta) {
        *value = *value * scale * gamma + beta;
    }
}

/// The Gaussian error linear unit, by the error function (not the tanh approximation).
#[inline(always)]
pub(crate) fn gelu(row: &mut [f32]) {
    for value in row {
        *value = 0.5 * *value * (1.0 + erf(*value * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The inner product, in thirty-two partial sums.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_blocks, a_rest) = a.as_chunks::<32>();
    let (b_blocks, b_rest) = b.as_chunks::<32>();
    let mut partial = [0.0_f32; 32];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for ((partial, a), b) in partial.iter_mut().zip(a).zip(b) {
            *partial += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    partial.iter().sum::<f32>() + rest
}

#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let (blocks, rest) = row.as_chunks::<32>();
    let mut partial = [0.0_f32; 32];
    for block in blocks {
        add(&mut partial, block);
    }
    partial.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// e to the power of `x`, to two units in the last place, without a branch.
///
/// The power of two is found by adding a number so large that the fraction is rounded away
/// (Cephes' method); the rest is a polynomial.
#[inline(always)]
#[expect(clippy::excessive_precision, reason = "the constant's two halves, as Cephes has them")]
fn exp(x: f32) -> f32 {
    const ROUNDER: f32 = 12_582_912.0; // 1.5 * 2^23
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let power = shifted - ROUNDER;
    let rest = x - power * 0.693_359_375 + power * 2.121_944_4e-4;
    let mut polynomial = 1.987_569_15e-4;
    for coefficient in
        [1.398_199_95e-3, 8.333_451_9e-3, 4.166_579_6e-2, 1.666_666_55e-1, 5.000_000_1e-1]
    {
        polynomial = polynomial * rest + coefficient;
    }
    let fraction = polynomial * rest * rest + rest + 1.0;
    fraction * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// The error function, to 1.5e-7 (Abramowitz and Stegun, 7.1.26).
#[inline(always)]
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let mut polynomial = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        polynomial = polynomial * t + coefficient;
    }
    (1.0 - polynomial * t * exp(-x * x)).copysign(x)
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small test numbers")]
#[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn exponentials_agree_with_the_library() {
        for step in -870..880 {
            let x = step as f32 * 0.1;
            let error = (exp(x) / x.exp() - 1.0).abs();
            assert!(error < 4e-7, "{x}: {error}");
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn gelu_has_its_known_values() {
        let mut row = [-3.0, -1.0, 0.0, 1.0, 3.0];
        gelu(&mut row);
        for (value, expected) in row.iter().zip([-0.004_05, -0.158_655, 0.0, 0.841_345, 2.995_95]) {
            assert!((value - expected).abs() < 1e-5, "{value} {expected}");
        }
    }

    #[test]
    fn softmax_sums_to_one_and_keeps_order() {
        let mut row: Vec<f32> = (0..37).map(|n| n as f32 * 0.3 - 4.0).collect();
        softmax(&mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(row.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((row[1] / row[0] - 0.3_f32.exp()).abs() < 1e-5);
    }

    #[test]
    fn logarithms_of_probabilities_sum_to_one() {
        let mut row: Vec<f32> = (0..77).map(|n| n as f32 * 0.1 + 40.0).collect();
        row[3] = f32::NEG_INFINITY;
        assert_eq!(peak(&row), 47.6);
        log_softmax(&mut row);
        assert!(log_of_sum(&row).abs() < 1e-5);
        assert!((row[76] - row[66] - 1.0).abs() < 1e-5);
        assert!(row[3] < -87.0);
    }

    #[test]
    fn layer_norm_centres_and_scales() {
        let mut row: Vec<f32> = (0..35).map(|n| n as f32).collect();
        layer_norm(&mut row, &[2.0; 35], &[1.0; 35]);
        let mean = row.iter().sum::<f32>() / 35.0;
        let variance = row.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 35.0;
        assert!((mean - 1.0).abs() < 1e-5 && (variance - 4.0).abs() < 1e-3, "{mean} {variance}");
    }

    #[test]
    fn every_row_is_visited_once() {
        let mut values = vec![1.0; 300 * 512];
        each_row(&mut values, 512, |row| add(row, &[1.0; 512]));
        assert!(values.iter().all(|&value| value == 2.0));
        assert_eq!(dot(&[1.0; 35], &[2.0; 35]), 70.0);
    }
}
