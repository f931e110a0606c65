//! How many refused calls are kept: a scanner that tries every number must not fill the database.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Refused calls that are kept of one minute. All are counted in the metrics.
const KEPT_A_MINUTE: u32 = 10;

/// Counts the refused calls of the current minute.
#[derive(Debug, Default)]
pub(super) struct Unanswered(Mutex<(i64, u32)>);

impl Unanswered {
    /// Whether one more may be kept.
    pub(super) fn has_room(&self, at: Timestamp) -> bool {
        let minute = at.as_second().div_euclid(60);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, 0);
        }
        counted.1 = counted.1.saturating_add(1);
        counted.1 <= KEPT_A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_minute_is_cut_and_the_next_minute_begins_anew() {
        let unanswered = Unanswered::default();
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let kept = (0..1000).filter(|_| unanswered.has_room(at("2026-11-03T07:00:10Z"))).count();
        assert_eq!(kept, 10);
        assert!(unanswered.has_room(at("2026-11-03T07:01:00Z")));
    }
}
