//! Written by `mostik-fit-likeness` (see `LIKENESS.md`); not by hand.

use super::score::Weights;

/// From this certainty on a message joins a problem by itself.
pub(super) const JOINS: f32 = 0.978;

/// Rows: stems, pairs of stems, concepts, pairs of concepts, letters, meaning,
/// common trigrams. Columns: the likest message, the average one, all together.
#[rustfmt::skip]
pub(super) const SHIPPED: Weights = Weights {
    evidence: [
        0.78, 0.13, 1.36,
        0.5, 0.43, 0.61,
        0.64, 0.04, 1.37,
        0.36, 0.0, 0.18,
        0.97, 0.01, 1.15,
        2.37, 2.61, 5.86,
        0.0, 0.0, 0.0,
    ],
    new: 8.32,
};
