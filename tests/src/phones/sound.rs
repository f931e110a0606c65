//! Sound files in and out: any common WAV becomes 8 kHz mono, which is what a telephone speaks.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "signal arithmetic: minutes of samples fit a float exactly, and values are clamped"
)]

use std::f64::consts::PI;
use std::path::Path;
use std::time::Duration;

/// Samples a second on the telephone.
pub const RATE: u32 = 8000;
/// One packet, and one step of the loudness curve.
const FRAME: usize = 160;
/// Quieter than speech, louder than the noise of a line.
const QUIET: f64 = 200.0;

/// 8 kHz mono sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// 16 bit linear.
    pub samples: Vec<i16>,
}

impl Sound {
    /// Reads a WAV file: 8 or 16 bit PCM, µ-law or A-law, any rate, any number of channels.
    ///
    /// # Panics
    /// When it is something else.
    pub fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
        Self::parse(&bytes).unwrap_or_else(|it| panic!("{}: {it}", path.display()))
    }

    /// The same from bytes; also a file whose header was never finished.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err("not a WAV file".to_owned());
        }
        let (mut format, mut at) = (None, 12);
        while let Some(head) = bytes.get(at..at + 8) {
            let name = &head[..4];
            let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            let body = bytes.get(at + 8..).unwrap_or_default();
            let is_unfinished = name == b"data" && size == 0;
            let body = if is_unfinished { body } else { &body[..size.min(body.len())] };
            match name {
                b"fmt " => format = Some(Format::parse(body)?),
                b"data" => return format.ok_or("data before its format")?.decode(body),
                _ => {}
            }
            at += 8 + size + size % 2;
        }
        Err("a WAV file without data".to_owned())
    }

    /// Silence of this length.
    pub fn silence(length: Duration) -> Self {
        Self { samples: vec![0; samples_in(length)] }
    }

    /// A sine of this many hertz, at a tenth of full power.
    pub fn tone(hertz: f64, length: Duration) -> Self {
        let step = 2.0 * PI * hertz / f64::from(RATE);
        let sample = |n: usize| to_i16((step * n as f64).sin() * 10_000.0);
        Self { samples: (0..samples_in(length)).map(sample).collect() }
    }

    /// What a telephone sounds like whose key is pressed (ITU-T Recommendation Q.23).
    ///
    /// # Panics
    /// When there is no such key.
    pub fn key(key: char, length: Duration) -> Self {
        const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
        const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
        let at = "123A456B789C*0#D".find(key).unwrap_or_else(|| panic!("there is no key {key}"));
        let mut both = Self::tone(ROWS[at / 4], length);
        let column = Self::tone(COLUMNS[at % 4], length);
        both.samples.iter_mut().zip(column.samples).for_each(|(one, other)| *one += other);
        both
    }

    /// One after the other.
    #[must_use]
    pub fn then(mut self, next: &Self) -> Self {
        self.samples.extend_from_slice(&next.samples);
        self
    }

    /// As G.711 µ-law, without a header.
    pub fn to_ulaw(&self) -> Vec<u8> {
        self.samples.iter().map(|sample| super::g711::to_ulaw(*sample)).collect()
    }

    /// Its length.
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(RATE))
    }

    /// Root mean square, 0 to 32767.
    pub fn loudness(&self) -> f64 {
        loudness(&self.samples)
    }

    /// Writes a 16 bit WAV file.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: &Path) {
        let data: Vec<u8> = self.samples.iter().flat_map(|it| it.to_le_bytes()).collect();
        let size = u32::try_from(data.len()).expect("hours fit");
        let mut file = Vec::with_capacity(44 + data.len());
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&(36 + size).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        file.extend_from_slice(&RATE.to_le_bytes());
        file.extend_from_slice(&(RATE * 2).to_le_bytes());
        file.extend_from_slice(b"\x02\0\x10\0data");
        file.extend_from_slice(&size.to_le_bytes());
        file.extend_from_slice(&data);
        std::fs::write(path, file).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
    }

    /// How well `part` is found in this sound, wherever it begins: 1 is the same course of
    /// loudness, 0 is none in common. Robust against codecs, gain, a few lost packets, and against
    /// silence cut off at either end; at least two thirds of `part` must be there.
    pub fn likeness_of(&self, part: &Self) -> f64 {
        let (whole, part) = (self.course(), part.course());
        let least = (part.len() * 2 / 3).max(2);
        let early = (0..part.len().saturating_sub(least)).map(|cut| (&whole[..], &part[cut..]));
        let late = (0..whole.len()).map(|at| (&whole[at..], &part[..]));
        early
            .chain(late)
            .filter(|(whole, part)| whole.len().min(part.len()) >= least)
            .map(|(whole, part)| correlation(whole, part))
            .fold(0.0, f64::max)
    }

    /// How loud this sound is beside `part`, second by second of `part`, from where `part` fits
    /// best: 1 is as loud. Seconds in which `part` is silent are left out.
    pub fn loudness_beside(&self, part: &Self) -> Vec<f64> {
        let (course, wanted) = (self.course(), part.course());
        let fit = |at: &usize| correlation(&course[*at..], &wanted);
        let best = (0..=course.len().saturating_sub(wanted.len()))
            .max_by(|one, other| fit(one).total_cmp(&fit(other)));
        let second = RATE as usize;
        let found = self.samples.get(best.unwrap_or(0) * FRAME..).unwrap_or_default();
        let seconds = part.samples.chunks_exact(second).zip(found.chunks(second));
        seconds
            .map(|(said, found)| (loudness(said), loudness(found)))
            .filter(|(said, _)| *said > QUIET)
            .map(|(said, found)| found / said)
            .collect()
    }

    fn course(&self) -> Vec<f64> {
        // Below this there is only noise, which must not count.
        let course = |frame: &[i16]| (50.0 + loudness(frame)).ln();
        self.samples.chunks(FRAME).map(course).collect()
    }
}

