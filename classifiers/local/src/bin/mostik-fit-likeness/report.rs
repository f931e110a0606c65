//! What has been fitted and measured, written down.

use std::fmt::Write as _;

use mostik_text::likeness::Weights;

use crate::measure::Judged;

/// The source of `likeness/weights.rs`.
pub(crate) fn weights(weights: &Weights, joins: f64) -> String {
    let rows: String = weights.evidence.chunks(3).fold(String::new(), |rows, row| {
        let numbers: Vec<String> = row.iter().map(|number| format!("{number:?}")).collect();
        rows + "        " + &numbers.join(", ") + ",\n"
    });
    format!(
        "//! Written by `mostik-fit-likeness` (see `LIKENESS.md`); not by hand.\n\
         \n\
         use super::score::Weights;\n\
         \n\
         /// From this certainty on a message joins a problem by itself.\n\
         pub(super) const JOINS: f32 = {joins:?};\n\
         \n\
         /// Rows: stems, pairs of stems, concepts, pairs of concepts, letters, meaning,\n\
         /// common trigrams. Columns: the likest message, the average one, all together.\n\
         /// Last: agreement of the causes.\n\
         #[rustfmt::skip]\n\
         pub(super) const SHIPPED: Weights = Weights {{\n    \
             evidence: [\n{rows}    ],\n    \
             new: {:?},\n\
         }};\n",
        weights.new,
    )
}

const MEASURED: &str = "## Measured";

/// The card with its figures replaced.
pub(crate) fn card(
    card: &str,
    sets: &[(&str, Judged)],
    parts: &[(&str, Judged)],
    joins: f64,
) -> String {
    let mut card = card.split(MEASURED).next().unwrap_or_default().to_owned();
    let _ = write!(
        card,
        "{MEASURED}\n\nWritten by `mostik-fit-likeness`. Joining by itself begins at the certainty \
         {joins}, the lowest from which on it\nholds precision .97 in every row below.\n\n\
         | set | right one first | among five | known or new (AUROC) | best recall at precision ≥ .97 \
         | at ≥ .90 | joined by itself: precision | recall |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (title, judged) in sets {
        let joined = judged.joined_from(joins).map_or_else(
            || "none | .000".to_owned(),
            |(precision, recall)| format!("{} | {}", figure(precision), figure(recall)),
        );
        let _ = writeln!(card, "| {title} | {} | {joined} |", figures(judged));
    }
    for (title, judged) in parts {
        let _ = writeln!(card, "| {title} | {} | | |", figures(judged));
    }
    card
}

fn figures(judged: &Judged) -> String {
    let all = [
        judged.recall_among(1),
        judged.recall_among(5),
        judged.known_or_new(),
        judged.recall_at(0.97),
        judged.recall_at(0.90),
    ];
    all.map(figure).join(" | ")
}

fn figure(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}
