//! How much one source may send: a token bucket each, in bounded memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Sources remembered at one time; a flood from more shares one bucket.
const MAX_SOURCES: usize = 4096;

/// The buckets of all sources. A source is an IPv4 address or an IPv6 /64, the smallest block a
/// subscriber gets (RFC 6177).
pub(crate) struct SourceRates {
    per_second: f64,
    buckets: HashMap<IpAddr, Bucket>,
    shared: Bucket,
    swept: Instant,
    total_per_second: f64,
    total: Bucket,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn fill(&mut self, per_second: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        // One second's worth may be saved up.
        self.tokens = (self.tokens + passed * per_second).min(per_second);
        self.filled = now;
    }

    /// Takes a token, or says how long until there is one.
    fn take(&mut self, per_second: f64, now: Instant) -> Result<(), Duration> {
        self.fill(per_second, now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.tokens) / per_second))
    }
}

impl SourceRates {
    /// `per_second` messages from each source, `total_per_second` from all; 0 = no limit.
    pub(crate) fn new(per_second: u32, total_per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second);
        let total_per_second = f64::from(total_per_second);
        Self {
            per_second,
            buckets: HashMap::new(),
            shared: Bucket { tokens: per_second, filled: now },
            swept: now,
            total_per_second,
            total: Bucket { tokens: total_per_second, filled: now },
        }
    }

    /// Admits one message among those of all sources, as [`SourceRates::admit`] does.
    pub(crate) fn admit_among_all(&mut self, now: Instant) -> Result<(), Duration> {
        if self.total_per_second == 0.0 {
            return Ok(());
        }
        self.total.take(self.total_per_second, now)
    }

    /// Admits one message of `source`, or says how long until the next one is welcome.
    pub(crate) fn admit(&mut self, source: IpAddr, now: Instant) -> Result<(), Duration> {
        if self.per_second == 0.0 {
            return Ok(());
        }
        let source = block(source);
        if !self.buckets.contains_key(&source) && self.buckets.len() >= MAX_SOURCES {
            self.sweep(now);
        }
        let full = Bucket { tokens: self.per_second, filled: now };
        let room = self.buckets.len() < MAX_SOURCES;
        let bucket = match self.buckets.get_mut(&source) {
            Some(bucket) => bucket,
            None if room => self.buckets.entry(source).or_insert(full),
            None => &mut self.shared,
        };
        bucket.take(self.per_second, now)
    }

    /// Forgets the sources whose bucket is full again: they start with a full one anyway.
    fn sweep(&mut self, now: Instant) {
        let second = Duration::from_secs(1);
        if now.saturating_duration_since(self.swept) < second {
            return;
        }
        self.swept = now;
        self.buckets.retain(|_, bucket| now.saturating_duration_since(bucket.filled) < second);
    }
}

fn block(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four(last: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(0x0a00_0000 | last).into()
    }

    #[test]
    fn a_source_gets_its_rate_and_no_more() {
        let start = Instant::now();
        let mut rates = SourceRates::new(10, 0, start);
        let admitted = |rates: &mut SourceRates, at| {
            (0..100).filter(|_| rates.admit(four(1), at).is_ok()).count()
        };
        assert_eq!(admitted(&mut rates, start), 10);
        assert_eq!(admitted(&mut rates, start + Duration::from_millis(500)), 5);
        assert_eq!(admitted(&mut rates, start + Duration::from_mins(1)), 10);
    }

    #[test]
    fn one_source_does_not_use_up_the_rate_of_another() {
        let start = Instant::now();
        let mut rates = SourceRates::new(1, 0, start);
        assert!(rates.admit(four(1), start).is_ok());
        assert!(rates.admit(four(1), start).is_err());
        assert!(rates.admit(four(2), start).is_ok());
    }

    #[test]
    fn addresses_of_one_ipv6_subscriber_are_one_source() {
        let start = Instant::now();
        let mut rates = SourceRates::new(1, 0, start);
        assert!(rates.admit("2001:db8::1".parse().unwrap(), start).is_ok());
        assert!(rates.admit("2001:db8::2".parse().unwrap(), start).is_err());
        assert!(rates.admit("2001:db8:0:1::1".parse().unwrap(), start).is_ok());
    }

    #[test]
    fn a_million_sources_take_bounded_memory_and_are_still_limited() {
        let start = Instant::now();
        let mut rates = SourceRates::new(5, 0, start);
        let admitted =
            (0..1_000_000).filter(|source| rates.admit(four(*source), start).is_ok()).count();
        assert!(rates.buckets.len() <= MAX_SOURCES);
        assert_eq!(admitted, MAX_SOURCES + 5);
        let later = start + Duration::from_secs(2);
        assert!(rates.admit(four(2_000_000), later).is_ok());
        assert_eq!(rates.buckets.len(), 1);
    }

    #[test]
    fn the_wait_is_when_the_next_message_is_welcome() {
        let start = Instant::now();
        let mut rates = SourceRates::new(4, 0, start);
        for _ in 0..4 {
            rates.admit(four(1), start).unwrap();
        }
        let wait = rates.admit(four(1), start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(250));
        assert!(rates.admit(four(1), start + wait).is_ok());
    }

    #[test]
    fn all_sources_together_have_a_limit_too() {
        let start = Instant::now();
        let mut rates = SourceRates::new(0, 100, start);
        let admitted = (0..1000).filter(|_| rates.admit_among_all(start).is_ok()).count();
        assert_eq!(admitted, 100);
        assert!(rates.admit_among_all(start + Duration::from_millis(10)).is_ok());
    }

    #[test]
    fn zero_is_no_limit() {
        let start = Instant::now();
        let mut rates = SourceRates::new(0, 0, start);
        assert!((0..10_000).all(|_| rates.admit(four(1), start).is_ok()));
        assert!((0..10_000).all(|_| rates.admit_among_all(start).is_ok()));
    }
}
