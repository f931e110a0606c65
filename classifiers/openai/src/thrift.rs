//! What keeps a language model cheap: nothing is asked twice, not more than so
//! often in an hour, and not while the server asks to be left alone.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

const HOUR: Duration = Duration::from_hours(1);
/// Some megabytes at most.
const MOST_REMEMBERED: usize = 4_096;

/// Fingerprints of a question: its words are not kept.
type Key = (u64, u64);

/// What was asked and answered lately.
pub(crate) struct Thrift {
    per_hour: usize,
    hashers: (RandomState, RandomState),
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    answers: HashMap<Key, String>,
    oldest_first: VecDeque<Key>,
    asked: VecDeque<Instant>,
    not_before: Option<Instant>,
}

impl Thrift {
    /// `per_hour` questions in any hour; 0 for no bound.
    pub(crate) fn new(per_hour: u32) -> Self {
        let per_hour = usize::try_from(per_hour).unwrap_or(usize::MAX);
        let hashers = (RandomState::new(), RandomState::new());
        Self { per_hour, hashers, state: Mutex::default() }
    }

    /// The answer to a question that was asked before.
    pub(crate) fn remembered(&self, question: &str) -> Option<String> {
        self.state().answers.get(&self.key(question)).cloned()
    }

    /// Keeps an answer that was found good.
    pub(crate) fn remember(&self, question: &str, answer: &str) {
        let (key, mut state) = (self.key(question), self.state());
        if state.answers.insert(key, answer.to_owned()).is_none() {
            state.oldest_first.push_back(key);
        }
        if state.oldest_first.len() > MOST_REMEMBERED
            && let Some(oldest) = state.oldest_first.pop_front()
        {
            state.answers.remove(&oldest);
        }
    }

    /// Whether one more question may be asked now; then it is counted.
    pub(crate) fn may_ask(&self) -> bool {
        let (now, mut state) = (Instant::now(), self.state());
        while state.asked.front().is_some_and(|asked| now.duration_since(*asked) >= HOUR) {
            state.asked.pop_front();
        }
        let bounded = self.per_hour > 0;
        if bounded && state.asked.len() >= self.per_hour {
            return false;
        }
        if bounded {
            state.asked.push_back(now);
        }
        true
    }

    /// How long the server still wants to be left alone.
    pub(crate) fn pause_left(&self) -> Duration {
        let not_before = self.state().not_before;
        not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()))
    }

    /// The server asks to be left alone so long; not longer than an hour is believed.
    pub(crate) fn leave_alone(&self, pause: Duration) {
        self.state().not_before = Some(Instant::now() + pause.min(HOUR));
    }

    fn key(&self, question: &str) -> Key {
        (self.hashers.0.hash_one(question), self.hashers.1.hash_one(question))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_hour_has_so_many_questions_and_no_more() {
        let thrift = Thrift::new(2);
        assert_eq!([thrift.may_ask(), thrift.may_ask(), thrift.may_ask()], [true, true, false]);
        tokio::time::advance(HOUR).await;
        assert!(thrift.may_ask());
        assert!((0..10_000).all(|_| Thrift::new(0).may_ask()));
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let thrift = Thrift::new(0);
        for question in 0..=MOST_REMEMBERED {
            thrift.remember(&question.to_string(), "yes");
        }
        assert_eq!(thrift.remembered("0"), None);
        assert_eq!(thrift.remembered("1").as_deref(), Some("yes"));
        assert_eq!(thrift.state().answers.len(), MOST_REMEMBERED);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_is_left_alone_as_long_as_it_asks_but_not_for_ever() {
        let thrift = Thrift::new(0);
        thrift.leave_alone(Duration::from_secs(30));
        assert_eq!(thrift.pause_left(), Duration::from_secs(30));
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(thrift.pause_left(), Duration::ZERO);
        thrift.leave_alone(Duration::from_secs(u64::MAX));
        assert_eq!(thrift.pause_left(), HOUR);
    }
}
