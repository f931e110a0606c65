//! Keys as tones in the audio (ITU-T Q.23, Q.24), for telephones that send no events.

use std::f32::consts::TAU;

use crate::SAMPLE_RATE;

const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];

/// 12.75 ms: the shortest valid tone of 40 ms always fills two of them.
const BLOCK: usize = 102;
/// Blocks with the same tones that make a key, and blocks without them that end it.
const TO_BEGIN: u8 = 2;
const TO_END: u8 = 2;
/// A tone of one of the two frequencies is at least this loud: about -32 dBFS.
const QUIETEST: f32 = 800.0;
/// Power by which the higher tone may exceed the lower one (8 dB), and the other way (4 dB).
const MOST_TWIST: f32 = 6.3;
const MOST_REVERSE_TWIST: f32 = 2.5;
/// Power by which a tone exceeds all others of its group (8 dB).
const CLEARNESS: f32 = 6.3;
/// The share of all power that the two tones have. Speech has the frequencies too, but never
/// alone.
const PURITY: f32 = 0.82;
/// Tones whose power differs by more than this from block to block (5 dB) are not made by a key.
const STEADINESS: f32 = 3.2;

/// Finds keys in a line of samples.
#[derive(Debug)]
pub(crate) struct ToneDecoder {
    /// Twice the cosine of each frequency's step.
    factors: [f32; 8],
    block: Vec<i16>,
    last: Option<Tones>,
    /// Blocks in which the last tones were heard, and in which they were not, one after another.
    heard: u8,
    missed: u8,
    pressed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Tones {
    key: u8,
    power: f32,
}

impl ToneDecoder {
    pub(crate) fn new() -> Self {
        let mut factors = [0.0; 8];
        for (factor, hertz) in factors.iter_mut().zip(ROWS.iter().chain(&COLUMNS)) {
            *factor = 2.0 * (TAU * hertz / sample_rate()).cos();
        }
        let block = Vec::with_capacity(BLOCK);
        Self { factors, block, last: None, heard: 0, missed: 0, pressed: false }
    }

    /// Listens on; every key is handed to `pressed` once, when it is certain.
    pub(crate) fn push(&mut self, samples: &[i16], mut pressed: impl FnMut(char)) {
        let mut rest = samples;
        while !rest.is_empty() {
            let wanted = (BLOCK - self.block.len()).min(rest.len());
            self.block.extend_from_slice(&rest[..wanted]);
            rest = &rest[wanted..];
            if self.block.len() == BLOCK {
                if let Some(key) = self.end_block() {
                    pressed(key);
                }
                self.block.clear();
            }
        }
    }

    fn end_block(&mut self) -> Option<char> {
        let tones = self.tones();
        let same = matches!((tones, self.last), (Some(now), Some(last)) if now.key == last.key);
        if same {
            self.missed = 0;
            let steady = tones.zip(self.last).is_some_and(|(now, last)| {
                now.power < last.power * STEADINESS && last.power < now.power * STEADINESS
            });
            self.heard = if steady { self.heard.saturating_add(1) } else { 1 };
            self.last = tones;
        } else if tones.is_some() && !self.pressed {
            (self.last, self.heard, self.missed) = (tones, 1, 0);
        } else {
            self.missed = self.missed.saturating_add(1);
            self.heard = 0;
            if self.missed >= TO_END {
                self.pressed = false;
                (self.last, self.heard) = (tones, u8::from(tones.is_some()));
            }
        }
        if self.pressed || self.heard < TO_BEGIN {
            return None;
        }
        self.pressed = true;
        tones.map(|tones| char::from(tones.key))
    }

    fn tones(&self) -> Option<Tones> {
        let total: f32 = self.block.iter().map(|sample| f32::from(*sample).powi(2)).sum();
        // A block of the quietest two tones.
        if total < QUIETEST.powi(2) * block_length() {
            return None;
        }
        let mut powers = [0.0; 8];
        for (power, factor) in powers.iter_mut().zip(self.factors) {
            *power = goertzel(&self.block, factor);
        }
        let (rows, columns) = powers.split_at(4);
        let ((row, low), (column, high)) = (loudest(rows)?, loudest(columns)?);
        let balanced = high <= low * MOST_TWIST && low <= high * MOST_REVERSE_TWIST;
        // A pure tone of amplitude A has (A N / 2)² in the filter and A² N / 2 in all.
        let pure = (low + high) >= PURITY * total * block_length() / 2.0;
        (balanced && pure).then_some(Tones { key: KEYS[row][column], power: low + high })
    }
}

/// The power of one frequency in a block (Goertzel's algorithm).
pub(crate) fn goertzel(block: &[i16], factor: f32) -> f32 {
    let (mut before, mut last) = (0.0, 0.0);
    for sample in block {
        let next = f32::from(*sample) + factor * last - before;
        (before, last) = (last, next);
    }
    last * last + before * before - factor * last * before
}

/// The loudest of a group, when it stands out.
fn loudest(group: &[f32]) -> Option<(usize, f32)> {
    let (index, power) =
        group.iter().copied().enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let clear =
        group.iter().enumerate().all(|(other, level)| other == index || *level * CLEARNESS < power);
    clear.then_some((index, power))
}

/// The two tones of a key, each at -10 dBFS, from the `from`th sample of the press on.
pub(crate) fn tones_of(key: char, from: usize, count: usize) -> Option<impl Iterator<Item = i16>> {
    let (row, column) = KEYS.iter().enumerate().find_map(|(row, keys)| {
        Some((row, keys.iter().position(|name| char::from(*name) == key)?))
    })?;
    let steps = [ROWS[row], COLUMNS[column]].map(|hertz| TAU * hertz / sample_rate());
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a press is short, and the sum of both tones is below full scale"
    )]
    let sample = move |at: usize| {
        (steps.iter().map(|step| (step * at as f32).sin()).sum::<f32>() * 10_000.0) as i16
    };
    Some((from..from + count).map(sample))
}

