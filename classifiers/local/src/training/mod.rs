//! How the models are made: labelled lines in, bytes out, the same on every
//! machine.

mod adam;
mod calibrate;
mod dataset;
mod fit;
mod fit_judge;
mod fit_meaning;
mod judged;
mod own_answers;
mod validate;
mod with_own_lines;

pub use dataset::{Example, InvalidExample, read_examples};
pub use fit_judge::{judge_has_learnt_from, train_judge};
pub use judged::{Judged, read_judged, shipped_judged};
pub use own_answers::OwnAnswers;
pub use validate::{Validation, tenth_of};
pub use with_own_lines::{
    CannotLearn, FEWEST_OWN_LINES, InUse, MOST_OWN_LINES, Retrained, train_with_own_lines,
};

use crate::{
    byte_weights::ByteWeights,
    concepts::Lexicon,
    features::{self, Reading},
    model::{self, Calibration, Model},
};

/// What is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The root cause of a customer's message.
    RootCause,
    /// The acceptance stage of an owner's comment.
    Stage,
}

impl Task {
    /// The labels of the built-in taxonomy, in the order of the model's classes.
    pub fn classes(self) -> Vec<String> {
        match self {
            Self::RootCause => {
                mostik_taxonomy::RootCause::BUILT_IN.iter().map(ToString::to_string).collect()
            }
            Self::Stage => {
                mostik_taxonomy::AcceptanceStage::ALL.iter().map(ToString::to_string).collect()
            }
        }
    }

    pub(crate) fn lexicon(self) -> &'static Lexicon {
        match self {
            Self::RootCause => &crate::concepts::OF_CUSTOMERS,
            Self::Stage => &crate::concepts::OF_OWNERS,
        }
    }

    pub(crate) fn read(self, text: &str) -> Reading {
        match self {
            Self::RootCause => features::read(text, self.lexicon()),
            Self::Stage => features::read(&crate::markup::without_quotes(text), self.lexicon()),
        }
    }
}

/// A trained model and how good it is on trades it has not seen.
pub struct Trained {
    /// The model as it is stored and compiled in.
    pub bytes: Vec<u8>,
    /// Every example answered by a model that has not seen its trade.
    pub validation: Validation,
}

/// Trains on the examples, calibrated on answers about trades left out.
/// Deterministic. Takes seconds per thousand examples.
pub fn train(task: Task, examples: &[Example]) -> Trained {
    let classes = task.classes();
    let readings: Vec<Reading> = examples.iter().map(|example| task.read(&example.text)).collect();
    let held_out = validate::leave_trades_out(examples, &readings, &classes);
    let calibration = calibrate::fit(examples, &held_out);
    let validation = Validation::new(examples, &held_out, calibration);
    let chosen: Vec<usize> = (0..examples.len()).collect();
    let calibration = calibrate::for_strangers(task, calibration);
    let model = fit_model(task, examples, &readings, &chosen, calibration);
    Trained { bytes: model.to_bytes(), validation }
}

/// A model of the chosen examples, as often as each is chosen.
fn fit_model(
    task: Task,
    examples: &[Example],
    readings: &[Reading],
    chosen: &[usize],
    calibration: Calibration,
) -> Model {
    let classes = task.classes();
    let fitted = fit::fit(examples, readings, chosen, classes.len());
    let meaning = fit_meaning::fit(examples, readings, chosen, classes.len());
    let (weights, scales) = fit::quantise(&fitted, classes.len());
    Model {
        weights: ByteWeights::new(&weights, classes.len()),
        classes,
        bias: fitted.bias,
        scales,
        meaning,
        known: fitted.known,
        calibration,
        data_hash: data_hash(examples),
        fingerprint: model::fingerprint(task.lexicon()),
    }
}

/// A hash of the examples, kept in the model that was trained on them.
pub fn data_hash(examples: &[Example]) -> u64 {
    examples.iter().fold(0, |hash, example| {
        let line = format!("{hash:x}\n{}\n{:?}\n{}", example.trade, example.labels, example.text);
        crate::hashing::hash(9, line.as_bytes())
    })
}

/// The lines that the compiled-in model was trained on.
pub fn shipped_examples(task: Task) -> Result<Vec<Example>, InvalidExample> {
    read_examples(task, shipped_lines(task))
}

/// Every so many-th of them, read without the others.
pub(crate) fn shipped_sample(task: Task, one_in: usize) -> Result<Vec<Example>, InvalidExample> {
    let chosen: Vec<&str> = shipped_lines(task).lines().step_by(one_in).collect();
    read_examples(task, &chosen.join("\n"))
}

const fn shipped_lines(task: Task) -> &'static str {
    match task {
        Task::RootCause => concat!(
            include_str!("../../training/root_cause_ru.jsonl"),
            include_str!("../../training/root_cause_en.jsonl"),
        ),
        Task::Stage => include_str!("../../training/stage.jsonl"),
    }
}
