use std::fmt;

use crate::hashing;

/// One answer of a classifier beside the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The label's class.
    pub expected: usize,
    /// The answered class.
    pub answered: usize,
    /// How sure the classifier was, 0 to 1.
    pub confidence: f32,
}

impl Answer {
    /// The most probable class.
    pub fn best_of(probabilities: &[f32], expected: usize) -> Self {
        let best = probabilities
            .iter()
            .copied()
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let (answered, confidence) = best.unwrap_or((0, 0.0));
        Self { expected, answered, confidence }
    }

    fn is_right(&self) -> bool {
        self.expected == self.answered
    }
}

/// How good a classifier is on labelled texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    classes: Vec<String>,
    answers: Vec<Answer>,
}

/// How well one class is answered, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassScore {
    /// How many answers of this class are right.
    pub precision: f32,
    /// How many of this class are answered so.
    pub recall: f32,
    /// Their harmonic mean.
    pub f1: f32,
    /// How many labels are of this class.
    pub count: usize,
}

/// Answers at least so sure: how many, and how many of them are right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Share of all answers.
    pub share: f32,
    /// Share of right ones among them; 1 when there are none.
    pub accuracy: f32,
}

impl Evaluation {
    /// Of these answers; every class is a place in `classes`.
    pub fn new(classes: Vec<String>, answers: Vec<Answer>) -> Self {
        Self { classes, answers }
    }

    /// Share of right answers; 0 for none.
    pub fn accuracy(&self) -> f32 {
        share(self.answers.iter().filter(|answer| answer.is_right()).count(), self.answers.len())
    }

    /// Mean F1 of the classes that occur among the labels.
    pub fn macro_f1(&self) -> f32 {
        let scores: Vec<_> = self.class_scores().into_iter().filter(|s| s.count > 0).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few classes")]
        let count = scores.len().max(1) as f32;
        scores.iter().map(|score| score.f1).sum::<f32>() / count
    }

    /// Between which values the mean F1 would lie 95 times in 100, had other texts
    /// of the same kind been asked about: the percentile bootstrap (Efron 1979),
    /// with a chance that is the same on every machine.
    pub fn macro_f1_interval(&self) -> (f32, f32) {
        const ROUNDS: usize = 400;
        let texts = self.answers.len().max(1);
        let mut found: Vec<f32> = (0..ROUNDS)
            .map(|round| {
                let drawn = (0..self.answers.len()).map(|draw| {
                    let number = [round.to_le_bytes(), draw.to_le_bytes()].concat();
                    #[expect(clippy::cast_possible_truncation, reason = "reduced to the texts")]
                    let place = hashing::hash(17, &number) as usize % texts;
                    self.answers[place]
                });
                Self::new(self.classes.clone(), drawn.collect()).macro_f1()
            })
            .collect();
        found.sort_by(f32::total_cmp);
        (found[ROUNDS / 40], found[ROUNDS - ROUNDS / 40 - 1])
    }

    /// One score for each class, in the order of the classes.
    pub fn class_scores(&self) -> Vec<ClassScore> {
        let table = self.confusion();
        (0..self.classes.len())
            .map(|class| {
                let count: usize = table[class].iter().sum();
                let answered: usize = table.iter().map(|row| row[class]).sum();
                let (precision, recall) =
                    (share(table[class][class], answered), share(table[class][class], count));
                let sum = precision + recall;
                let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
                ClassScore { precision, recall, f1, count }
            })
            .collect()
    }

    /// How often a label (row) was answered by a class (column).
    pub fn confusion(&self) -> Vec<Vec<usize>> {
        let mut table = vec![vec![0; self.classes.len()]; self.classes.len()];
        for answer in &self.answers {
            table[answer.expected][answer.answered] += 1;
        }
        table
    }

