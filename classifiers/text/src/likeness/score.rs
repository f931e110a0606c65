//! From evidence to probabilities: each problem has a score, and so has
//! "none of them"; the shares of their exponentials are the certainties.

use super::{evidence::EVIDENCE, evidence::Evidence, weights::JOINS, weights::SHIPPED};

/// What each number of the evidence counts. Fitted, see `LIKENESS.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// In the order of [`Evidence`].
    pub evidence: [f32; EVIDENCE],
    /// The score of "none of the known problems".
    pub new: f32,
}

/// A problem that a message may be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Its place among the problems given.
    pub problem: usize,
    /// From 0 to 1: how probable it is that the message is about this problem,
    /// and neither about another one nor about something new.
    pub certainty: f32,
}

impl Alike {
    /// Whether the message may join the problem without a person: at least
    /// .97 of those joined so are right.
    pub fn joins(&self) -> bool {
        self.certainty >= JOINS
    }
}

impl Weights {
    /// Those that ship.
    pub const fn shipped() -> Self {
        SHIPPED
    }

    /// All problems by their evidence, the likest first.
    pub fn rank(&self, problems: &[Evidence]) -> Vec<Alike> {
        let score = |evidence: &Evidence| -> f32 {
            evidence.iter().zip(&self.evidence).map(|(value, weight)| value * weight).sum()
        };
        let mut ranked: Vec<Alike> = problems
            .iter()
            .enumerate()
            .map(|(problem, evidence)| Alike { problem, certainty: score(evidence) })
            .collect();
        ranked.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
        let most = ranked.first().map_or(self.new, |first| first.certainty.max(self.new));
        let all: f32 = ranked.iter().map(|one| (one.certainty - most).exp()).sum::<f32>()
            + (self.new - most).exp();
        for one in &mut ranked {
            one.certainty = (one.certainty - most).exp() / all;
        }
        ranked
    }
}
