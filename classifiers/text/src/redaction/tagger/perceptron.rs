//! An averaged perceptron over whole sequences (Collins 2002), the same bytes
//! everywhere.

use super::{
    Label,
    features::{BUCKETS, Token, features},
    model::{LABELS, Scores, Weights},
};

const ROUNDS: usize = 8;
/// Learners that meet the examples in different orders: the mean of several depends less on the
/// order than one does.
const LEARNERS: u64 = 5;
/// While learning, another answer than the right one is made so much more
/// attractive, that what is learnt holds with room to spare.
const MARGIN: i32 = 10;
/// And "nothing" for something personal by so much: a miss is worse than a
/// word too many.
const MISS: i32 = 100;
/// What the largest weights are made to be.
const LARGEST: f64 = 127.0;

/// The words of a message and what each is part of.
pub(super) type Example = (Vec<Token>, Vec<Label>);

/// Weights that tell the labels of the examples.
pub(super) fn fit(examples: &[&Example]) -> Weights<i8> {
    let mut learnt: Vec<Weights<f64>> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (1..=LEARNERS).map(|order| scope.spawn(move || learn(examples, order))).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut sum = learnt.pop().unwrap_or_else(|| Learner::new().average());
    for other in &learnt {
        let rows = sum.features.iter_mut().chain(&mut sum.after);
        for (row, other) in rows.zip(other.features.iter().chain(&other.after)) {
            row.iter_mut().zip(other).for_each(|(weight, other)| *weight += other);
        }
    }
    in_bytes(&sum)
}

/// What one learner makes of the examples.
fn learn(examples: &[&Example], mut state: u64) -> Weights<f64> {
    let mut learner = Learner::new();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut state);
        for at in &order {
            learner.learn(examples[*at]);
        }
    }
    learner.average()
}

/// The same order everywhere.
fn shuffle(order: &mut [usize], state: &mut u64) {
    for at in (1..order.len()).rev() {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        order.swap(at, ((*state >> 33) % (at as u64 + 1)) as usize);
    }
}

/// Weights, and how late each was learnt: the mean over time is what holds
/// best on other texts.
struct Learner {
    weights: Weights<i32>,
    late: Vec<[i64; LABELS]>,
    late_after: [[i64; LABELS]; LABELS],
    time: i64,
}

impl Learner {
    fn new() -> Self {
        let weights =
            Weights { features: vec![[0; LABELS]; BUCKETS], after: [[0; LABELS]; LABELS] };
        Self {
            weights,
            late: vec![[0; LABELS]; BUCKETS],
            late_after: [[0; LABELS]; LABELS],
            time: 0,
        }
    }

    fn learn(&mut self, (tokens, right): &Example) {
        self.time += 1;
        let answered = self.weights.best(tokens, |at, scores| tempt(right[at], scores));
        if answered == *right {
            return;
        }
        let mut found = Vec::with_capacity(96);
        let mut before = (Label::Nothing, Label::Nothing);
        for at in 0..tokens.len() {
            let (wanted, wrong) = (right[at], answered[at]);
            if wanted != wrong {
                features(tokens, at, &mut found);
                for bucket in &found {
                    self.change(*bucket as usize, wanted, 1);
                    self.change(*bucket as usize, wrong, -1);
                }
            }
            self.change_after(before.0, wanted, 1);
            self.change_after(before.1, wrong, -1);
            before = (wanted, wrong);
        }
    }

    fn change(&mut self, bucket: usize, label: Label, by: i32) {
        self.weights.features[bucket][label as usize] += by;
        self.late[bucket][label as usize] += i64::from(by) * self.time;
    }

    fn change_after(&mut self, before: Label, label: Label, by: i32) {
        self.weights.after[before as usize][label as usize] += by;
        self.late_after[before as usize][label as usize] += i64::from(by) * self.time;
    }

    /// The mean of the weights over time.
    fn average(&self) -> Weights<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a mean of small numbers")]
        let mean = |(weight, late): (&i32, &i64)| {
            f64::from(*weight) - *late as f64 / (self.time + 1) as f64
        };
        let rows = |weights: &[[i32; LABELS]], late: &[[i64; LABELS]]| -> Vec<[f64; LABELS]> {
            weights
                .iter()
                .zip(late)
                .map(|(weights, late)| std::array::from_fn(|at| mean((&weights[at], &late[at]))))
                .collect()
        };
        let after = rows(&self.weights.after, &self.late_after);
        Weights {
            features: rows(&self.weights.features, &self.late),
            after: std::array::from_fn(|at| after[at]),
        }
    }
}

fn in_bytes(weights: &Weights<f64>) -> Weights<i8> {
    let all = weights.features.iter().chain(&weights.after).flatten();
    let scale = LARGEST / all.fold(1.0, |most: f64, weight| most.max(weight.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "within a byte by the scale")]
    let byte = |weight: f64| (weight * scale).round() as i8;
    Weights {
        features: weights.features.iter().map(|row| row.map(byte)).collect(),
        after: std::array::from_fn(|at| weights.after[at].map(byte)),
    }
}

/// Makes the wrong answers more attractive than they are.
fn tempt(right: Label, scores: &mut Scores) {
    for label in Label::ALL.into_iter().filter(|label| *label != right) {
        scores[label as usize] += if label == Label::Nothing { MISS } else { MARGIN };
    }
}
