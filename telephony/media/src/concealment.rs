//! Audio for what is missing: the last pitch period again and again, fading to silence
//! (the idea of ITU-T G.711 Appendix I).

/// Pitch of voices, in samples: 400 Hz to 66 Hz.
const SHORTEST_PERIOD: usize = 20;
const LONGEST_PERIOD: usize = 120;
/// What two periods are compared by.
const COMPARED: usize = 80;
const REMEMBERED: usize = LONGEST_PERIOD + COMPARED;
/// The first 10 ms stay as loud; after 60 ms nothing is left.
const FULL: usize = 80;
const FADED: usize = 480;
/// What comes after a gap is blended in over 4 ms.
const BLENDED: usize = 32;

/// Remembers what was heard last, and makes more of it.
#[derive(Debug)]
pub(crate) struct Concealer {
    history: [i16; REMEMBERED],
    /// The period that is repeated, while something is missing.
    period: Option<usize>,
    made: usize,
}

impl Default for Concealer {
    fn default() -> Self {
        Self { history: [0; REMEMBERED], period: None, made: 0 }
    }
}

impl Concealer {
    /// Takes samples that are there, and softens their begin after a gap.
    pub(crate) fn heard(&mut self, samples: &mut [i16]) {
        if self.period.is_some() {
            let blended = BLENDED.min(samples.len());
            for (at, sample) in samples[..blended].iter_mut().enumerate() {
                let made = self.next();
                *sample = weighted(made, BLENDED - at, BLENDED)
                    .saturating_add(weighted(*sample, at, BLENDED));
            }
            self.period = None;
        }
        self.remember(samples);
    }

    /// Fills in for samples that are missing. Says how many of them are more than silence.
    pub(crate) fn conceal(&mut self, samples: &mut [i16]) -> usize {
        if self.period.is_none() {
            (self.period, self.made) = (Some(self.pitch()), 0);
        }
        let before = self.made;
        for sample in samples.iter_mut() {
            *sample = self.next();
        }
        self.made.min(FADED) - before.min(FADED)
    }

    fn next(&mut self) -> i16 {
        let period = self.period.unwrap_or(LONGEST_PERIOD);
        let sample = self.history[REMEMBERED - period + self.made % period];
        let loudness = (FADED + FULL).saturating_sub(self.made.max(FULL)).min(FADED);
        let faded = FADED.saturating_sub(self.made.saturating_sub(FULL)).min(loudness);
        self.made = (self.made + 1).min(FADED + FULL);
        weighted(sample, faded, FADED)
    }

    /// The distance at which what was heard last resembles itself most.
    fn pitch(&self) -> usize {
        let last = &self.history[REMEMBERED - COMPARED..];
        let likeness = |period: &usize| {
            let begin = REMEMBERED - COMPARED - period;
            let earlier = &self.history[begin..begin + COMPARED];
            let product: i64 = last
                .iter()
                .zip(earlier)
                .map(|(one, other)| i64::from(*one) * i64::from(*other))
                .sum();
            let energy: i64 = earlier.iter().map(|sample| i64::from(*sample).pow(2)).sum();
            // Squared and signed, over the energy: no root is needed to compare.
            i128::from(product) * i128::from(product.abs()) / i128::from(energy.max(1))
        };
        (SHORTEST_PERIOD..=LONGEST_PERIOD).max_by_key(likeness).unwrap_or(LONGEST_PERIOD)
    }

    fn remember(&mut self, samples: &[i16]) {
        let kept = samples.len().min(REMEMBERED);
        self.history.copy_within(kept.., 0);
        self.history[REMEMBERED - kept..].copy_from_slice(&samples[samples.len() - kept..]);
    }
}

fn weighted(sample: i16, weight: usize, whole: usize) -> i16 {
    let product = i64::from(sample) * i64::try_from(weight).unwrap_or(0);
    i16::try_from(product / i64::try_from(whole).unwrap_or(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(from: u16, count: u16) -> Vec<i16> {
        #[expect(clippy::cast_possible_truncation, reason = "below full scale")]
        let sample = |at: u16| {
            let radians = f32::from(at) * std::f32::consts::TAU / 50.0;
            (radians.sin() * 10_000.0) as i16
        };
        (from..from + count).map(sample).collect()
    }

    #[test]
    fn a_voiced_sound_goes_on_at_its_pitch_and_fades() {
        let mut concealer = Concealer::default();
        concealer.heard(&mut tone(0, 400));
        let mut made = [0; 160];
        assert_eq!(concealer.conceal(&mut made), 160);
        for (made, real) in made[..80].iter().zip(tone(400, 80)) {
            assert!((i32::from(*made) - i32::from(real)).abs() < 400, "{made} {real}");
        }
        let mut rest = [1; 800];
        assert_eq!(concealer.conceal(&mut rest), FADED - 160);
        assert!(rest[FADED..].iter().all(|sample| *sample == 0));
        assert_eq!(concealer.conceal(&mut rest), 0);
    }

    #[test]
    fn what_comes_back_is_blended_in_without_a_click() {
        let mut concealer = Concealer::default();
        concealer.heard(&mut tone(0, 400));
        concealer.conceal(&mut [0; 160]);
        // The opposite phase: a cut would leap by twice the amplitude.
        let mut back = tone(585, 160);
        concealer.heard(&mut back);
        let leap = back.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max();
        assert!(leap < Some(4_000), "{leap:?}");
        assert_eq!(back[BLENDED..], tone(585, 160)[BLENDED..]);
    }

    #[test]
    fn the_loudest_sound_and_none_at_all_can_be_continued() {
        for value in [i16::MIN, i16::MAX, 0] {
            let mut concealer = Concealer::default();
            concealer.heard(&mut [value; 500]);
            concealer.conceal(&mut [0; 700]);
            concealer.heard(&mut [value; 7]);
        }
    }
}