    /// Expected calibration error over ten equal bins of confidence.
    pub fn calibration_error(&self) -> f32 {
        let mut bins = [(0_usize, 0_usize, 0.0_f32); 10];
        for answer in &self.answers {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a bin from 0 to 9"
            )]
            let bin = &mut bins[((answer.confidence * 10.0) as usize).min(9)];
            *bin = (bin.0 + 1, bin.1 + usize::from(answer.is_right()), bin.2 + answer.confidence);
        }
        let total = self.answers.len();
        bins.iter()
            .filter(|bin| bin.0 > 0)
            .map(|(count, right, confidence)| {
                #[expect(clippy::cast_precision_loss, reason = "thousands of answers")]
                let sure = confidence / *count as f32;
                share(*count, total) * (share(*right, *count) - sure).abs()
            })
            .sum()
    }

    /// What is left when only answers at least so sure count.
    pub fn coverage(&self, confidence: f32) -> Coverage {
        let sure: Vec<_> =
            self.answers.iter().filter(|answer| answer.confidence >= confidence).collect();
        let right = sure.iter().filter(|answer| answer.is_right()).count();
        let accuracy = if sure.is_empty() { 1.0 } else { share(right, sure.len()) };
        Coverage { share: share(sure.len(), self.answers.len()), accuracy }
    }
}

fn share(part: usize, of: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "thousands of answers")]
    let share = if of == 0 { 0.0 } else { part as f32 / of as f32 };
    share
}

impl fmt::Display for Evaluation {
    /// A table for people, in Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (act, suggest) = (self.coverage(0.8), self.coverage(0.5));
        let (least, most) = self.macro_f1_interval();
        writeln!(
            f,
            "{} texts: accuracy {:.3}, macro-F1 {:.3} ({least:.3} to {most:.3}), calibration error {:.3}; confidence ≥ 0.8: {:.0} % of texts at {:.1} %; ≥ 0.5: {:.0} % at {:.1} %\n",
            self.answers.len(),
            self.accuracy(),
            self.macro_f1(),
            self.calibration_error(),
            act.share * 100.0,
            act.accuracy * 100.0,
            suggest.share * 100.0,
            suggest.accuracy * 100.0
        )?;
        writeln!(
            f,
            "| label | texts | precision | recall | F1 | answered: {} |",
            self.classes.join(" / ")
        )?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for ((class, score), row) in
            self.classes.iter().zip(self.class_scores()).zip(self.confusion())
        {
            let row: Vec<_> = row.iter().map(usize::to_string).collect();
            writeln!(
                f,
                "| {class} | {} | {:.3} | {:.3} | {:.3} | {} |",
                score.count,
                score.precision,
                score.recall,
                score.f1,
                row.join(" / ")
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_count_by_hand() {
        let answer = |expected, answered, confidence| Answer { expected, answered, confidence };
        let answers =
            vec![answer(0, 0, 0.9), answer(0, 1, 0.6), answer(1, 1, 0.9), answer(1, 1, 0.3)];
        let evaluation = Evaluation::new(vec!["a".into(), "b".into()], answers);
        assert!((evaluation.accuracy() - 0.75).abs() < 1e-6);
        // a: precision 1, recall 1/2; b: precision 2/3, recall 1.
        assert!((evaluation.macro_f1() - f32::midpoint(2.0 / 3.0, 0.8)).abs() < 1e-6);
        let (least, most) = evaluation.macro_f1_interval();
        assert!((0.0..0.6).contains(&least) && most > 0.9, "four texts say little");
        assert_eq!(evaluation.confusion(), [[1, 1], [0, 2]]);
        // bins: 0.9 twice and right, 0.6 once and wrong, 0.3 once and right.
        assert!(
            (evaluation.calibration_error() - (0.5 * 0.1 + 0.25 * 0.6 + 0.25 * 0.7)).abs() < 1e-6
        );
        assert_eq!(evaluation.coverage(0.8), Coverage { share: 0.5, accuracy: 1.0 });
        assert_eq!(evaluation.coverage(0.99), Coverage { share: 0.0, accuracy: 1.0 });
    }
}
