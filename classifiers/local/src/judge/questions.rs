//! The four questions about a message, and the columns of their answers.

use std::ops::Range;

use mostik_taxonomy::{Complexity, ContactRisk, Criticality, Judgement, MessageKind};

use crate::softmax::softmax;

/// How many questions there are.
pub(crate) const QUESTIONS: usize = 4;

/// As they are called when their figures are told.
pub(crate) const NAMES: [&str; QUESTIONS] = ["kind", "criticality", "complexity", "contact risk"];

const SIZES: [usize; QUESTIONS] =
    [MessageKind::ALL.len(), Criticality::ALL.len(), Complexity::ALL.len(), ContactRisk::ALL.len()];

/// Degrees go up, and to take one for less than it is costs more than the other
/// way round: the answer is the lowest degree above which it is with no more
/// than this chance. Kinds have no order: the likeliest is the answer.
const MAY_BE_WORSE: [Option<f32>; QUESTIONS] = [None, Some(0.4), Some(0.45), Some(0.45)];

/// Answers of all questions.
pub(crate) const ANSWERS: usize = SIZES[0] + SIZES[1] + SIZES[2] + SIZES[3];

/// The columns of each question's answers.
pub(crate) fn columns() -> [Range<usize>; QUESTIONS] {
    let mut from = 0;
    SIZES.map(|size| {
        from += size;
        from - size..from
    })
}

/// The answers to scores of all of them.
pub(crate) fn answers(scores: &[f32; ANSWERS]) -> Judgement {
    let columns = columns();
    judgement(std::array::from_fn(|question| {
        let odds = softmax(&scores[columns[question].clone()]);
        MAY_BE_WORSE[question].map_or_else(|| likeliest(&odds), |may| lowest(&odds, may))
    }))
}

fn lowest(odds: &[f32], may_be_worse: f32) -> usize {
    let mut above: f32 = odds.iter().sum();
    let is_enough = |odds: &f32| {
        above -= odds;
        above <= may_be_worse
    };
    odds.iter().position(is_enough).unwrap_or(0)
}

fn likeliest(odds: &[f32]) -> usize {
    let likelier = |best: usize, next: usize| if odds[next] > odds[best] { next } else { best };
    (0..odds.len()).fold(0, likelier)
}

/// The place of each answer among those of its question.
pub(crate) const fn places(judgement: Judgement) -> [usize; QUESTIONS] {
    [
        judgement.kind as usize,
        judgement.criticality as usize,
        judgement.complexity as usize,
        judgement.contact_risk as usize,
    ]
}

/// The judgement with the answers at these places.
const fn judgement(places: [usize; QUESTIONS]) -> Judgement {
    Judgement {
        kind: MessageKind::ALL[places[0]],
        criticality: Criticality::ALL[places[1]],
        complexity: Complexity::ALL[places[2]],
        contact_risk: ContactRisk::ALL[places[3]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_place() {
        for (at, kind) in MessageKind::ALL.iter().enumerate() {
            let told = judgement([at, 3, 1, 2]);
            assert_eq!((told.kind, told.criticality), (*kind, Criticality::Critical));
            assert_eq!(places(told), [at, 3, 1, 2]);
        }
        assert_eq!(columns().last().map(|columns| columns.end), Some(ANSWERS));
    }

    #[test]
    fn a_degree_is_taken_for_worse_rather_than_for_less() {
        assert_eq!(lowest(&[0.5, 0.2, 0.3], 0.4), 1, "it is worse than the first with 0.5");
        assert_eq!(lowest(&[0.7, 0.1, 0.2], 0.4), 0);
        assert_eq!(lowest(&[0.1, 0.2, 0.1, 0.6], 0.4), 3);
        assert_eq!(likeliest(&[0.3, 0.4, 0.3]), 1);
    }
}
