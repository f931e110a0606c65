//! The sentences spoken lately, in memory.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::Name;
use crate::Spoken;

/// A few dozen sentences, the last used first.
pub(super) struct Lately {
    keep_for: Duration,
    kept: VecDeque<(Name, Spoken, SystemTime)>,
    samples: usize,
}

impl Lately {
    const MOST_SENTENCES: usize = 48;
    /// Ten minutes of speech: 9.6 MB.
    const MOST_SAMPLES: usize = 600 * 8_000;

    pub(super) const fn new(keep_for: Duration) -> Self {
        Self { keep_for, kept: VecDeque::new(), samples: 0 }
    }

    pub(super) fn get(&mut self, name: Name) -> Option<Spoken> {
        let keep_for = self.keep_for;
        let old = |since: &SystemTime| since.elapsed().is_ok_and(|age| age > keep_for);
        if self.kept.iter().any(|(kept, _, since)| *kept == name && old(since)) {
            self.retain(|kept, _| kept != name);
        }
        let at = self.kept.iter().position(|(kept, ..)| *kept == name)?;
        let found = self.kept.remove(at)?;
        let spoken = found.1.clone();
        self.kept.push_front(found);
        Some(spoken)
    }

    pub(super) fn put(&mut self, name: Name, spoken: Spoken) {
        self.retain(|kept, _| kept != name);
        self.samples += spoken.samples().len();
        self.kept.push_front((name, spoken, SystemTime::now()));
        while self.kept.len() > Self::MOST_SENTENCES || self.samples > Self::MOST_SAMPLES {
            let Some((_, oldest, _)) = self.kept.pop_back() else { break };
            self.samples -= oldest.samples().len();
        }
    }

    /// Loaded from disk or made before `time`: what is on disk was made no later.
    pub(super) fn forget_older_than(&mut self, time: SystemTime) {
        self.retain(|_, since| since >= time);
    }

    fn retain(&mut self, keep: impl Fn(Name, SystemTime) -> bool) {
        self.kept.retain(|(name, _, since)| keep(*name, *since));
        self.samples = self.kept.iter().map(|(_, spoken, _)| spoken.samples().len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> Name {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Name(bytes)
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let mut lately = Lately::new(Duration::from_hours(1));
        let spoken = Spoken::from_samples(vec![0; 80]);
        for number in 0..Lately::MOST_SENTENCES {
            lately.put(name(number), spoken.clone());
        }
        assert!(lately.get(name(0)).is_some());
        lately.put(name(1_000), spoken.clone());
        assert!(lately.get(name(0)).is_some());
        assert!(lately.get(name(1)).is_none());
        assert_eq!(lately.kept.len(), Lately::MOST_SENTENCES);
    }

    #[test]
    fn long_sentences_are_fewer() {
        let mut lately = Lately::new(Duration::from_hours(1));
        for number in 0..10 {
            lately.put(name(number), Spoken::from_samples(vec![0; 120 * 8_000]));
        }
        assert_eq!(lately.kept.len(), 5);
        assert_eq!(lately.samples, Lately::MOST_SAMPLES);
    }
}
