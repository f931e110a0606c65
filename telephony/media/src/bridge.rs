//! Two calls that hear each other: what one says waits here for the other.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::playout::Playout;

/// Keys that wait to be pressed at the other side.
const MOST_KEYS: usize = 16;

/// One direction: filled by the call that speaks, emptied by the one that hears. Both are carried
/// by workers that never wait long: the lock is held for a packet's time of copying.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane(Arc<Mutex<Way>>);

#[derive(Debug, Default)]
struct Way {
    playout: Playout,
    keys: VecDeque<char>,
}

impl Lane {
    pub(crate) fn speak(&self, timestamp: u32, samples: &[i16], jitter_ms: f64) {
        self.way().playout.push(timestamp, samples, jitter_ms);
    }

    pub(crate) fn hear(&self, samples: &mut [i16]) {
        self.way().playout.pull(samples);
    }

    pub(crate) fn press(&self, key: char) {
        let mut way = self.way();
        if way.keys.len() < MOST_KEYS {
            way.keys.push_back(key);
        }
    }

    pub(crate) fn pressed(&self) -> Option<char> {
        self.way().keys.pop_front()
    }

    /// Packets that came too late to be heard, and samples that were made up.
    pub(crate) fn counts(&self) -> (u64, u64) {
        self.way().playout.counts()
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        // A buffer of samples is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
