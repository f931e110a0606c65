//! Keys that we press: as events (RFC 4733 section 2.5), or as tones for a peer that knows none.

use std::collections::VecDeque;

use crate::SAMPLE_RATE;

const KEYS: &str = "0123456789*#ABCD";
/// Keys that may wait: a long number and an extension.
const MOST_WAITING: usize = 64;
/// How long a key is pressed, and how long it is let go before the next one, in samples.
const PRESS: usize = SAMPLE_RATE as usize / 10;
const PAUSE: usize = SAMPLE_RATE as usize * 6 / 100;
/// Section 2.5.1.4: the end is sent three times.
const ENDS: u8 = 3;
/// -10 dBm0, the volume of an event.
const VOLUME: u8 = 10;
const END_BIT: u8 = 0x80;

/// Why a key was not pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// A telephone has 0-9, *, # and A-D.
    #[error("no telephone has that key")]
    NoSuchKey,
    /// Too many keys wait to be pressed.
    #[error("too many keys wait to be pressed")]
    TooMany,
    /// The call is over.
    #[error("the call is over")]
    Ended,
}

/// What goes out instead of the next packet of audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// An event packet: payload, and whether it is the first one of its press.
    Event { payload: [u8; 4], begins: bool },
    /// This stretch of a press, in samples from its begin, is to be sent as tones.
    Tone { key: char, from: usize },
    /// Silence between two keys.
    Pause,
}

/// The keys that wait, and the one that is pressed.
#[derive(Debug, Default)]
pub(crate) struct Pressing {
    waiting: VecDeque<char>,
    current: Option<Press>,
}

#[derive(Debug, Clone, Copy)]
struct Press {
    key: char,
    passed: usize,
    ends: u8,
    paused: usize,
}

impl Pressing {
    pub(crate) fn press(&mut self, key: char) -> Result<(), PressError> {
        let key = key.to_ascii_uppercase();
        if !KEYS.contains(key) {
            return Err(PressError::NoSuchKey);
        }
        if self.waiting.len() >= MOST_WAITING {
            return Err(PressError::TooMany);
        }
        self.waiting.push_back(key);
        Ok(())
    }

    /// What the next packet of so many samples carries; `None` when no key is to be sent.
    pub(crate) fn next(&mut self, samples: usize, as_events: bool) -> Option<Sending> {
        let mut press = match self.current.take() {
            Some(press) => press,
            None => Press { key: self.waiting.pop_front()?, passed: 0, ends: 0, paused: 0 },
        };
        let sending = if as_events { press.event(samples) } else { press.tone(samples) };
        if press.paused < PAUSE {
            self.current = Some(press);
        }
        Some(sending)
    }
}

impl Press {
    fn event(&mut self, samples: usize) -> Sending {
        if self.ends == ENDS {
            return self.pause(samples);
        }
        let begins = self.passed == 0;
        let mut flags = VOLUME;
        if self.ends == 0 {
            self.passed += samples;
        }
        if self.passed >= PRESS {
            flags |= END_BIT;
            self.ends += 1;
        }
        let event = KEYS.find(self.key).and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        let [high, low] = u16::try_from(self.passed).unwrap_or(u16::MAX).to_be_bytes();
        Sending::Event { payload: [event, flags, high, low], begins }
    }

    fn tone(&mut self, samples: usize) -> Sending {
        if self.passed >= PRESS {
            return self.pause(samples);
        }
        let from = self.passed;
        self.passed += samples;
        Sending::Tone { key: self.key, from }
    }

    fn pause(&mut self, samples: usize) -> Sending {
        self.paused += samples;
        Sending::Pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyDecoder;
    use crate::tones::{ToneDecoder, tones_of};

    fn pressed(keys: &str) -> Pressing {
        let mut pressing = Pressing::default();
        keys.chars().for_each(|key| pressing.press(key).expect("a key"));
        pressing
    }

    #[test]
    fn events_are_what_a_telephone_sends() {
        let (mut pressing, mut decoder) = (pressed("19*#d"), KeyDecoder::default());
        let (mut keys, mut clock, mut begun) = (String::new(), 0, 0);
        while let Some(sending) = pressing.next(160, true) {
            if let Sending::Event { payload, begins } = sending {
                begun = if begins { clock } else { begun };
                keys.extend(decoder.push(begun, begins, &payload));
            }
            clock += 160;
        }
        assert_eq!(keys, "19*#D");
    }

    #[test]
    fn one_press_grows_and_ends_three_times() {
        let mut pressing = pressed("5");
        let mut packets = Vec::new();
        while let Some(Sending::Event { payload, begins }) = pressing.next(160, true) {
            packets.push((payload, begins));
        }
        assert_eq!(packets[0], ([5, 10, 0, 160], true));
        assert_eq!(packets[4..], [([5, 0x8a, 3, 0x20], false); 3]);
        assert_eq!(packets.len(), 7);
    }

    #[test]
    fn without_events_there_are_tones() {
        let (mut pressing, mut decoder) = (pressed("40#"), ToneDecoder::new());
        let mut keys = String::new();
        while let Some(sending) = pressing.next(160, false) {
            let samples: Vec<i16> = match sending {
                Sending::Tone { key, from } => tones_of(key, from, 160).expect("a key").collect(),
                _ => vec![0; 160],
            };
            decoder.push(&samples, |key| keys.push(key));
        }
        decoder.push(&[0; 400], |key| keys.push(key));
        assert_eq!(keys, "40#");
    }

    #[test]
    fn other_keys_and_too_many_are_refused() {
        let mut pressing = Pressing::default();
        assert_eq!(pressing.press('x'), Err(PressError::NoSuchKey));
        assert_eq!(pressing.press('я'), Err(PressError::NoSuchKey));
        for _ in 0..MOST_WAITING {
            pressing.press('1').expect("room");
        }
        assert_eq!(pressing.press('1'), Err(PressError::TooMany));
    }
}
