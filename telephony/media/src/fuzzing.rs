//! Everything that reads what strangers send, as plain functions for fuzzing: no sockets, no
//! clocks, and assertions about what must hold whatever comes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use rtp_types::RtpPacket;

use crate::coding::Decoding;
use crate::key_pad::KeyPad;
use crate::playout::Playout;
use crate::reception::Reception;
use crate::reports::Reports;
use crate::sdp::sdes;
use crate::srtp::Opener;
use crate::timeline::Timeline;
use crate::{Codec, EncryptionMode, MasterKey, MediaSecurity, Negotiation, SrtpSuite};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A description, as an offer and as an answer, on open and on encrypted terms.
pub fn sdp(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for mode in [EncryptionMode::Off, EncryptionMode::Preferred, EncryptionMode::Required] {
        let terms = MediaSecurity { mode, keys_are_safe: true };
        let Ok(mut negotiation) = Negotiation::new(HERE, 4_000).secured(terms) else { continue };
        if let Ok((answer, plan)) = negotiation.answer(&text) {
            assert_eq!(answer.matches("v=0\r\n").count(), 1, "{answer}");
            assert!(answer.lines().all(|line| line.as_bytes().get(1) == Some(&b'=')), "{answer}");
            assert!(plan.srtp.is_some() || mode != EncryptionMode::Required);
            assert_eq!(answer.contains("a=crypto:"), plan.srtp.is_some());
        }
        negotiation.offer();
        let _ = negotiation.accept_answer(&text);
    }
}

/// The value of a `crypto` attribute.
pub fn sdes(data: &[u8]) {
    if let Some(crypto) = sdes::parse(&String::from_utf8_lossy(data)) {
        assert!(SrtpSuite::by_name(crypto.key.suite.name()).is_some());
        let again = MasterKey::from_base64(crypto.key.suite, &crypto.key.to_base64());
        assert_eq!(again, Some(crypto.key));
    }
}

/// Datagrams, each behind its length in one octet, through all that a call does with audio.
pub fn rtp(data: &[u8]) {
    let key = MasterKey::from_base64(SrtpSuite::AesCm80, &"QUJD".repeat(10));
    let mut opener = key.map(Opener::new);
    let mut call = Call::new();
    for (step, datagram) in (0..).zip(datagrams(data)) {
        if let Some(opener) = &mut opener {
            assert!(opener.open(&mut datagram.to_vec()).is_err(), "a forged packet was believed");
        }
        call.take(datagram, Duration::from_millis(step * 20));
    }
}

/// Payloads of events, each behind its length in one octet.
pub fn telephone_event(data: &[u8]) {
    let (mut pad, mut keys) = (KeyPad::new(false), 0);
    let mut count = 0;
    for (step, payload) in (0_u32..).zip(datagrams(data)) {
        count += 1;
        let timestamp = step * u32::from(payload.first().copied().unwrap_or(0));
        let press = (timestamp, step % 3 == 0);
        if let Some(key) = pad.event(press, payload, Duration::from_millis(u64::from(step))) {
            assert!("0123456789*#ABCD".contains(key));
            keys += 1;
        }
    }
    assert!(keys <= count);
}

/// One compound of reports, in the clear and as an encrypted one.
pub fn rtcp(data: &[u8]) {
    let mut reports = Reports::new(Duration::ZERO);
    let mut reception = Reception::default();
    reports.heard(data, 0x0102_0304, Duration::from_secs(1));
    assert!(reports.round_trip.is_none_or(|trip| trip <= Duration::from_mins(1)));
    let sent = crate::reports::Sent { stream: 1, timestamp: 2, packets: 3, octets: 4 };
    assert!(reports.goodbye(Duration::from_secs(2), sent, &mut reception).is_some());
    for suite in SrtpSuite::ALL {
        let length =
            if suite == SrtpSuite::AesGcm { "QUJD".repeat(9) + "QQ==" } else { "QUJD".repeat(10) };
        if let Some(key) = MasterKey::from_base64(suite, &length) {
            assert!(Opener::new(key).open_reports(&mut data.to_vec()).is_err());
        }
    }
}

