use std::time::Duration;

use crate::StepError;

/// How failures are repeated: doubling from `first` up to `longest`, with a
/// share of chance so that many do not return at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// After the first failure.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
    /// From this many failures on a person must look.
    pub attempts: u32,
}

impl Retry {
    /// How long to wait before a job is tried again that came to nothing in so many attempts,
    /// `overtaken` of them only because somebody else was quicker; `None` when a person must
    /// look. `chance` is from 0 to 255.
    pub fn wait_before_next(
        &self,
        error: &StepError,
        attempts: u32,
        overtaken: u32,
        chance: u8,
    ) -> Option<Duration> {
        match error {
            StepError::RetryAfter { after, .. } => {
                let failures = attempts.saturating_sub(overtaken);
                let wait = || (*after).max(self.wait_after(failures, chance));
                (!self.is_over(failures)).then(wait)
            }
            StepError::Overtaken { .. } => {
                let overtaken = overtaken.saturating_add(1);
                let wait = || Self::wait_after_overtaken(overtaken, chance);
                (!Self::was_overtaken_too_often(overtaken)).then(wait)
            }
            StepError::GiveUp { .. } => None,
        }
    }

    /// How long to wait after so many failures; `chance` is from 0 to 255.
    fn wait_after(&self, failures: u32, chance: u8) -> Duration {
        let doubled = self.first.saturating_mul(1 << failures.saturating_sub(1).min(20));
        let wait = doubled.min(self.longest);
        wait.saturating_sub(wait.mul_f64(f64::from(chance) / 255.0 * 0.25))
    }

    /// Whether to hand it to a person instead.
    const fn is_over(&self, failures: u32) -> bool {
        failures >= self.attempts
    }

    /// How long to wait after somebody else was quicker: not at all at first, then up to a second
    /// by chance (0 to 255), so that those who contend do not meet again and again.
    fn wait_after_overtaken(times: u32, chance: u8) -> Duration {
        let longest = Duration::from_millis(4 << times.saturating_sub(1).min(8));
        if times < 3 { Duration::ZERO } else { longest.mul_f64(f64::from(chance) / 255.0) }
    }

    /// Whether something else must be wrong than that many want the same.
    const fn was_overtaken_too_often(times: u32) -> bool {
        times >= 200
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry =
            Retry { first: Duration::from_secs(1), longest: Duration::from_mins(1), attempts: 12 };
        let waits =
            [1, 2, 3, 7, 40, u32::MAX].map(|attempt| retry.wait_after(attempt, 0).as_secs());
        assert_eq!(waits, [1, 2, 4, 60, 60, 60]);
        assert!(retry.wait_after(3, 255) >= Duration::from_secs(3));
        assert!(retry.is_over(12) && !retry.is_over(11));
    }

    #[test]
    fn who_was_overtaken_keeps_all_tries() {
        let retry =
            Retry { first: Duration::from_secs(1), longest: Duration::from_mins(1), attempts: 3 };
        let failed = StepError::RetryAfter { after: Duration::ZERO, why: "503".to_owned() };
        let overtaken = StepError::Overtaken { why: "changed meanwhile".to_owned() };
        let seconds = |attempts, of_them| {
            let wait = retry.wait_before_next(&failed, attempts, of_them, 0);
            wait.map(|wait| wait.as_secs())
        };
        assert_eq!([(1, 0), (2, 0), (3, 0)].map(|(a, o)| seconds(a, o)), [Some(1), Some(2), None]);
        assert_eq!([(51, 50), (53, 50)].map(|(a, o)| seconds(a, o)), [Some(1), None]);
        assert!(retry.wait_before_next(&overtaken, 40, 10, 0).is_some(), "failures do not count");
        assert!(retry.wait_before_next(&overtaken, 200, 199, 0).is_none());
    }

    #[test]
    fn those_who_contend_part_ways() {
        let longest = |times| Retry::wait_after_overtaken(times, 255).as_millis();
        assert_eq!([1, 2, 3, 5, 9, u32::MAX].map(longest), [0, 0, 16, 64, 1_024, 1_024]);
        assert_eq!(Retry::wait_after_overtaken(9, 0), Duration::ZERO);
        assert!(Retry::was_overtaken_too_often(200) && !Retry::was_overtaken_too_often(199));
    }
}
