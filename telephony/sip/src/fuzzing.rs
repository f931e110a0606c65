//! What reads the bytes of strangers, as plain functions for fuzzing: no sockets, no clocks, and
//! assertions about what must hold whatever comes.

use std::net::{Ipv4Addr, SocketAddr};

use crate::Transport;
use crate::counters::Counting;
use crate::digest::{Authorization, Challenge};
use crate::ladder::{Direction, LadderBook};
use crate::screen::{Answerer, Frame, Framer, Offered, RawMessage, Verdict, judge};

const OFFERED: Offered = Offered { registration: true, secure: true };

fn peer() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 5071).into()
}

/// One message through the screen, and through what reads it besides.
pub fn screen(bytes: &[u8]) {
    let judged =
        |bytes: &[u8]| judge(bytes, peer(), &Answerer::default(), OFFERED, &Counting::default());
    match judged(bytes) {
        Verdict::Pass(message) => passes_whole(&message, &judged(&message)),
        Verdict::Answer(answer) => {
            assert!(answer.starts_with(b"SIP/2.0 ") && answer.ends_with(b"\r\n\r\n"));
            assert!(answer.len() <= bytes.len() + 48, "an answer amplifies");
            let again = judged(&answer);
            assert!(!matches!(again, Verdict::Answer(_)), "an answer is answered");
        }
        Verdict::Drop => {}
    }
    headers(bytes);
    ladder(bytes);
}

/// What passes is one message for both parsers, and passes again as it is.
fn passes_whole(message: &[u8], again: &Verdict) {
    assert_eq!(again, &Verdict::Pass(message.to_vec()));
    let mut framer = Framer::default();
    framer.push(message);
    assert!(framer.next().is_ok_and(|frame| frame.is_some()));
    assert_eq!(framer.next(), Ok(None), "a second message hides behind the first");
    // What the stack then refuses gets 400; it must only not fail otherwise.
    drop(rsipstack::sip::SipMessage::try_from(message));
}

fn headers(bytes: &[u8]) {
    let Ok(message) = RawMessage::parse(bytes) else {
        return;
    };
    for header in &message.headers {
        drop(Authorization::parse(&header.value));
        if let Ok(challenge) = Challenge::parse(&header.value) {
            assert!(Challenge::parse(&challenge.to_string()).is_ok());
        }
    }
}

/// A call's record takes any message and shows no password.
fn ladder(bytes: &[u8]) {
    let book = LadderBook::new(4);
    book.note(bytes, Direction::In, Transport::Udp, peer());
    for call in book.refused() {
        drop(call.ladder.entries());
    }
    drop(book.claim("1@127.0.0.1").entries());
}

/// A stream, cut into messages however it arrives.
pub fn stream(bytes: &[u8]) {
    let whole = frames(bytes, usize::MAX);
    for size in [1, 7] {
        assert_eq!(frames(bytes, size), whole, "in pieces of {size}");
    }
}

/// The messages found, and whether the stream could be read to its end.
fn frames(bytes: &[u8], size: usize) -> (Vec<Frame>, bool) {
    let (mut framer, mut found) = (Framer::default(), Vec::new());
    for piece in bytes.chunks(size.min(bytes.len()).max(1)) {
        framer.push(piece);
        loop {
            match framer.next() {
                Ok(None) => break,
                Ok(Some(frame)) => found.push(frame),
                Err(_) => return (found, false),
            }
        }
    }
    (found, true)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;

    /// Every seed changed in so many ways; less when the machine is slow.
    const CHANGES: usize = 200_000;
    const LONGEST: Duration = Duration::from_secs(8);

    /// Repeatable noise (xorshift64*).
    struct Noise(u64);

    impl Noise {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
            usize::try_from(drawn).unwrap_or(0) % limit.max(1)
        }

        fn byte(&mut self) -> u8 {
            const LIKELY: &[u8] = b"\r\n\0 :;,<>\"\\@%=\t\xff[]?/09";
            match self.below(3) {
                0 => u8::try_from(self.below(256)).unwrap_or(0),
                _ => LIKELY[self.below(LIKELY.len())],
            }
        }

        fn changed(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
            let mut bytes = seed.to_vec();
            for _ in 0..=self.below(4) {
                let at = self.below(bytes.len());
                match self.below(6) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, self.byte()),
                    2 if at < bytes.len() => drop(bytes.remove(at)),
                    3 => bytes.extend_from_slice(&other[self.below(other.len())..]),
                    4 => {
                        let end = (at + self.below(60)).min(bytes.len());
                        let piece = bytes[at..end].to_vec();
                        let to = self.below(bytes.len());
                        bytes.splice(to..to, piece);
                    }
                    _ => {
                        let byte = self.byte();
                        if let Some(place) = bytes.get_mut(at) {
                            *place = byte;
                        }
                    }
                }
            }
            bytes.truncate(8192);
            bytes
        }
    }

    fn survives(target: &str, run: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let files = std::fs::read_dir(corpus).unwrap();
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        let seeds: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
        assert!(!seeds.is_empty());
        for seed in &seeds {
            run(seed);
        }
        let (began, mut noise) = (Instant::now(), Noise(0x5eed_1234_5678_9abc));
        let mut runs = 0;
        while runs < CHANGES && began.elapsed() < LONGEST {
            let (seed, other) = (noise.below(seeds.len()), noise.below(seeds.len()));
            run(&noise.changed(&seeds[seed], &seeds[other]));
            runs += 1;
        }
        assert!(runs > 1000, "{runs}");
    }

    #[test]
    fn the_screen_survives_changed_messages() {
        survives("screen", screen);
    }

    #[test]
    fn the_framer_survives_changed_streams() {
        survives("stream", stream);
    }
}
