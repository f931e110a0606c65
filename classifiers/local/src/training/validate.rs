//! How a model does on trades it has not seen: every user's case.

use super::{Example, fit, fit_meaning};
use crate::{
    evaluation::{Answer, Evaluation},
    features::Reading,
    hashing,
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

    /// The examples, by their place, that are confidently answered otherwise than
    /// labelled, with the answer: their labels deserve a second look.
    pub fn doubtful(&self, confidence: f32) -> impl Iterator<Item = (usize, Answer)> {
        let answers = self.answers.iter().map(|(_, answer)| *answer).enumerate();
        answers.filter(move |(_, a)| a.answered != a.expected && a.confidence >= confidence)
    }

    /// The answers in the order of the examples.
    pub fn answers(&self) -> impl Iterator<Item = Answer> {
        self.answers.iter().map(|(_, answer)| *answer)
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

/// How many times a part of the trades is left out.
const PARTS: u64 = 10;

/// The tenth of the trades, 0 to 9, that a trade is left out with.
pub fn tenth_of(trade: &str) -> u64 {
    hashing::hash(11, trade.as_bytes()) % PARTS
}

/// Answers each tenth of the trades by a model of all the others.
pub(super) fn leave_trades_out(
    examples: &[Example],
    readings: &[Reading],
    classes: &[String],
) -> Vec<HeldOut> {
    let parts: Vec<u64> = examples.iter().map(|example| tenth_of(&example.trade)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut answers: Vec<Option<HeldOut>> = examples.iter().map(|_| None).collect();
    let waiting: Vec<u64> = (0..PARTS).collect();
    for some in waiting.chunks(threads) {
        let found = std::thread::scope(|scope| {
            let answer = |part: u64| {
                let parts = &parts;
                scope.spawn(move || leave_out(examples, readings, classes, parts, part))
            };
            let running: Vec<_> = some.iter().copied().map(answer).collect();
            running
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_default())
                .collect::<Vec<_>>()
        });
        for (at, answer) in found {
            answers[at] = Some(answer);
        }
    }
    answers.into_iter().flatten().collect()
}

fn leave_out(
    examples: &[Example],
    readings: &[Reading],
    classes: &[String],
    parts: &[u64],
    part: u64,
) -> Vec<(usize, HeldOut)> {
    let (left_out, others): (Vec<usize>, Vec<usize>) =
        (0..examples.len()).partition(|at| parts[*at] == part);
    answer_by_others(examples, readings, classes, left_out, &others)
}

/// The answers about the examples left out, by a fit of the others.
pub(super) fn answer_by_others(
    examples: &[Example],
    readings: &[Reading],
    classes: &[String],
    left_out: Vec<usize>,
    others: &[usize],
) -> Vec<(usize, HeldOut)> {
    let resting = classes.iter().position(|class| class == model::RESTING);
    let fitted = fit::fit(examples, readings, others, classes.len());
    let meaning = fit_meaning::fit(examples, readings, others, classes.len());
    let answer = |at: usize| {
        let mut scores = fitted.scores(&readings[at], resting);
        for (score, meant) in scores.iter_mut().zip(meaning.scores(&readings[at].meaning, resting))
        {
            *score += meant;
        }
        let familiarity = model::familiarity(&fitted.known, &readings[at]);
        (at, HeldOut { scores, familiarity })
    };
    left_out.into_iter().map(answer).collect()
}
