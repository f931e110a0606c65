//! Multinomial logistic regression over meanings, and how sure it may be.

use pulp::{Arch, Simd, WithSimd};

use crate::softmax::softmax;

const ROUNDS: usize = 60;
const STEP: f32 = 4.0;
/// Vectors of length 1 are stretched, so that weights need not be large.
const STRETCH: f32 = 4.0;
/// Pull towards zero.
const DECAY: f32 = 2e-3;
/// How many times a part of the lines is left out to see how sure one may be.
/// Causes with fewer lines say nothing about it.
const PARTS: usize = 4;
/// With all examples one may be surer than with three quarters of them; how much
/// was found on messages written for it (`tests/invented_causes.jsonl`).
const SURER_WITH_ALL: f32 = 0.5;
/// When there are too few examples to find out.
const CAUTIOUS: f32 = 1.5;
const LANES: usize = 16;

/// A line that is learnt from.
pub(super) struct Line {
    pub(super) meaning: Vec<f32>,
    /// The place of its cause; 0 is everything else.
    pub(super) class: usize,
    /// How much it counts among the lines of its class.
    pub(super) share: f32,
}

/// What has been learnt.
pub(super) struct Learnt {
    /// For each class as many weights as a meaning has numbers, and a bias.
    weights: Vec<Vec<f32>>,
    temperature: f32,
}

impl Learnt {
    /// Learns `classes` classes; deterministic.
    pub(super) fn of(lines: &[Line], classes: usize) -> Self {
        let all: Vec<&Line> = lines.iter().collect();
        Self { weights: fit(&all, classes), temperature: temperature(lines, classes) }
    }

    /// How likely each class is.
    pub(super) fn odds(&self, meaning: &[f32]) -> Vec<f32> {
        let scores = scores(&self.weights, meaning);
        softmax(&scores.iter().map(|score| score / self.temperature).collect::<Vec<_>>())
    }
}

/// By which scores have to be divided so that held-out lines surprise least.
fn temperature(lines: &[Line], classes: usize) -> f32 {
    let (parts, counts) = parts(lines, classes);
    let is_telling = |line: &Line| counts[line.class] >= PARTS;
    if !lines.iter().any(|line| line.class > 0 && is_telling(line)) {
        return CAUTIOUS;
    }
    let held_out: Vec<(&Line, Vec<f32>)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..PARTS)
            .map(|part| {
                let parts = &parts;
                scope.spawn(move || leave_out(lines, classes, parts, part))
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let surprise = |temperature: f32| -> f32 {
        let of = |(line, scores): &(&Line, Vec<f32>)| {
            let scaled: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
            let odds = softmax(&scaled).into_iter().enumerate();
            let distance = |(class, odds): (usize, f32)| {
                let distance = odds - f32::from(u8::from(class == line.class));
                distance * distance
            };
            weight(line, &counts) * odds.map(distance).sum::<f32>()
        };
        held_out.iter().filter(|(line, _)| is_telling(line)).map(of).sum()
    };
    let candidates = (4..=40_u8).map(|step| f32::from(step) * 0.1);
    let candidates = candidates.map(|temperature| (temperature, surprise(temperature)));
    let least = candidates.reduce(|best, next| if next.1 < best.1 { next } else { best });
    least.map_or(CAUTIOUS, |(fitted, _)| fitted * SURER_WITH_ALL)
}

/// The part that each line is left out with, and how many lines each class has.
fn parts(lines: &[Line], classes: usize) -> (Vec<usize>, Vec<usize>) {
    let mut counts = vec![0; classes];
    let part = |line: &Line| {
        counts[line.class] += 1;
        counts[line.class] % PARTS
    };
    (lines.iter().map(part).collect(), counts)
}

fn leave_out<'a>(
    lines: &'a [Line],
    classes: usize,
    parts: &[usize],
    part: usize,
) -> Vec<(&'a Line, Vec<f32>)> {
    let of_part = |is: bool| {
        let chosen = lines.iter().zip(parts).filter(move |(_, of)| (**of == part) == is);
        chosen.map(|(line, _)| line)
    };
    let weights = fit(&of_part(false).collect::<Vec<_>>(), classes);
    of_part(true).map(|line| (line, scores(&weights, &line.meaning))).collect()
}

