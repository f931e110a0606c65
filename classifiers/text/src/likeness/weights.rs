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
        0.75, 0.0, 1.15,
        0.42, 0.31, 0.55,
        0.68, 0.56, 2.44,
        0.12, 0.33, 0.26,
        1.22, 0.0, 1.2,
        1.86, 1.51, 5.06,
        0.0, 0.0, 0.0,
        2.64,
    ],
    new: 8.19,
};
