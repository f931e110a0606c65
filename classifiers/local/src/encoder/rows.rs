//! Products of vectors and matrices, by the widest registers that the machine
//! has. The sums are taken in the same order everywhere, so that every machine
//! finds the same numbers, to the last bit.
#![expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]

use pulp::{Arch, Simd, WithSimd};

/// Numbers that are worked on side by side.
const LANES: usize = 16;

type Tile = [f32; LANES];

/// A matrix by rows, one for each input, cut into columns of tiles: what is
/// read one after the other lies one after the other.
pub(super) struct Matrix {
    inputs: usize,
    outputs: usize,
    /// For each 16 outputs the tiles of all inputs; the last one is padded.
    tiles: Vec<Tile>,
}

impl Matrix {
    /// From rows of `outputs` numbers.
    pub(super) fn new(rows: &[f32], outputs: usize) -> Self {
        let inputs = rows.len() / outputs;
        let mut tiles = Vec::with_capacity(inputs * outputs.div_ceil(LANES));
        for from in (0..outputs).step_by(LANES) {
            tiles.extend(rows.chunks_exact(outputs).map(|row| tile(&row[from..])));
        }
        Self { inputs, outputs, tiles }
    }

    /// Adds to each `outputs` sums what the vector in the same place makes of them.
    pub(super) fn add_products(&self, vectors: &[f32], sums: &mut [f32]) {
        Arch::new().dispatch(Products { matrix: self, vectors, sums });
    }

    /// As many vectors at once as there are: each weight is then read once.
    #[inline(always)]
    fn add_side_by_side<S: Simd, const N: usize>(
        &self,
        simd: S,
        vectors: [&[f32]; N],
        sums: &mut [f32],
    ) {
        let columns = self.tiles.chunks_exact(self.inputs.max(1));
        for (column, from) in columns.zip((0..self.outputs).step_by(LANES)) {
            let kept = LANES.min(self.outputs - from);
            let mut found: [Tile; N] =
                std::array::from_fn(|at| tile(&sums[at * self.outputs + from..][..kept]));
            for register in 0..S::as_simd_f32s(&found[0]).0.len() {
                add_column(simd, register, column, &vectors, &mut found);
            }
            for (at, found) in found.iter().enumerate() {
                sums[at * self.outputs + from..][..kept].copy_from_slice(&found[..kept]);
            }
        }
    }
}

/// One register of a column of tiles, for all vectors.
#[inline(always)]
fn add_column<S: Simd, const N: usize>(
    simd: S,
    register: usize,
    column: &[Tile],
    vectors: &[&[f32]; N],
    found: &mut [Tile; N],
) {
    let weights = |tile: &Tile| S::as_simd_f32s(tile).0[register];
    let product = |value: f32, weights| simd.mul_f32s(simd.splat_f32s(value), weights);
    let (fours, rest) = column.as_chunks::<4>();
    let of_fours: [&[[f32; 4]]; N] =
        std::array::from_fn(|at| &vectors[at].as_chunks::<4>().0[..fours.len()]);
    let mut sums: [S::f32s; N] = std::array::from_fn(|at| S::as_simd_f32s(&found[at]).0[register]);
    for (at, four) in fours.iter().enumerate() {
        let [a, b, c, d] = std::array::from_fn(|row| weights(&four[row]));
        for (sum, values) in sums.iter_mut().zip(&of_fours) {
            let values = values[at];
            let two = simd.add_f32s(product(values[0], a), product(values[1], b));
            let three = simd.add_f32s(two, product(values[2], c));
            *sum = simd.add_f32s(*sum, simd.add_f32s(three, product(values[3], d)));
        }
    }
    for (sum, vector) in sums.iter_mut().zip(vectors) {
        for (tile, value) in rest.iter().zip(&vector[fours.len() * 4..]) {
            *sum = simd.add_f32s(*sum, product(*value, weights(tile)));
        }
    }
    for (found, sum) in found.iter_mut().zip(sums) {
        S::as_mut_simd_f32s(found).0[register] = sum;
    }
}

struct Products<'a> {
    matrix: &'a Matrix,
    vectors: &'a [f32],
    sums: &'a mut [f32],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (inputs, outputs) = (self.matrix.inputs.max(1), self.matrix.outputs);
        let fours = self.vectors.chunks_exact(4 * inputs);
        let (rest, done) = (fours.remainder(), 4 * outputs * fours.len());
        let (sums_of_fours, sums_of_rest) = self.sums.split_at_mut(done);
        for (vectors, sums) in fours.zip(sums_of_fours.chunks_exact_mut(4 * outputs)) {
            let (first, others) = vectors.split_at(inputs);
            let (second, others) = others.split_at(inputs);
            let (third, fourth) = others.split_at(inputs);
            self.matrix.add_side_by_side(simd, [first, second, third, fourth], sums);
        }
        let (first, others) = rest.split_at(inputs.min(rest.len()));
        let (second, third) = others.split_at(inputs.min(others.len()));
        match rest.len() / inputs {
            0 => {}
            1 => self.matrix.add_side_by_side(simd, [first], sums_of_rest),
            2 => self.matrix.add_side_by_side(simd, [first, second], sums_of_rest),
            _ => self.matrix.add_side_by_side(simd, [first, second, third], sums_of_rest),
        }
    }
}

/// The first numbers of a row; zeros where it ends.
#[inline(always)]
fn tile(row: &[f32]) -> Tile {
    let mut tile = [0.0; LANES];
    let kept = row.len().min(LANES);
    tile[..kept].copy_from_slice(&row[..kept]);
    tile
}

/// Adds each value to the sum in the same place.
#[inline(always)]
pub(super) fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Multiplies all values.
#[inline(always)]
pub(super) fn scale(values: &mut [f32], by: f32) {
    for value in values {
        *value *= by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_gives_what_the_definition_says() {
        let number = |at: usize| f32::from(u8::try_from(at * 37 % 101).unwrap_or(0)) / 8.0 - 6.0;
        for (inputs, outputs, count) in
            [(1, 1, 1), (3, 5, 2), (4, 16, 3), (7, 17, 4), (8, 48, 5), (9, 33, 7), (5, 2, 0)]
        {
            let rows: Vec<f32> = (0..inputs * outputs).map(number).collect();
            let vectors: Vec<f32> = (0..inputs * count).map(|at| number(at + 5)).collect();
            let mut sums = vec![0.5; outputs * count];
            Matrix::new(&rows, outputs).add_products(&vectors, &mut sums);
            for (at, sum) in sums.iter().enumerate() {
                let (vector, column) = (&vectors[at / outputs * inputs..][..inputs], at % outputs);
                let of = |(row, value): (usize, &f32)| value * rows[row * outputs + column];
                let expected: f32 = 0.5 + vector.iter().enumerate().map(of).sum::<f32>();
                assert!((sum - expected).abs() < 1e-2, "{inputs} × {outputs}: {sum} {expected}");
            }
        }
    }
}
