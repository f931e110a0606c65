//! Written by `mostik-fit-likeness` (see `LIKENESS.md`); not by hand.

use super::score::Weights;

/// From this certainty on a message joins a problem by itself.
pub(super) const JOINS: f32 = 0.988;

/// Rows: stems, pairs of stems, concepts, pairs of concepts, letters, meaning,
/// common trigrams. Columns: the likest message, the average one, all together.
#[rustfmt::skip]
pub(super) const SHIPPED: Weights = Weights {
    evidence: [
        0.68, 0.0, 0.97,
        0.37, 0.3, 0.49,
        0.74, 0.67, 2.61,
        0.01, 0.25, 0.25,
        1.25, 0.0, 1.1,
        1.92, 1.53, 5.25,
        0.0, 0.0, 0.0,
    ],
    new: 8.26,
};
