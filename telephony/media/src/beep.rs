//! The beep of a voice mailbox: one steady tone.
//!
//! A sine follows x[n] + x[n-2] = 2 cos ω · x[n-1], so the best factor of a block tells its
//! frequency, and Goertzel's filter at that frequency tells whether there is anything else in it.

use std::f32::consts::TAU;

use crate::SAMPLE_RATE;
use crate::tones::goertzel;

/// 20 ms.
const BLOCK: usize = 160;
/// Whole blocks of a tone of 400 ms, wherever it begins.
const TO_COUNT: u32 = 19;
/// Blocks without the tone that end it.
const TO_END: u32 = 2;
/// The quietest amplitude of a beep: about -37 dBFS.
const QUIETEST: f32 = 460.0;
/// Hertz: below is the pitch of voices, above nobody beeps.
const LOWEST: f32 = 330.0;
const HIGHEST: f32 = 2_600.0;
/// The share of all power that the tone has.
const PURITY: f32 = 0.9;
/// By how much the frequency of a beep wavers from block to block; a sung vowel wavers more.
const STEADINESS: f32 = 0.01;

/// Finds beeps in a line of samples.
#[derive(Debug, Default)]
pub(crate) struct BeepDetector {
    block: Vec<i16>,
    /// The frequency that goes on, in hertz.
    tone: Option<f32>,
    heard: u32,
    missed: u32,
}

impl BeepDetector {
    /// Listens on; says whether a beep ended.
    pub(crate) fn push(&mut self, samples: &[i16]) -> bool {
        let mut rest = samples;
        let mut ended = false;
        while !rest.is_empty() {
            let wanted = (BLOCK - self.block.len()).min(rest.len());
            self.block.extend_from_slice(&rest[..wanted]);
            rest = &rest[wanted..];
            if self.block.len() == BLOCK {
                ended |= self.end_block();
                self.block.clear();
            }
        }
        ended
    }

    fn end_block(&mut self) -> bool {
        let now = tone(&self.block);
        let goes_on = matches!((now, self.tone), (Some(now), Some(before))
            if (now - before).abs() < before * STEADINESS);
        if goes_on {
            (self.tone, self.missed) = (now, 0);
            self.heard = self.heard.saturating_add(1);
            return false;
        }
        self.missed += 1;
        if self.tone.is_some() && self.missed < TO_END {
            return false;
        }
        let beeped = self.heard >= TO_COUNT;
        (self.tone, self.heard, self.missed) = (now, u32::from(now.is_some()), 0);
        beeped
    }
}

/// The frequency of a block that is one tone, in hertz.
fn tone(block: &[i16]) -> Option<f32> {
    let total: f32 = block.iter().map(|sample| f32::from(*sample).powi(2)).sum();
    let length = block_length();
    if total < QUIETEST.powi(2) * length / 2.0 {
        return None;
    }
    let (mut over, mut under) = (0.0, 0.0);
    for three in block.windows(3) {
        let [before, now, after] = [three[0], three[1], three[2]].map(f32::from);
        over += now * (before + after);
        under += now * now;
    }
    let factor = (over / under.max(1.0)).clamp(-2.0, 2.0);
    let hertz = (factor / 2.0).acos() / TAU * sample_rate();
    let pure = goertzel(block, factor) >= PURITY * total * length / 2.0;
    (pure && (LOWEST..=HIGHEST).contains(&hertz)).then_some(hertz)
}

#[expect(clippy::cast_precision_loss, reason = "8000 is exact")]
const fn sample_rate() -> f32 {
    SAMPLE_RATE as f32
}

#[expect(clippy::cast_precision_loss, reason = "160 is exact")]
const fn block_length() -> f32 {
    BLOCK as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `parts` of milliseconds, hertz (0 is silence) and amplitude.
    fn line(parts: &[(usize, f32, f32)]) -> Vec<i16> {
        let mut samples = vec![0; 37];
        for (ms, hertz, amplitude) in parts {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "short and below full scale"
            )]
            let sample =
                |at: usize| ((at as f32 * TAU * hertz / sample_rate()).sin() * amplitude) as i16;
            samples.extend((0..ms * 8).map(sample));
        }
        samples
    }

    fn beeps(samples: &[i16]) -> usize {
        let mut detector = BeepDetector::default();
        samples.chunks(160).filter(|part| detector.push(part)).count()
    }

    #[test]
    fn one_steady_tone_is_a_beep_when_it_ends() {
        for hertz in [400.0, 440.0, 850.0, 1_000.0, 1_400.0, 2_000.0, 2_500.0] {
            for ms in [420, 500, 1_000, 2_500] {
                for amplitude in [600.0, 4_000.0, 20_000.0] {
                    let line = line(&[(300, 0.0, 0.0), (ms, hertz, amplitude), (100, 0.0, 0.0)]);
                    assert_eq!(beeps(&line), 1, "{hertz} Hz, {ms} ms, {amplitude}");
                    let law = crate::Law::A;
                    let coded: Vec<i16> =
                        line.iter().map(|sample| law.decode(law.encode(*sample))).collect();
                    assert_eq!(beeps(&coded), 1, "{hertz} Hz, {ms} ms, {amplitude}, coded");
                }
            }
        }
    }

    #[test]
    fn what_is_short_quiet_changing_or_doubled_is_none() {
        let quiet = (400, 0.0, 0.0);
        assert_eq!(beeps(&line(&[(300, 1_000.0, 8_000.0), quiet])), 0);
        assert_eq!(beeps(&line(&[(900, 1_000.0, 200.0), quiet])), 0);
        assert_eq!(beeps(&line(&[(900, 150.0, 8_000.0), quiet])), 0);
        let siren: Vec<_> =
            (0_u16..50).map(|step| (20, 600.0 + 15.0 * f32::from(step), 8_000.0)).collect();
        assert_eq!(beeps(&line(&siren)), 0);
        let one = line(&[(900, 440.0, 8_000.0), quiet]);
        let other = line(&[(900, 620.0, 8_000.0), quiet]);
        let both: Vec<i16> = one.iter().zip(other).map(|(one, other)| one + other).collect();
        assert_eq!(beeps(&both), 0);
    }

    /// Every recording of speech and music in the repository, at several speeds.
    #[test]
    fn speech_does_not_beep() {
        let telephony = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut seconds = 0.0;
        for folder in ["media/tests/speech", "gateway/prompts/en", "gateway/prompts/ru"] {
            for entry in std::fs::read_dir(telephony.join(folder)).expect("there") {
                let path = entry.expect("readable").path();
                if path.extension().is_none_or(|extension| extension != "wav") {
                    continue;
                }
                let content = std::fs::read(&path).expect("readable");
                let clip = crate::Clip::from_wav(&content).expect("a prompt");
                for hundredths in (60..=150).step_by(10) {
                    let faster: Vec<i16> = (0..)
                        .map_while(|at| clip.samples().get(at * hundredths / 100).copied())
                        .collect();
                    assert_eq!(beeps(&faster), 0, "{} at {hundredths} %", path.display());
                    seconds += crate::wav::seconds_of(faster.len());
                }
            }
        }
        assert!(seconds > 600.0, "only {seconds} s of speech");
    }
}
