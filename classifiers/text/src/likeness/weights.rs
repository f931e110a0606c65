//! Written by `mostik-fit-likeness` (see `LIKENESS.md`); not by hand.

use super::score::Weights;

/// From this certainty on a message joins a problem by itself.
pub(super) const JOINS: f32 = 0.988;

/// Rows: stems, pairs of stems, concepts, pairs of concepts, letters, meaning,
/// common trigrams. Columns: the likest message, the average one, all together.
/// Last: agreement of the causes.
#[rustfmt::skip]
pub(super) const SHIPPED: Weights = Weights {
    evidence: [
        0.75, 0.0, 1.18,
        0.43, 0.31, 0.55,
        0.67, 0.57, 2.39,
        0.14, 0.34, 0.27,
        1.22, 0.0, 1.2,
        1.9, 1.52, 5.04,
        0.0, 0.0, 0.0,
        2.84,
    ],
    new: 8.21,
};
