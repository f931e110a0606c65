//! The caller's keys, by whichever way they come, each once.

use std::time::Duration;

use crate::keys::KeyDecoder;
use crate::tones::ToneDecoder;

/// A telephone that sends both begins with the tone; its event follows within this time.
const SAME_PRESS: Duration = Duration::from_millis(500);

/// Events and tones of one call.
#[derive(Debug)]
pub(crate) struct KeyPad {
    events: KeyDecoder,
    tones: Option<Box<ToneDecoder>>,
    /// Once an event came, tones are only its echo.
    has_events: bool,
    last_tone: Option<(char, Duration)>,
}

impl KeyPad {
    pub(crate) fn new(hear_tones: bool) -> Self {
        let mut pad =
            Self { events: KeyDecoder::default(), tones: None, has_events: false, last_tone: None };
        pad.hear_tones(hear_tones);
        pad
    }

    pub(crate) fn hear_tones(&mut self, listen: bool) {
        let wanted = listen && !self.has_events;
        self.tones = wanted.then(|| Box::new(ToneDecoder::new()));
    }

    /// A new stream: its timestamps have nothing to do with the last one's.
    pub(crate) fn restart(&mut self) {
        self.events = KeyDecoder::default();
    }

    /// Takes the payload of one event packet (see [`KeyDecoder::push`]).
    pub(crate) fn event(
        &mut self,
        (timestamp, marker): (u32, bool),
        payload: &[u8],
        now: Duration,
    ) -> Option<char> {
        let key = self.events.push(timestamp, marker, payload)?;
        self.has_events = true;
        self.tones = None;
        let doubled = self
            .last_tone
            .take()
            .is_some_and(|(tone, at)| tone == key && now.saturating_sub(at) < SAME_PRESS);
        (!doubled).then_some(key)
    }

    /// Looks for keys in the caller's audio.
    pub(crate) fn audio(&mut self, samples: &[i16], now: Duration, mut pressed: impl FnMut(char)) {
        let Some(tones) = &mut self.tones else { return };
        let last_tone = &mut self.last_tone;
        tones.push(samples, |key| {
            *last_tone = Some((key, now));
            pressed(key);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tones::tones_of;

    fn heard(pad: &mut KeyPad, key: char, ms: u64) -> String {
        let samples: Vec<i16> = tones_of(key, 0, 800).expect("a key").chain([0; 400]).collect();
        let mut keys = String::new();
        pad.audio(&samples, Duration::from_millis(ms), |key| keys.push(key));
        keys
    }

    #[test]
    fn a_press_that_comes_both_ways_counts_once_and_ends_the_tones() {
        let mut pad = KeyPad::new(true);
        assert_eq!(heard(&mut pad, '5', 1_000), "5");
        let event = pad.event((7, true), &[5, 0x0a, 0, 160], Duration::from_millis(1_060));
        assert_eq!(event, None);
        assert_eq!(heard(&mut pad, '6', 2_000), "");
        let event = pad.event((9_000, true), &[6, 0x0a, 0, 160], Duration::from_millis(2_060));
        assert_eq!(event, Some('6'));
        pad.hear_tones(true);
        assert_eq!(heard(&mut pad, '7', 3_000), "");
    }

    #[test]
    fn the_same_key_later_is_another_press() {
        let mut pad = KeyPad::new(true);
        assert_eq!(heard(&mut pad, '5', 1_000), "5");
        let event = pad.event((7, true), &[5, 0x0a, 0, 160], Duration::from_millis(1_900));
        assert_eq!(event, Some('5'));
    }
}
