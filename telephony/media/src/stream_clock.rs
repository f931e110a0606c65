//! The timestamps of a stream, in samples of ours whatever its clock is.

/// Divides a clock that wraps around, without a leap where it does.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StreamClock {
    last: Option<(u32, i64)>,
}

impl StreamClock {
    /// The moment of a timestamp, given how many ticks one sample has.
    pub(crate) fn samples(&mut self, timestamp: u32, ticks_per_sample: u32) -> u32 {
        if ticks_per_sample == 1 {
            return timestamp;
        }
        let ticks = match self.last {
            Some((last, ticks)) => ticks + i64::from(timestamp.wrapping_sub(last).cast_signed()),
            None => i64::from(timestamp),
        };
        self.last = Some((timestamp, ticks));
        let samples = ticks.div_euclid(i64::from(ticks_per_sample));
        u32::try_from(samples.rem_euclid(1 << 32)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_clock_wraps_without_a_leap() {
        let mut clock = StreamClock::default();
        let mut last = None;
        for step in 0..20_u32 {
            let timestamp = (u32::MAX - 5_000).wrapping_add(step * 960);
            let now = clock.samples(timestamp, 6);
            if let Some(last) = last {
                assert_eq!(now.wrapping_sub(last), 160, "{step}");
            }
            last = Some(now);
        }
        let late = clock.samples((u32::MAX - 5_000).wrapping_add(18 * 960), 6);
        assert_eq!(last.map(|last| last.wrapping_sub(late)), Some(160));
    }
}
