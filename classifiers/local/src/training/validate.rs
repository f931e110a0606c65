//! How a model does on trades it has not seen: every user's case.

use std::collections::BTreeSet;

use super::{Example, fit};
use crate::{
    evaluation::{Answer, Evaluation},
    features::Reading,
    model::{self, Calibration},
};

/// The uncalibrated answer about an example whose trade was left out.
pub(super) struct HeldOut {
    pub(super) scores: Vec<f32>,
    pub(super) familiarity: f32,
}

/// The calibrated answers about all examples, each by a model that has not
/// seen its trade.
pub struct Validation {
    answers: Vec<(mostik_taxonomy::Language, Answer)>,
}

impl Validation {
    pub(super) fn new(examples: &[Example], held_out: &[HeldOut], by: Calibration) -> Self {
        let answer = |(example, held_out): (&Example, &HeldOut)| {
            let odds = by.probabilities(&held_out.scores, held_out.familiarity, example.language);
            (example.language, Answer::best_of(&odds, example.labels[0]))
        };
        Self { answers: examples.iter().zip(held_out).map(answer).collect() }
    }

    /// How good the answers are, in one language or in both.
    pub fn evaluation(
        &self,
        classes: Vec<String>,
        language: Option<mostik_taxonomy::Language>,
    ) -> Evaluation {
        let chosen = self.answers.iter().filter(|(of, _)| language.is_none_or(|l| l == *of));
        Evaluation::new(classes, chosen.map(|(_, answer)| *answer).collect())
    }
}

/// Answers each trade by a model of all the others.
pub(super) fn leave_trades_out(
    examples: &[Example],
    readings: &[Reading],
    classes: &[String],
) -> Vec<HeldOut> {
    let resting = classes.iter().position(|class| class == model::RESTING);
    let trades: BTreeSet<&str> = examples.iter().map(|example| example.trade.as_str()).collect();
    let mut answers: Vec<Option<HeldOut>> = examples.iter().map(|_| None).collect();
    for trade in trades {
        let (left_out, others): (Vec<usize>, Vec<usize>) =
            (0..examples.len()).partition(|at| examples[*at].trade == trade);
        let fitted = fit::fit(examples, readings, &others, classes.len());
        for at in left_out {
            let scores = fitted.scores(&readings[at], resting);
            let familiarity = model::familiarity(&fitted.known, &readings[at]);
            answers[at] = Some(HeldOut { scores, familiarity });
        }
    }
    answers.into_iter().flatten().collect()
}
