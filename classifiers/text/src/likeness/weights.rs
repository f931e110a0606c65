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
        0.74, 0.0, 1.15,
        0.41, 0.31, 0.54,
        0.67, 0.6, 2.42,
        0.12, 0.32, 0.26,
        1.22, 0.0, 1.2,
        1.89, 1.51, 5.05,
        0.0, 0.0, 0.0,
        2.62,
    ],
    new: 8.19,
};
