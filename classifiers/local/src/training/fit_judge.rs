//! The judge, learnt by adaptive gradient steps (Adam, Kingma and Ba 2014): a
//! multinomial logistic regression for each question.

use super::{Judged, Task, adam::Adam, fit::shuffle, judged::data_hash};
use crate::{
    judge::{
        Inputs, JudgeWeights, LocalJudge, NUMBERS, Row, WORDS, fingerprint, in_bytes, of_numbers,
        questions::{ANSWERS, NAMES, QUESTIONS, columns, places},
    },
    softmax::softmax,
};

const EPOCHS: u64 = 8;
const BATCH: usize = 32;
/// The size of the first step; the last ones are a twentieth of it.
const STEP: f32 = 3e-3;
const LAST_STEP: f32 = 0.05;
/// Of so many parts each is left out once to measure with.
const PARTS: usize = 10;

/// A judge of all lines, as bytes, and how often one that has not seen a line
/// judges it as its reader did, by question.
pub fn train_judge(judged: &[Judged]) -> (Vec<u8>, [(&'static str, f64); QUESTIONS]) {
    let seen = seen(judged);
    let wanted: Vec<[usize; QUESTIONS]> =
        judged.iter().map(|line| places(line.judgement)).collect();
    let mut right = [0_u32; QUESTIONS];
    for part in 0..PARTS {
        let (held, learnt): (Vec<usize>, Vec<usize>) =
            (0..judged.len()).partition(|at| at % PARTS == part);
        let weights = fit(&seen, &wanted, &learnt);
        for at in held {
            let found = places(weights.judgement(&seen[at]));
            for (right, (found, wanted)) in right.iter_mut().zip(found.iter().zip(&wanted[at])) {
                *right += u32::from(found == wanted);
            }
        }
    }
    let all: Vec<usize> = (0..judged.len()).collect();
    let judge = LocalJudge::new(fit(&seen, &wanted, &all), data_hash(judged, fingerprint(&seen)));
    #[expect(clippy::cast_precision_loss, reason = "thousands of lines")]
    let lines = judged.len().max(1) as f64;
    let shares = std::array::from_fn(|at| (NAMES[at], f64::from(right[at]) / lines));
    (judge.to_bytes(), shares)
}

/// Whether the shipped judge has learnt from these lines, and sees of them what
/// it saw then.
pub fn judge_has_learnt_from(judged: &[Judged]) -> bool {
    let hash = data_hash(judged, fingerprint(&seen(judged)));
    LocalJudge::shipped().is_some_and(|judge| judge.data_hash() == hash)
}

fn seen(judged: &[Judged]) -> Vec<Inputs> {
    let inputs = |line: &Judged| Inputs::of(&line.text, &Task::RootCause.read(&line.text));
    judged.iter().map(inputs).collect()
}

fn fit(seen: &[Inputs], wanted: &[[usize; QUESTIONS]], chosen: &[usize]) -> JudgeWeights {
    let mut learner = Learner::new();
    let mut order = chosen.to_vec();
    for epoch in 0..EPOCHS {
        shuffle(&mut order, epoch);
        let size = STEP * (1.0 - (1.0 - LAST_STEP) * share(epoch, EPOCHS));
        for batch in order.chunks(BATCH) {
            for at in batch {
                learner.look_at(&seen[*at], &wanted[*at]);
            }
            learner.step(batch.len(), size);
        }
    }
    in_bytes(learner.numbers.as_chunks().0, learner.words.as_chunks().0)
}

/// Rows of [`ANSWERS`] numbers, one after the other.
struct Learner {
    numbers: Vec<f32>,
    words: Vec<f32>,
    of_numbers: Adam,
    of_words: Adam,
}

impl Learner {
    fn new() -> Self {
        let (numbers, words) = (NUMBERS * ANSWERS, WORDS * ANSWERS);
        Self {
            numbers: vec![0.0; numbers],
            words: vec![0.0; words],
            of_numbers: Adam::new(numbers),
            of_words: Adam::new(words),
        }
    }

    fn scores(&self, inputs: &Inputs) -> Row<f32> {
        let mut scores = of_numbers(self.numbers.as_chunks().0, inputs);
        let (rows, _) = self.words.as_chunks::<ANSWERS>();
        for word in &inputs.words {
            for (score, weight) in scores.iter_mut().zip(&rows[usize::from(*word)]) {
                *score += weight * inputs.each;
            }
        }
        scores
    }

    /// Notes in which direction this message would move the weights.
    fn look_at(&mut self, inputs: &Inputs, wanted: &[usize; QUESTIONS]) {
        let mut slopes = self.scores(inputs);
        for (columns, wanted) in columns().into_iter().zip(wanted) {
            let odds = softmax(&slopes[columns.clone()]);
            slopes[columns.clone()].copy_from_slice(&odds);
            slopes[columns.start + wanted] -= 1.0;
        }
        self.of_numbers.note(inputs.numbers.iter().copied(), &slopes);
        for word in &inputs.words {
            self.of_words.note_one(usize::from(*word), inputs.each, &slopes);
        }
    }

    fn step(&mut self, noted: usize, size: f32) {
        self.of_numbers.step(&mut self.numbers, noted, size);
        self.of_words.step(&mut self.words, noted, size);
    }
}

fn share(part: u64, of: u64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "tens of rounds")]
    let share = part as f32 / of as f32;
    share
}
