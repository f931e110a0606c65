//! Which token may follow which: Whisper's grammar of text between timestamps.

use super::model::Model;
use super::rows;
use super::vocabulary::{Token, Vocabulary};

/// The first timestamp may be at most this far into the window: one second of 20 ms steps.
const LATEST_FIRST_TIMESTAMP: Token = 50;

/// The rules of one model.
pub(crate) struct Rules<'a> {
    vocabulary: &'a Vocabulary,
    never: &'a [Token],
    never_first: &'a [Token],
    /// Timestamps beyond the window's end are senseless.
    last_timestamp: Token,
}

impl<'a> Rules<'a> {
    /// For a window of that many seconds.
    pub(crate) fn new(model: &'a Model, seconds: f64) -> Self {
        Self::with(&model.vocabulary, &model.never, &model.never_first, seconds)
    }

    fn with(
        vocabulary: &'a Vocabulary,
        never: &'a [Token],
        never_first: &'a [Token],
        seconds: f64,
    ) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a window has 1500 steps at most")]
        #[expect(clippy::cast_sign_loss, reason = "a window's length is positive")]
        let steps = (seconds / 0.02).ceil() as Token;
        Self { vocabulary, never, never_first, last_timestamp: vocabulary.first_timestamp + steps }
    }

    /// Turns scores into logarithms of probabilities, with what must not follow `said` at minus
    /// infinity.
    pub(crate) fn apply(&self, scores: &mut [f32], said: &[Token]) {
        self.forbid(scores, said);
        rows::log_softmax(scores);
        let first = self.vocabulary.first_timestamp as usize;
        let (words, times) = scores.split_at_mut(first.min(scores.len()));
        if rows::log_of_sum(times) > rows::peak(words) {
            words.fill(f32::NEG_INFINITY);
        }
    }

    fn forbid(&self, scores: &mut [f32], said: &[Token]) {
        let words = self.vocabulary;
        for &token in self.never.iter().chain([&words.no_timestamps]) {
            forbid_range(scores, token, token + 1);
        }
        forbid_range(scores, self.last_timestamp + 1, Token::MAX);
        let is_time = |token: Token| token >= words.first_timestamp;
        let Some(&last) = said.last() else {
            for &token in self.never_first {
                forbid_range(scores, token, token + 1);
            }
            forbid_range(scores, 0, words.first_timestamp);
            forbid_range(scores, words.first_timestamp + LATEST_FIRST_TIMESTAMP + 1, Token::MAX);
            return;
        };
        let after_pair = said.len() < 2 || is_time(said[said.len() - 2]);
        if is_time(last) && after_pair {
            forbid_range(scores, words.first_timestamp, Token::MAX);
        } else if is_time(last) {
            forbid_range(scores, 0, words.end);
        }
        if let Some(&latest) = said.iter().rev().find(|&&token| is_time(token)) {
            // The end of a piece may be the start of the next, but a piece has some length.
            let next = if is_time(last) && !after_pair { latest } else { latest + 1 };
            forbid_range(scores, words.first_timestamp, next);
        }
    }
}

fn forbid_range(scores: &mut [f32], from: Token, to: Token) {
    let to = (to as usize).min(scores.len());
    let from = (from as usize).min(to);
    scores[from..to].fill(f32::NEG_INFINITY);
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::tests::small;
    use super::*;

    const T0: Token = 15;

    /// Tokens that may follow when all are scored alike.
    fn allowed(said: &[Token]) -> Vec<Token> {
        let vocabulary = small();
        let rules = Rules::with(&vocabulary, &[2], &[0], 0.06);
        let mut scores = vec![0.0; vocabulary.len()];
        rules.forbid(&mut scores, said);
        (0..).zip(&scores).filter(|(_, score)| score.is_finite()).map(|(token, _)| token).collect()
    }

    #[test]
    fn a_transcript_begins_with_a_time_inside_the_window() {
        assert_eq!(allowed(&[]), [T0, T0 + 1, T0 + 2, T0 + 3]);
    }

    #[test]
    fn words_follow_the_first_time_and_forbidden_ones_never() {
        let next = allowed(&[T0]);
        assert!(next.contains(&0) && next.contains(&1) && !next.contains(&2));
        assert!(next.iter().all(|&token| token < T0));
    }

    #[test]
    fn times_never_run_back_and_close_in_pairs() {
        let next = allowed(&[T0 + 1, 0]);
        assert!(next.contains(&1) && next.contains(&(T0 + 2)) && !next.contains(&(T0 + 1)));
        let small = small();
        assert_eq!(
            allowed(&[T0, 0, T0 + 2]),
            (small.end..small.no_timestamps).chain([T0 + 2, T0 + 3]).collect::<Vec<_>>()
        );
        assert!(allowed(&[T0, 0, T0 + 2, T0 + 2]).iter().all(|&token| token < T0));
    }

    #[test]
    fn a_likely_time_silences_words() {
        let vocabulary = small();
        let rules = Rules::with(&vocabulary, &[], &[], 0.06);
        let mut scores = vec![0.0; vocabulary.len()];
        rules.apply(&mut scores, &[T0, 0]);
        // Three times together outweigh any single word.
        assert!(scores[..T0 as usize].iter().all(|score| score.is_infinite()));
        let total: f32 = scores.iter().map(|score| score.exp()).sum();
        assert!(total > 0.0 && total <= 1.0 + 1e-6);
    }
}