fn weight(line: &Line, counts: &[usize]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "thousands of lines")]
    let count = counts[line.class].max(1) as f32;
    line.share / count
}

fn scores(weights: &[Vec<f32>], meaning: &[f32]) -> Vec<f32> {
    weights.iter().map(|weights| score(weights, meaning)).collect()
}

/// Gradient steps over all lines at once.
fn fit(lines: &[&Line], classes: usize) -> Vec<Vec<f32>> {
    let size = lines.first().map_or(0, |line| line.meaning.len());
    let mut counts = vec![0; classes];
    for line in lines {
        counts[line.class] += 1;
    }
    let mut weights = vec![vec![0.0_f32; size + 1]; classes];
    let counted: Vec<f32> = lines.iter().map(|line| weight(line, &counts)).collect();
    Arch::new().dispatch(Steps { lines, counted: &counted, weights: &mut weights });
    weights
}

struct Steps<'a> {
    lines: &'a [&'a Line],
    counted: &'a [f32],
    weights: &'a mut [Vec<f32>],
}

impl WithSimd for Steps<'_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let size = self.weights.first().map_or(0, Vec::len);
        let mut slopes = vec![vec![0.0_f32; size]; self.weights.len()];
        for _ in 0..ROUNDS {
            for slopes in &mut slopes {
                slopes.fill(0.0);
            }
            for (line, counted) in self.lines.iter().zip(self.counted) {
                let scores: Vec<f32> =
                    self.weights.iter().map(|weights| score(weights, &line.meaning)).collect();
                let mut distances = softmax(&scores);
                distances[line.class] -= 1.0;
                for (slopes, distance) in slopes.iter_mut().zip(distances) {
                    let by = distance * counted;
                    for (slope, value) in slopes.iter_mut().zip(&line.meaning) {
                        *slope += by * STRETCH * value;
                    }
                    slopes[size - 1] += by;
                }
            }
            for (weights, slopes) in self.weights.iter_mut().zip(&slopes) {
                for (weight, slope) in weights.iter_mut().zip(slopes) {
                    *weight -= STEP * (slope + DECAY * *weight);
                }
            }
        }
    }
}

/// Sixteen sums side by side, then their sum.
#[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
#[inline(always)]
fn score(weights: &[f32], meaning: &[f32]) -> f32 {
    let (bias, weights) = weights.split_last().unwrap_or((&0.0, &[]));
    let (chunks, rest) = weights.as_chunks::<LANES>();
    let (values, last_values) = meaning.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (weights, values) in chunks.iter().zip(values) {
        for lane in 0..LANES {
            sums[lane] += weights[lane] * values[lane];
        }
    }
    let last: f32 = rest.iter().zip(last_values).map(|(weight, value)| weight * value).sum();
    (sums.iter().sum::<f32>() + last) * STRETCH + bias
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two directions and noise that is the same every time.
    fn lines(count: usize, noise: f32) -> Vec<Line> {
        let number = |at: usize| (crate::hashing::hash(3, &at.to_le_bytes()) % 2_001) as u16;
        let line = |at: usize| {
            let class = at % 2;
            let meaning = (0..8).map(|place| {
                let own = if place % 2 == class { 0.4 } else { 0.0 };
                own + noise * (f32::from(number(at * 8 + place)) / 1_000.0 - 1.0)
            });
            Line { meaning: meaning.collect(), class, share: 1.0 }
        };
        (0..count).map(line).collect()
    }

    #[test]
    fn what_is_clear_is_sure_and_what_is_not_is_less_so() {
        let (clear, vague) = (Learnt::of(&lines(40, 0.05), 2), Learnt::of(&lines(40, 0.8), 2));
        for line in lines(20, 0.05) {
            assert!(clear.odds(&line.meaning)[line.class] > 0.8);
        }
        assert!(vague.temperature > clear.temperature, "{}", vague.temperature);
    }

    #[test]
    fn without_examples_nothing_is_sure() {
        let mut few = lines(20, 0.05);
        few.retain(|line| line.class == 0);
        let nothing = Learnt::of(&few, 2);
        assert!((nothing.temperature - CAUTIOUS).abs() < 1e-6);
        assert!(nothing.odds(&few[0].meaning)[0] > 0.5);
        assert_eq!(Learnt::of(&[], 3).odds(&[]).len(), 3);
    }
}
