//! Products of few rows with a large matrix: what the decoder does for each token.
//!
//! Such a product is bound by how fast the matrix comes from memory. A general product would pack
//! the matrix first and use one thread; here every thread reads its share of it once, in order.

use pulp::Arch;
use rayon::prelude::*;

use super::rows::dot;

/// Up to so many rows this is faster than the general product.
pub(crate) const MOST_ROWS: usize = 8;
/// Rows of the matrix that a thread takes at a time.
const SHARE: usize = 64;

/// Multiplies `input` (rows of `inputs` numbers) with a matrix of one row for each output;
/// gives one row of outputs for each row of input.
pub(crate) fn multiply(matrix: &[f32], input: &[f32], inputs: usize) -> Vec<f32> {
    let (outputs, rows) = (matrix.len() / inputs, input.len() / inputs);
    let mut turned = vec![0.0; outputs * rows];
    let arch = Arch::new();
    turned
        .par_chunks_mut(SHARE * rows)
        .zip(matrix.par_chunks(SHARE * inputs))
        .for_each(|(turned, share)| arch.dispatch(|| multiply_share(share, input, inputs, turned)));
    if rows == 1 { turned } else { turn(&turned, rows) }
}

/// One row of results for each row of the matrix's share. Inlined, so that it is compiled for the
/// processor that is found at run time.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only an inlined body gets the processor's features")]
fn multiply_share(share: &[f32], input: &[f32], inputs: usize, turned: &mut [f32]) {
    let rows = input.len() / inputs;
    for (weights, results) in share.chunks_exact(inputs).zip(turned.chunks_exact_mut(rows)) {
        for (row, result) in input.chunks_exact(inputs).zip(results) {
            *result = dot(weights, row);
        }
    }
}

fn turn(turned: &[f32], rows: usize) -> Vec<f32> {
    (0..rows).flat_map(|row| turned.iter().skip(row).step_by(rows).copied()).collect()
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small test numbers")]
#[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn products_agree_with_the_definition() {
        let (inputs, outputs) = (35, 150);
        for rows in 1..=3 {
            let matrix: Vec<f32> = (0..inputs * outputs).map(|n| (n % 13) as f32 - 6.0).collect();
            let input: Vec<f32> = (0..inputs * rows).map(|n| (n % 7) as f32 - 3.0).collect();
            let product = multiply(&matrix, &input, inputs);
            for row in 0..rows {
                for output in 0..outputs {
                    let expected: f32 = (0..inputs)
                        .map(|n| matrix[output * inputs + n] * input[row * inputs + n])
                        .sum();
                    assert_eq!(product[row * outputs + output], expected);
                }
            }
        }
    }
}
