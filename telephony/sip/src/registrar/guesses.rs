//! Counting wrong passwords in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// The most keys counted at one time.
const MAX_KEYS: usize = 4096;

/// How often, at most, all keys are looked through for old ones.
const SWEEP: Duration = Duration::from_secs(1);

/// Counts per key, each forgotten a while after its first.
pub(super) struct Tally<K> {
    limit: u32,
    window: Duration,
    counts: HashMap<K, (u32, Instant)>,
    /// For the keys that find no room.
    others: (u32, Option<Instant>),
    swept: Option<Instant>,
}

impl<K: Hash + Eq> Tally<K> {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window, counts: HashMap::new(), others: (0, None), swept: None }
    }

    pub(super) fn add(&mut self, key: K, now: Instant) {
        let window = self.window;
        let is_recent = |since: Instant| now.saturating_duration_since(since) < window;
        let is_due = self.swept.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP);
        if !self.counts.contains_key(&key) && self.counts.len() >= MAX_KEYS && is_due {
            self.counts.retain(|_, (_, since)| is_recent(*since));
            self.swept = Some(now);
        }
        if !self.counts.contains_key(&key) && self.counts.len() >= MAX_KEYS {
            let (count, since) = self.others;
            let kept = since.filter(|since| is_recent(*since));
            self.others = (kept.map_or(1, |_| count.saturating_add(1)), kept.or(Some(now)));
            return;
        }
        let (count, since) = self.counts.entry(key).or_insert((0, now));
        if !is_recent(*since) {
            (*count, *since) = (0, now);
        }
        *count = count.saturating_add(1);
    }

    pub(super) fn is_full(&self, key: &K, now: Instant) -> bool {
        let is_recent = |since: Instant| now.saturating_duration_since(since) < self.window;
        match self.counts.get(key) {
            Some((count, since)) => *count >= self.limit && is_recent(*since),
            None => self.others.0 >= self.limit && self.others.1.is_some_and(is_recent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_full_until_its_window_is_over() {
        let now = Instant::now();
        let mut tally = Tally::new(3, Duration::from_secs(10));
        for _ in 0..3 {
            assert!(!tally.is_full(&1, now));
            tally.add(1, now);
        }
        assert!(tally.is_full(&1, now) && !tally.is_full(&2, now));
        let later = now + Duration::from_secs(10);
        assert!(!tally.is_full(&1, later));
        tally.add(1, later);
        assert!(!tally.is_full(&1, later));
    }

    #[test]
    fn a_million_keys_take_bounded_memory_and_are_still_counted() {
        let now = Instant::now();
        let mut tally = Tally::new(3, Duration::from_secs(10));
        for key in 0..1_000_000 {
            tally.add(key, now);
        }
        assert_eq!(tally.counts.len(), MAX_KEYS);
        assert!(tally.is_full(&2_000_000, now));
        let later = now + Duration::from_secs(10);
        assert!(!tally.is_full(&2_000_000, later));
    }
}