#[derive(Debug, Clone, Copy)]
struct Format {
    encoding: u16,
    channels: usize,
    rate: u32,
    bits: u16,
}

impl Format {
    fn parse(body: &[u8]) -> Result<Self, String> {
        let short = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
        let read = || {
            let rate = u32::from(short(4)?) | u32::from(short(6)?) << 16;
            let mut encoding = short(0)?;
            // Extensible: the real encoding stands at the end.
            if encoding == 0xfffe {
                encoding = short(24)?;
            }
            Some(Self { encoding, channels: usize::from(short(2)?), rate, bits: short(14)? })
        };
        let format: Self = read().ok_or("a short format")?;
        if format.channels == 0 || format.rate == 0 {
            return Err("a format without channels or rate".to_owned());
        }
        Ok(format)
    }

    fn decode(self, data: &[u8]) -> Result<Sound, String> {
        let samples: Vec<i16> = match (self.encoding, self.bits) {
            (1, 16) => data.chunks_exact(2).map(|it| i16::from_le_bytes([it[0], it[1]])).collect(),
            (1, 8) => data.iter().map(|it| (i16::from(*it) - 128) << 8).collect(),
            (6, 8) => data.iter().map(|it| super::g711::from_alaw(*it)).collect(),
            (7, 8) => data.iter().map(|it| super::g711::from_ulaw(*it)).collect(),
            (encoding, bits) => return Err(format!("encoding {encoding} with {bits} bits")),
        };
        let mono: Vec<f64> = samples
            .chunks_exact(self.channels)
            .map(|all| all.iter().map(|it| f64::from(*it)).sum::<f64>() / self.channels as f64)
            .collect();
        Ok(Sound { samples: resampled(&mono, self.rate) })
    }
}

/// Windowed-sinc interpolation; low-passed when the rate goes down.
fn resampled(samples: &[f64], rate: u32) -> Vec<i16> {
    if rate == RATE {
        return samples.iter().map(|it| to_i16(*it)).collect();
    }
    let ratio = f64::from(rate) / f64::from(RATE);
    let cutoff = (1.0 / ratio).min(1.0);
    let reach = (16.0 * ratio.max(1.0)).ceil();
    let count = (samples.len() as f64 / ratio) as usize;
    let sample = |n: usize| {
        let middle = n as f64 * ratio;
        let first = (middle - reach).ceil().max(0.0) as usize;
        let last = ((middle + reach) as usize).min(samples.len().saturating_sub(1));
        let weighted = (first..=last).map(|at| {
            let distance = at as f64 - middle;
            let window = 0.5 + 0.5 * (PI * distance / reach).cos();
            samples[at] * cutoff * sinc(distance * cutoff) * window
        });
        to_i16(weighted.sum())
    };
    (0..count).map(sample).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn to_i16(sample: f64) -> i16 {
    sample.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

fn samples_in(length: Duration) -> usize {
    (length.as_secs_f64() * f64::from(RATE)) as usize
}

fn loudness(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let power: f64 = samples.iter().map(|it| f64::from(*it).powi(2)).sum();
    (power / samples.len() as f64).sqrt()
}

/// Pearson's, over the length of `part`.
fn correlation(whole: &[f64], part: &[f64]) -> f64 {
    let count = part.len().min(whole.len());
    let (whole, part) = (&whole[..count], &part[..count]);
    let mean = |of: &[f64]| of.iter().sum::<f64>() / count as f64;
    let (middle, other) = (mean(whole), mean(part));
    let mut sums = (0.0, 0.0, 0.0);
    for (x, y) in whole.iter().zip(part) {
        let (x, y) = (x - middle, y - other);
        sums = (sums.0 + x * y, sums.1 + x * x, sums.2 + y * y);
    }
    let spread = (sums.1 * sums.2).sqrt();
    if spread < 1e-9 { 0.0 } else { sums.0 / spread }
}
