//! When to register again: before the carrier forgets us, and later and later when it fails.

use std::time::Duration;

use uuid::Uuid;

/// The longest registration we ask for or believe.
pub(super) const LONGEST: Duration = Duration::from_hours(24);

/// A number from 0 up to 1, by chance.
pub(super) fn chance() -> f64 {
    let bits = u32::try_from(Uuid::new_v4().as_u64_pair().1 >> 32).unwrap_or_default();
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// When to refresh a registration granted for `granted`: after 50 to 80 % of it, by chance, so that
/// a carrier's clients do not come all at once.
pub(super) fn refresh_after(granted: Duration, chance: f64) -> Duration {
    granted.mul_f64(0.5 + 0.3 * chance).max(Duration::from_millis(500))
}

/// How long to wait after the `failures`-th failure in a row: doubled each time up to `longest`,
/// of which 50 to 100 % by chance (RFC 5626 section 4.5).
pub(super) fn wait_after(
    failures: u32,
    shortest: Duration,
    longest: Duration,
    chance: f64,
) -> Duration {
    let doubled = shortest.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(longest).mul_f64(0.5 + 0.5 * chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_registration_is_refreshed_between_half_and_four_fifths_of_its_time() {
        assert_eq!(refresh_after(seconds(600), 0.0), seconds(300));
        assert_eq!(refresh_after(seconds(600), 1.0), seconds(480));
        assert_eq!(refresh_after(seconds(0), 0.5), Duration::from_millis(500));
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let wait = |failures, chance| wait_after(failures, seconds(30), seconds(1800), chance);
        assert_eq!(wait(1, 1.0), seconds(30));
        assert_eq!(wait(1, 0.0), seconds(15));
        assert_eq!(wait(2, 1.0), seconds(60));
        assert_eq!(wait(7, 1.0), seconds(1800));
        assert_eq!(wait(u32::MAX, 1.0), seconds(1800));
    }

    #[test]
    fn chance_stays_within_its_bounds() {
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&chance()));
        }
    }
}
