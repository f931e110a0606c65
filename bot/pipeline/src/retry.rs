use std::time::Duration;

/// How failures are repeated: doubling from `first` up to `longest`, with a
/// share of chance so that many do not return at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// After the first failure.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
    /// From this many attempts on a person must look.
    pub attempts: u32,
}

impl Retry {
    /// How long to wait after an attempt; `chance` is from 0 to 255.
    pub fn wait_after(&self, attempt: u32, chance: u8) -> Duration {
        let doubled = self.first.saturating_mul(1 << attempt.saturating_sub(1).min(20));
        let wait = doubled.min(self.longest);
        wait.saturating_sub(wait.mul_f64(f64::from(chance) / 255.0 * 0.25))
    }

    /// Whether to hand it to a person instead.
    pub const fn is_over(&self, attempt: u32) -> bool {
        attempt >= self.attempts
    }

    /// How long to wait after somebody else was quicker: not at all at first, then up to a second
    /// by chance (0 to 255), so that those who contend do not meet again and again.
    pub fn wait_after_overtaken(attempt: u32, chance: u8) -> Duration {
        let longest = Duration::from_millis(4 << attempt.saturating_sub(1).min(8));
        if attempt < 3 { Duration::ZERO } else { longest.mul_f64(f64::from(chance) / 255.0) }
    }

    /// Whether something else must be wrong than that many want the same.
    pub const fn was_overtaken_too_often(attempt: u32) -> bool {
        attempt >= 200
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
    fn those_who_contend_part_ways() {
        let longest = |attempt| Retry::wait_after_overtaken(attempt, 255).as_millis();
        assert_eq!([1, 2, 3, 5, 9, u32::MAX].map(longest), [0, 0, 16, 64, 1_024, 1_024]);
        assert_eq!(Retry::wait_after_overtaken(9, 0), Duration::ZERO);
        assert!(Retry::was_overtaken_too_often(200) && !Retry::was_overtaken_too_often(199));
    }
}
