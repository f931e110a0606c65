//! Finds the weights under which the right answers are most probable
//! (multinomial logistic regression with "none of them" as one answer;
//! weights below zero would punish likeness and are not allowed).

use mostik_text::likeness::{Alike, EVIDENCE, Evidence, Weights};

use crate::draw::Draw;

/// Which evidence counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    All,
    Words,
    Meaning,
}

/// The rows of the evidence that are about meaning.
const MEANING: std::ops::Range<usize> = EVIDENCE - 7..EVIDENCE - 4;

const ROUNDS: u16 = 250;
const PACE: f64 = 0.15;
/// Keeps single weights from growing where others say the same.
const RIDGE: f64 = 1e-3;

/// Adam (Kingma and Ba 2014), over all draws at once.
pub(crate) fn fit(draws: &[Draw], parts: Parts) -> Weights {
    let counts = |at: usize| match parts {
        Parts::All => true,
        Parts::Words => !MEANING.contains(&at),
        Parts::Meaning => MEANING.contains(&at),
    };
    let begin = |at| if at == EVIDENCE { 6.0 } else { f64::from(u8::from(counts(at))) };
    let mut weights: [f64; EVIDENCE + 1] = std::array::from_fn(begin);
    let (mut mean, mut square) = ([0.0; EVIDENCE + 1], [0.0; EVIDENCE + 1]);
    for round in 1..=ROUNDS {
        let slope = slope(draws, &rounded(&weights));
        let pace = PACE * (1.0 - 0.9 * f64::from(round) / f64::from(ROUNDS));
        for at in 0..=EVIDENCE {
            let ridge = if at < EVIDENCE { RIDGE * weights[at] } else { 0.0 };
            let slope = slope[at] + ridge;
            mean[at] = 0.9 * mean[at] + 0.1 * slope;
            square[at] = 0.999 * square[at] + 0.001 * slope * slope;
            let (m, s) = (
                mean[at] / (1.0 - 0.9_f64.powi(round.into())),
                square[at] / (1.0 - 0.999_f64.powi(round.into())),
            );
            weights[at] -= pace * m / (s.sqrt() + 1e-8);
            if at < EVIDENCE {
                weights[at] = if counts(at) { weights[at].max(0.0) } else { 0.0 };
            }
        }
    }
    rounded(&weights)
}

/// As they are written down: to the hundredth.
fn rounded(weights: &[f64; EVIDENCE + 1]) -> Weights {
    #[expect(clippy::cast_possible_truncation, reason = "a few digits are enough")]
    let short = |value: f64| ((value * 100.0).round() / 100.0) as f32;
    Weights {
        evidence: std::array::from_fn(|at| short(weights[at])),
        new: short(weights[EVIDENCE]),
    }
}

/// Of the mean negative log-likelihood.
fn slope(draws: &[Draw], weights: &Weights) -> [f64; EVIDENCE + 1] {
    let mut slope = [0.0; EVIDENCE + 1];
    let mut count = 0.0;
    for asked in draws.iter().flat_map(|draw| &draw.asked) {
        let ranked = weights.rank(&asked.evidence);
        let known: f64 = ranked.iter().map(|alike| f64::from(alike.certainty)).sum();
        slope[EVIDENCE] += (1.0 - known) - f64::from(u8::from(asked.right.is_none()));
        for Alike { problem, certainty } in ranked {
            let right = f64::from(u8::from(asked.right == Some(problem)));
            add(&mut slope, &asked.evidence[problem], f64::from(certainty) - right);
        }
        count += 1.0;
    }
    slope.map(|value| value / f64::max(count, 1.0))
}

fn add(slope: &mut [f64; EVIDENCE + 1], evidence: &Evidence, share: f64) {
    for (sum, value) in slope.iter_mut().zip(evidence) {
        *sum += share * f64::from(*value);
    }
}
