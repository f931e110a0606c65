//! The screen against rubbish: it must always come to a verdict, quickly, without a panic, and
//! never let through what the stack's parser and ours read differently.

use super::verdicts::{INVITE, verdict};
use super::{Framer, Verdict};

/// A small generator of repeatable noise (xorshift64*).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        const LIKELY: &[u8] = b"\r\n\0 :;,<>\"\\@%=\t\xff";
        match self.below(2) {
            0 => LIKELY[self.below(LIKELY.len())],
            _ => self.next().to_le_bytes()[0],
        }
    }

    fn mutated(&mut self, message: &[u8]) -> Vec<u8> {
        let mut bytes = message.to_vec();
        for _ in 0..=self.below(3) {
            if bytes.is_empty() {
                bytes.push(self.byte());
            }
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes[at] = self.byte(),
                1 => bytes.insert(at, self.byte()),
                2 => drop(bytes.remove(at)),
                3 => bytes.truncate(at.max(1)),
                _ => {
                    let end = (at + self.below(60)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
        bytes
    }
}

#[test]
fn mutated_messages_always_come_to_a_verdict() {
    let mut noise = Noise(0x5eed_1234_5678_9abc);
    let (mut passed, mut answered, mut dropped) = (0, 0, 0);
    for _ in 0..20_000 {
        let bytes = noise.mutated(INVITE.as_bytes());
        match verdict(&bytes) {
            Verdict::Pass(message) => {
                passed += 1;
                // What its parser then refuses gets 400; it must only not fail otherwise.
                drop(rsipstack::sip::SipMessage::try_from(&message[..]));
            }
            Verdict::Answer(answer) => {
                answered += 1;
                assert!(answer.starts_with(b"SIP/2.0 ") && answer.ends_with(b"\r\n\r\n"));
                assert!(answer.len() <= bytes.len() + 48);
            }
            Verdict::Drop => dropped += 1,
        }
    }
    assert!(passed > 1000 && answered > 1000 && dropped > 1000, "{passed} {answered} {dropped}");
}

#[test]
fn what_passes_is_one_message_for_both_parsers() {
    let mut noise = Noise(0x00c0_ffee);
    for _ in 0..20_000 {
        let bytes = noise.mutated(INVITE.as_bytes());
        let Verdict::Pass(message) = verdict(&bytes) else {
            continue;
        };
        // Judging twice changes nothing: the normalised form is its own normal form.
        assert_eq!(verdict(&message), Verdict::Pass(message.clone()));
        // No second message hides behind the first.
        let mut framer = Framer::default();
        framer.push(&message);
        assert!(framer.next().is_ok_and(|frame| frame.is_some()));
        assert_eq!(framer.next(), Ok(None));
        assert!(!framer.is_mid_message());
    }
}

#[test]
fn every_truncation_comes_to_a_verdict() {
    for end in 0..INVITE.len() {
        assert!(!matches!(verdict(&INVITE.as_bytes()[..end]), Verdict::Pass(_)), "{end}");
    }
}

#[test]
fn rubbish_is_dropped() {
    let mut noise = Noise(7);
    for length in [0, 1, 2, 4, 100, 10_000, 65_535, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|_| noise.byte()).collect();
        assert_eq!(verdict(&bytes), Verdict::Drop, "{length}");
    }
    for bytes in [&b"\0\0\0\0"[..], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\0"] {
        assert_eq!(verdict(bytes), Verdict::Drop);
    }
}

#[test]
fn the_framer_survives_any_stream() {
    let mut noise = Noise(99);
    for _ in 0..2_000 {
        let mut framer = Framer::default();
        let stream = noise.mutated(&INVITE.as_bytes().repeat(3));
        let size = 1 + noise.below(200);
        'stream: for piece in stream.chunks(size) {
            framer.push(piece);
            loop {
                match framer.next() {
                    Ok(None) => break,
                    Ok(Some(_)) => {}
                    Err(_) => break 'stream,
                }
            }
        }
    }
}