#[expect(clippy::cast_precision_loss, reason = "8000 is exact")]
const fn sample_rate() -> f32 {
    SAMPLE_RATE as f32
}

#[expect(clippy::cast_precision_loss, reason = "102 is exact")]
const fn block_length() -> f32 {
    BLOCK as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "0123456789*#ABCD";

    fn heard(samples: &[i16]) -> String {
        let (mut decoder, mut keys) = (ToneDecoder::new(), String::new());
        samples.chunks(160).for_each(|part| decoder.push(part, |key| keys.push(key)));
        keys
    }

    fn dialled(keys: &str, tone: usize, pause: usize) -> Vec<i16> {
        let mut line = vec![0; 333];
        for key in keys.chars() {
            line.extend(tones_of(key, 0, tone).expect("a key"));
            line.resize(line.len() + pause, 0);
        }
        line
    }

    /// Two tones with their own amplitudes and a shift of their frequencies.
    fn pair(low: f32, high: f32, shift: f32) -> Vec<i16> {
        #[expect(clippy::cast_possible_truncation, reason = "below full scale")]
        let sample = |at: u16| {
            let step = f32::from(at) * TAU / sample_rate() * (1.0 + shift);
            ((step * 770.0).sin() * low + (step * 1336.0).sin() * high) as i16
        };
        (0..800).map(sample).chain(std::iter::repeat_n(0, 400)).collect()
    }

    #[test]
    fn every_key_is_heard_once_at_the_shortest_lengths() {
        for tone in [320, 400, 800, 8_000] {
            assert_eq!(heard(&dialled(ALL, tone, 360)), ALL, "{tone}");
        }
        assert_eq!(heard(&dialled("1155550", 320, 320)), "1155550");
    }

    #[test]
    fn what_is_too_short_or_too_quiet_is_no_key() {
        assert_eq!(heard(&dialled(ALL, 160, 800)), "");
        let quiet: Vec<i16> =
            dialled(ALL, 800, 400).into_iter().map(|sample| sample / 100).collect();
        assert_eq!(heard(&quiet), "");
    }

    #[test]
    fn twist_and_frequency_have_their_limits() {
        assert_eq!(heard(&pair(4_000.0, 4_000.0, 0.0)), "5");
        assert_eq!(heard(&pair(4_000.0, 8_000.0, 0.0)), "5");
        assert_eq!(heard(&pair(5_000.0, 4_000.0, 0.0)), "5");
        assert_eq!(heard(&pair(2_000.0, 8_000.0, 0.0)), "");
        assert_eq!(heard(&pair(8_000.0, 2_000.0, 0.0)), "");
        for shift in [-0.015, 0.015] {
            assert_eq!(heard(&pair(4_000.0, 4_000.0, shift)), "5", "{shift}");
        }
        for shift in [-0.05, 0.05] {
            assert_eq!(heard(&pair(4_000.0, 4_000.0, shift)), "", "{shift}");
        }
        // One tone alone, and one tone with another's overtone.
        assert_eq!(heard(&pair(8_000.0, 0.0, 0.0)), "");
    }

    #[test]
    fn keys_survive_noise_and_both_laws() {
        let mut line = dialled("159D", 800, 800);
        let mut state = 7_u32;
        for sample in &mut line {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = i16::try_from(state >> 16).unwrap_or(0) / 32;
            *sample = sample.saturating_add(noise);
        }
        for law in [crate::Law::A, crate::Law::Mu] {
            let coded: Vec<i16> =
                line.iter().map(|sample| law.decode(law.encode(*sample))).collect();
            assert_eq!(heard(&coded), "159D");
        }
    }

    /// Every recording of speech in the repository, at several speeds: more than ten minutes.
    #[test]
    fn speech_presses_no_keys() {
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
                    assert_eq!(heard(&faster), "", "{} at {hundredths} %", path.display());
                    seconds += crate::wav::seconds_of(faster.len());
                }
            }
        }
        assert!(seconds > 600.0, "only {seconds} s of speech");
    }
}
