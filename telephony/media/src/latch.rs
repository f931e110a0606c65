//! Whose packets count: one source, one stream; everyone else's are dropped.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// After this much silence the peer may go on from another port or with another stream.
const SILENCE_BEFORE_CHANGE: Duration = Duration::from_millis(500);

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It goes on with the stream that is heard.
    SameStream,
    /// It begins a stream: whatever was known of sequence and time no longer holds.
    NewStream,
    /// It is somebody else's.
    Refused,
}

/// Symmetric RTP (RFC 4961) with a lock: audio is taken only from the addresses the signalling
/// vouches for, and from the first port and stream (SSRC) there that sent a valid packet. Only
/// the very place that the peer described takes over from another one: a straggler of an old
/// call, or an intruder on the same machine, must not keep the caller out.
#[derive(Debug)]
pub(crate) struct Latch {
    described: Option<SocketAddr>,
    signalling: IpAddr,
    heard: Option<Heard>,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    source: SocketAddr,
    stream: u32,
    last: Duration,
}

impl Latch {
    /// Accepts audio from the address in the session description and from the one the signalling
    /// came from (they differ behind NAT).
    pub(crate) fn new(described: Option<SocketAddr>, signalling: IpAddr) -> Self {
        let described = described.map(canonical);
        Self { described, signalling: signalling.to_canonical(), heard: None }
    }

    /// The peer described a new place: packets may come from there from now on.
    pub(crate) fn redescribe(&mut self, described: Option<SocketAddr>) {
        self.described = described.map(canonical);
    }

    /// Judges a valid packet that arrived at `now` (time since the session began).
    pub(crate) fn admit(&mut self, source: SocketAddr, stream: u32, now: Duration) -> Admission {
        let source = canonical(source);
        if !self.vouched_for(source.ip()) {
            return Admission::Refused;
        }
        let admission = match self.heard {
            Some(heard) if heard.source == source && heard.stream == stream => {
                Admission::SameStream
            }
            Some(heard) if !self.may_take_over(source, heard, now) => return Admission::Refused,
            _ => Admission::NewStream,
        };
        self.heard = Some(Heard { source, stream, last: now });
        admission
    }

    /// Whether something else than audio may come from there.
    pub(crate) fn vouches_for(&self, source: SocketAddr) -> bool {
        self.vouched_for(source.ip().to_canonical())
    }

    fn vouched_for(&self, address: IpAddr) -> bool {
        address == self.signalling || self.described.is_some_and(|place| place.ip() == address)
    }

    fn may_take_over(&self, source: SocketAddr, heard: Heard, now: Duration) -> bool {
        let silent = now.saturating_sub(heard.last) >= SILENCE_BEFORE_CHANGE;
        silent || (heard.source != source && self.described == Some(source))
    }

    /// Where the peer's audio comes from, once heard: ours goes there too.
    pub(crate) fn source(&self) -> Option<SocketAddr> {
        self.heard.map(|heard| heard.source)
    }
}

/// An IPv4 peer on a dual-stack socket looks like IPv6; it is the same machine.
fn canonical(place: SocketAddr) -> SocketAddr {
    SocketAddr::new(place.ip().to_canonical(), place.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("a literal")
    }

    fn latch() -> Latch {
        Latch::new(Some(address("192.0.2.1:4000")), address("198.51.100.7:0").ip())
    }

    #[test]
    fn the_first_stream_is_kept_and_others_are_dropped() {
        let mut latch = latch();
        let phone = address("192.0.2.1:4000");
        assert_eq!(latch.source(), None);
        assert_eq!(latch.admit(phone, 7, at(0)), Admission::NewStream);
        assert_eq!(latch.admit(phone, 7, at(20)), Admission::SameStream);
        assert_eq!(latch.admit(phone, 8, at(30)), Admission::Refused);
        assert_eq!(latch.admit(address("192.0.2.1:4002"), 7, at(30)), Admission::Refused);
        assert_eq!(latch.source(), Some(phone));
    }

    #[test]
    fn strangers_are_never_heard() {
        let mut latch = latch();
        assert_eq!(latch.admit(address("203.0.113.5:4000"), 7, at(0)), Admission::Refused);
        assert_eq!(latch.admit(address("203.0.113.5:4000"), 7, at(90_000)), Admission::Refused);
        assert_eq!(latch.source(), None);
    }

    #[test]
    fn a_phone_behind_nat_is_heard_from_where_it_signals() {
        let mut latch = latch();
        let outside = address("198.51.100.7:61000");
        assert_eq!(latch.admit(outside, 7, at(0)), Admission::NewStream);
        assert_eq!(latch.source(), Some(outside));
    }

    #[test]
    fn the_described_place_takes_over_from_a_straggler() {
        let mut latch = latch();
        let (straggler, phone) = (address("192.0.2.1:9000"), address("192.0.2.1:4000"));
        assert_eq!(latch.admit(straggler, 7, at(0)), Admission::NewStream);
        assert_eq!(latch.admit(phone, 8, at(10)), Admission::NewStream);
        assert_eq!(latch.admit(straggler, 7, at(20)), Admission::Refused);
        assert_eq!(latch.admit(phone, 8, at(30)), Admission::SameStream);
        assert_eq!(latch.source(), Some(phone));
    }

    #[test]
    fn after_silence_the_stream_may_change() {
        let mut latch = latch();
        let phone = address("192.0.2.1:4000");
        latch.admit(phone, 7, at(0));
        assert_eq!(latch.admit(phone, 8, at(499)), Admission::Refused);
        assert_eq!(latch.admit(phone, 8, at(500)), Admission::NewStream);
        assert_eq!(latch.admit(phone, 8, at(520)), Admission::SameStream);
    }

    #[test]
    fn a_new_description_opens_a_new_place() {
        let mut latch = latch();
        let elsewhere = address("192.0.2.77:4000");
        assert_eq!(latch.admit(elsewhere, 7, at(0)), Admission::Refused);
        latch.redescribe(Some(elsewhere));
        assert_eq!(latch.admit(elsewhere, 7, at(20)), Admission::NewStream);
    }
}
