use std::{
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, clock::DefaultClock, state::keyed::DashMapStateStore,
};

use super::ClientAddress;
use crate::error::ProblemDocument;

/// Addresses remembered at most: some megabytes.
const ADDRESSES: usize = 20_000;
/// How often the idle ones are forgotten, in requests.
const SWEEP_EVERY: u32 = 1_024;

/// So many requests per minute and address; the first burst may be a minute's worth.
pub(crate) struct RateLimit {
    limiter: Option<RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>>,
    clock: DefaultClock,
    requests: AtomicU32,
}

impl RateLimit {
    /// 0 is no limit.
    pub(crate) fn per_minute(requests: u32) -> Self {
        Self {
            limiter: NonZeroU32::new(requests)
                .map(|most| RateLimiter::dashmap(Quota::per_minute(most))),
            clock: DefaultClock::default(),
            requests: AtomicU32::new(0),
        }
    }

    /// Counts a request, or refuses it with the time to wait.
    pub(crate) fn check(&self, client: ClientAddress) -> Result<(), ProblemDocument> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            limiter.retain_recent();
        }
        // When too many addresses are remembered, new ones share one allowance:
        // memory stays bounded, and those who are known are served on.
        let known = limiter.len() < ADDRESSES;
        let key = if known { client.0 } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
        limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            ProblemDocument::too_many(wait + Duration::from_secs(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u32) -> ClientAddress {
        ClientAddress(IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + last)))
    }

    #[test]
    fn each_address_has_its_own_allowance() {
        let limit = RateLimit::per_minute(3);
        let results: Vec<_> = (0..5).map(|_| limit.check(address(1)).is_ok()).collect();
        assert_eq!(results, [true, true, true, false, false]);
        assert!(limit.check(address(2)).is_ok());
    }

    #[test]
    fn zero_is_no_limit() {
        let limit = RateLimit::per_minute(0);
        assert!((0..10_000).all(|_| limit.check(address(1)).is_ok()));
    }

    #[test]
    fn a_flood_from_many_addresses_is_remembered_only_so_far() {
        let limit = RateLimit::per_minute(1);
        for last in 0..30_000 {
            let _ = limit.check(address(last));
        }
        let remembered = limit.limiter.as_ref().map(RateLimiter::len).unwrap_or_default();
        assert!(remembered <= ADDRESSES + 1, "{remembered}");
    }
}
