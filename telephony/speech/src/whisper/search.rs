//! The search for the likeliest words of one window.

use candle_core::Result;

use super::decoder::{Heard, Said};
use super::model::Model;
use super::rules::Rules;
use super::vocabulary::Token;

/// What the search found.
#[derive(Clone)]
pub(crate) struct Found {
    /// Text and timestamps, without the prompt and without the end.
    pub(crate) tokens: Vec<Token>,
    /// Mean of the logarithms of the tokens' probabilities, the end included.
    pub(crate) mean_log_probability: f32,
}

/// How to search.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// Keeps that many hypotheses and takes the likeliest; 1 is greedy.
    Beam(usize),
    /// Draws each token at random at that temperature, for when the likeliest is a loop.
    Draw { temperature: f32, seed: u64 },
}

struct Hypothesis {
    tokens: Vec<Token>,
    log_probability: f32,
}

/// A step from a hypothesis to a token.
struct Candidate {
    parent: usize,
    token: Token,
    log_probability: f32,
}

/// Searches from a prompt that `said` has taken in; `state` is the decoder's state after it.
///
/// `longest` bounds the tokens. `abandoned` is asked before every step; when it says so, the
/// search ends with what it has.
pub(crate) fn search(
    model: &Model,
    rules: &Rules<'_>,
    heard: &Heard,
    (said, state): (Said, candle_core::Tensor),
    way: Way,
    longest: usize,
    abandoned: &(dyn Fn() -> bool + Sync),
) -> Result<Found> {
    let width = match way {
        Way::Beam(width) => width.max(1),
        Way::Draw { .. } => 1,
    };
    let mut chance = Chance::new(way);
    let (mut live, mut memories, mut state) =
        (vec![Hypothesis { tokens: Vec::new(), log_probability: 0.0 }], vec![said], state);
    let mut finished: Vec<Hypothesis> = Vec::new();
    while finished.len() < width && live[0].tokens.len() < longest && !abandoned() {
        let mut scores = model.decoder.scores(&state)?;
        let mut candidates = Vec::new();
        for (parent, (row, hypothesis)) in
            scores.chunks_exact_mut(model.decoder.tokens()).zip(&live).enumerate()
        {
            rules.apply(row, &hypothesis.tokens);
            for token in chance.best(row, width) {
                let log_probability = hypothesis.log_probability + row[token as usize];
                candidates.push(Candidate { parent, token, log_probability });
            }
        }
        candidates.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
        let next = split(candidates, &live, model.vocabulary.end, width, &mut finished);
        if next.is_empty() {
            break;
        }
        memories = inherit(memories, &next);
        live = grow(&live, &next);
        let tokens: Vec<Token> = next.iter().map(|candidate| candidate.token).collect();
        state = model.decoder.step(heard, &mut memories, &tokens)?;
    }
    if finished.is_empty() {
        finished = live;
    }
    Ok(likeliest(&finished))
}

/// Parts the best candidates into those that go on, at most `width`, and those that are finished.
fn split(
    candidates: Vec<Candidate>,
    live: &[Hypothesis],
    end: Token,
    width: usize,
    finished: &mut Vec<Hypothesis>,
) -> Vec<Candidate> {
    let mut next = Vec::with_capacity(width);
    for (rank, candidate) in candidates.into_iter().enumerate() {
        if !candidate.log_probability.is_finite() || next.len() == width {
            break;
        }
        if candidate.token != end {
            next.push(candidate);
        } else if rank < width {
            let tokens = live[candidate.parent].tokens.clone();
            finished.push(Hypothesis { tokens, log_probability: candidate.log_probability });
            if width == 1 {
                break;
            }
        }
    }
    next
}

fn grow(live: &[Hypothesis], next: &[Candidate]) -> Vec<Hypothesis> {
    next.iter()
        .map(|candidate| {
            let mut tokens = live[candidate.parent].tokens.clone();
            tokens.push(candidate.token);
            Hypothesis { tokens, log_probability: candidate.log_probability }
        })
        .collect()
}

