//! Random moments that can be had again.

use std::time::{Duration, SystemTime};

/// SplitMix64 (Steele, Lea, Flood 2014): small, and even enough to choose moments.
#[derive(Debug)]
pub(super) struct Chance {
    /// Gives the same moments again, as `MOSTIK_SEED`.
    pub(super) seed: u64,
    state: u64,
}

impl Chance {
    pub(super) fn new() -> Self {
        let given = std::env::var("MOSTIK_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            u64::from(now.expect("after 1970").subsec_nanos())
        });
        Self { seed, state: seed }
    }

    pub(super) fn between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let range = longest.saturating_sub(shortest);
        shortest + range.mul_f64(f64::from((mixed >> 33) as u32) / f64::from(1_u32 << 31))
    }
}