struct Call {
    timeline: Timeline,
    reception: Reception,
    playout: Playout,
    decodings: [Decoding; 2],
    line: Vec<i16>,
    samples: Vec<i16>,
    emitted: usize,
}

impl Call {
    fn new() -> Self {
        Self {
            timeline: Timeline::default(),
            reception: Reception::default(),
            playout: Playout::default(),
            decodings: [Decoding::of(Codec::Pcma), Decoding::of(Codec::G722)],
            line: Vec::new(),
            samples: Vec::new(),
            emitted: 0,
        }
    }

    fn take(&mut self, datagram: &[u8], now: Duration) {
        if let Ok(packet) = RtpPacket::parse(datagram) {
            let position = (packet.sequence_number(), packet.timestamp());
            self.reception.packet(packet.ssrc(), position, now, true);
            self.samples.clear();
            self.decodings[usize::from(packet.payload_type() == 9)]
                .decode(packet.payload(), &mut self.samples);
            self.playout.push(position.1, &self.samples, self.reception.jitter_ms().0);
            self.timeline.push(position, &self.samples, now, &mut self.line);
            let _ = self.reception.report();
        }
        self.timeline.tick(now, &mut self.line);
        self.playout.pull(&mut [0; 160]);
        self.emitted += self.line.len();
        self.line.clear();
        let (now, worst) = self.reception.jitter_ms();
        assert!(now.is_finite() && worst >= now);
        // What time allows and two seconds ahead, for the caller's own and for her pauses.
        assert!(self.emitted <= 2 * (8 * 20 * 300 + 3 * 16_000), "{}", self.emitted);
    }
}

/// At most 256, so that a long input is no slow one.
fn datagrams(mut data: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = data.split_first()?;
        let (datagram, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        data = rest;
        Some(datagram)
    })
    .take(256)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::*;

    /// Every seed changed in so many ways; less when the machine is slow.
    const CHANGES: usize = 20_000;
    const LONGEST: Duration = Duration::from_secs(8);

    struct Chance(u64);

    impl Chance {
        fn below(&mut self, limit: usize) -> usize {
            // xorshift (Marsaglia): the same changes in every run.
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
        }
    }

    fn changed(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
        let mut data = seed.to_vec();
        for _ in 0..=chance.below(4) {
            let at = chance.below(data.len());
            let value = [
                0,
                0xff,
                0x80,
                b'\n',
                b' ',
                b':',
                b'9',
                u8::try_from(chance.below(256)).unwrap_or(0),
            ][chance.below(8)];
            match chance.below(5) {
                0 => data.truncate(at),
                1 => data.insert(at, value),
                2 => data.extend_from_slice(&other[chance.below(other.len())..]),
                3 => {
                    let part = data[at..].to_vec();
                    data.extend(part);
                }
                _ => {
                    if let Some(octet) = data.get_mut(at) {
                        *octet = value;
                    }
                }
            }
        }
        data.truncate(8_192);
        data
    }

    fn mutate(target: &str, run: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let seeds: Vec<Vec<u8>> = std::fs::read_dir(&corpus)
            .expect("a corpus")
            .map(|entry| std::fs::read(entry.expect("readable").path()).expect("readable"))
            .collect();
        assert!(!seeds.is_empty(), "no seeds for {target}");
        let (began, mut chance) = (Instant::now(), Chance(0x9e37_79b9_7f4a_7c15));
        for seed in &seeds {
            run(seed);
        }
        for _ in 0..CHANGES {
            let seed = &seeds[chance.below(seeds.len())];
            let other = &seeds[chance.below(seeds.len())];
            run(&changed(seed, other, &mut chance));
            if began.elapsed() > LONGEST {
                return;
            }
        }
    }

    #[test]
    fn sdp_survives_changes() {
        mutate("sdp", sdp);
    }

    #[test]
    fn sdes_survives_changes() {
        mutate("sdes", sdes);
    }

    #[test]
    fn rtp_survives_changes() {
        mutate("rtp", rtp);
    }

    #[test]
    fn telephone_event_survives_changes() {
        mutate("telephone_event", telephone_event);
    }

    #[test]
    fn rtcp_survives_changes() {
        mutate("rtcp", rtcp);
    }
}