/// Gives each candidate its parent's memory: the last child gets it, earlier ones a copy.
fn inherit(memories: Vec<Said>, next: &[Candidate]) -> Vec<Said> {
    let mut memories: Vec<Option<Said>> = memories.into_iter().map(Some).collect();
    let mut inherited: Vec<Said> = Vec::with_capacity(next.len());
    for (at, candidate) in next.iter().enumerate() {
        let needed_later = next[at + 1..].iter().any(|other| other.parent == candidate.parent);
        let memory = &mut memories[candidate.parent];
        inherited.extend(if needed_later { memory.clone() } else { memory.take() });
    }
    inherited
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred tokens")]
fn likeliest(finished: &[Hypothesis]) -> Found {
    finished
        .iter()
        .map(|hypothesis| Found {
            tokens: hypothesis.tokens.clone(),
            mean_log_probability: hypothesis.log_probability / (hypothesis.tokens.len() + 1) as f32,
        })
        .max_by(|a, b| a.mean_log_probability.total_cmp(&b.mean_log_probability))
        .unwrap_or(Found { tokens: Vec::new(), mean_log_probability: f32::NEG_INFINITY })
}

/// Chooses tokens: the best ones, or one by lot.
struct Chance {
    temperature: f32,
    state: u64,
}

impl Chance {
    fn new(way: Way) -> Self {
        match way {
            Way::Beam(_) => Self { temperature: 0.0, state: 0 },
            Way::Draw { temperature, seed } => Self { temperature, state: seed | 1 },
        }
    }

    fn best(&mut self, row: &[f32], count: usize) -> Vec<Token> {
        if self.temperature > 0.0 { vec![self.draw(row)] } else { best(row, count + 1) }
    }

    fn draw(&mut self, row: &[f32]) -> Token {
        let weight = |score: f32| (score / self.temperature).exp();
        let total: f32 = row.iter().copied().map(weight).sum();
        let mut left = total * fraction(&mut self.state);
        let weight = |score: f32| (score / self.temperature).exp();
        for (token, &score) in (0..).zip(row) {
            left -= weight(score);
            if left <= 0.0 && score.is_finite() {
                return token;
            }
        }
        best(row, 1)[0]
    }
}

/// The next of a fixed sequence of numbers between 0 and 1 (xorshift64*, Vigna 2016).
#[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
fn fraction(state: &mut u64) -> f32 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f32 / (1_u32 << 24) as f32
}

/// The tokens of the `count` highest scores, highest first.
fn best(row: &[f32], count: usize) -> Vec<Token> {
    let mut top: Vec<(f32, Token)> = Vec::with_capacity(count + 1);
    for (token, &score) in (0..).zip(row) {
        if top.len() == count && score <= top[count - 1].0 {
            continue;
        }
        let at = top.partition_point(|&(other, _)| other >= score);
        top.insert(at, (score, token));
        top.truncate(count);
    }
    top.into_iter().map(|(_, token)| token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_tokens_come_in_order() {
        assert_eq!(best(&[0.1, 0.9, 0.5, 0.9, -1.0], 3), [1, 3, 2]);
        assert_eq!(best(&[0.1], 3), [0]);
    }

    #[test]
    fn drawing_follows_the_probabilities_and_is_repeatable() {
        let row = [0.7_f32.ln(), 0.3_f32.ln(), f32::NEG_INFINITY];
        let draw = |seed| {
            let mut chance = Chance::new(Way::Draw { temperature: 1.0, seed });
            (0..2_000).map(|_| chance.best(&row, 1)[0]).collect::<Vec<_>>()
        };
        let drawn = draw(7);
        assert_eq!(drawn, draw(7));
        let first = drawn.iter().filter(|&&token| token == 0).count();
        assert!((1_300..1_500).contains(&first), "{first}");
        assert!(!drawn.contains(&2));
    }

    #[test]
    fn finished_hypotheses_leave_and_the_likeliest_per_token_wins() {
        let live = vec![
            Hypothesis { tokens: vec![1], log_probability: -1.0 },
            Hypothesis { tokens: vec![2], log_probability: -1.5 },
        ];
        let candidate =
            |parent, token, log_probability| Candidate { parent, token, log_probability };
        let mut finished = Vec::new();
        let next = split(
            vec![
                candidate(0, 9, -1.2),
                candidate(1, 4, -1.6),
                candidate(0, 5, -1.7),
                candidate(1, 6, -1.8),
            ],
            &live,
            9,
            2,
            &mut finished,
        );
        assert_eq!(next.iter().map(|c| c.token).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(finished.len(), 1);
        let grown = grow(&live, &next);
        assert_eq!(grown[0].tokens, [2, 4]);
        finished.push(Hypothesis { tokens: vec![2, 4, 5], log_probability: -2.0 });
        assert_eq!(likeliest(&finished).tokens, [2, 4, 5]);
    }
}
