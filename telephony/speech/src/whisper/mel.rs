//! The log-mel spectrogram that Whisper listens to.
//!
//! 25 ms Hann windows every 10 ms, 80 or 128 mel bands on Slaney's scale with Slaney's area
//! normalisation, logarithm to base 10, floor 8 below the maximum, scaled to about -1 to 1.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Samples per second that Whisper was trained at.
pub(crate) const RATE: usize = 16_000;
/// Samples between two frames.
pub(crate) const HOP: usize = 160;
const WINDOW: usize = 400;
const BINS: usize = WINDOW / 2 + 1;

/// Computes spectrograms; holds the window, the filters and the Fourier plan.
pub(crate) struct Mel {
    bands: Vec<Band>,
    window: Vec<f32>,
    fourier: Arc<dyn Fft<f32>>,
}

/// A triangle over some Fourier bins.
struct Band {
    first_bin: usize,
    weights: Vec<f32>,
}

impl Mel {
    /// `bands` is 80 for models up to large-v2, 128 for large-v3.
    pub(crate) fn new(bands: usize) -> Self {
        Self {
            bands: slaney_bands(bands),
            window: hann(WINDOW),
            fourier: FftPlanner::new().plan_fft_forward(WINDOW),
        }
    }

    /// Frames in the order of time, each of as many values as there are bands.
    ///
    /// `samples` are at [`RATE`]; beyond their end there is silence, so that `frames` may reach
    /// further. The start is reflected, as in training.
    pub(crate) fn spectrogram(&self, samples: &[f32], frames: usize) -> Vec<f32> {
        let mut values = Vec::with_capacity(frames * self.bands.len());
        let mut scratch = vec![Complex32::default(); self.fourier.get_inplace_scratch_len()];
        let mut buffer = vec![Complex32::default(); WINDOW];
        let half = WINDOW / 2;
        for frame in 0..frames {
            for (n, (slot, window)) in buffer.iter_mut().zip(&self.window).enumerate() {
                let sample = samples.get((frame * HOP + n).abs_diff(half)).copied().unwrap_or(0.0);
                *slot = Complex32::new(sample * window, 0.0);
            }
            self.fourier.process_with_scratch(&mut buffer, &mut scratch);
            values.extend(self.bands.iter().map(|band| band.energy(&buffer)));
        }
        to_log_scale(&mut values);
        values
    }
}

impl Band {
    fn energy(&self, spectrum: &[Complex32]) -> f32 {
        let bins = &spectrum[self.first_bin..];
        self.weights.iter().zip(bins).map(|(weight, bin)| weight * bin.norm_sqr()).sum()
    }
}

fn to_log_scale(values: &mut [f32]) {
    for value in &mut *values {
        *value = value.max(1e-10).log10();
    }
    let floor = values.iter().copied().fold(f32::NEG_INFINITY, f32::max) - 8.0;
    for value in values {
        *value = (value.max(floor) + 4.0) / 4.0;
    }
}

/// Hann's window, periodic.
#[expect(clippy::cast_precision_loss, reason = "a few hundred samples")]
#[expect(clippy::cast_possible_truncation, reason = "spectra are single precision")]
fn hann(length: usize) -> Vec<f32> {
    (0..length).map(|n| (0.5 - 0.5 * (2.0 * PI * n as f64 / length as f64).cos()) as f32).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred bins and bands")]
#[expect(clippy::cast_possible_truncation, reason = "spectra are single precision")]
fn slaney_bands(count: usize) -> Vec<Band> {
    let top = hertz_to_mel(RATE as f64 / 2.0);
    let edge = |n: usize| mel_to_hertz(top * n as f64 / (count + 1) as f64);
    let bin_width = RATE as f64 / WINDOW as f64;
    (0..count)
        .map(|band| {
            let (low, centre, high) = (edge(band), edge(band + 1), edge(band + 2));
            let weight = |bin: usize| {
                let hertz = bin as f64 * bin_width;
                let slope = ((hertz - low) / (centre - low)).min((high - hertz) / (high - centre));
                slope.max(0.0) * 2.0 / (high - low)
            };
            let first_bin = (0..BINS).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
            let weights = (first_bin..BINS)
                .map(|bin| weight(bin) as f32)
                .take_while(|&weight| weight > 0.0)
                .collect();
            Band { first_bin, weights }
        })
        .collect()
}

/// Slaney's scale: linear below 1 kHz (15 mel), then 27 mel to a factor of 6.4.
fn hertz_to_mel(hertz: f64) -> f64 {
    if hertz < 1_000.0 { hertz * 3.0 / 200.0 } else { 15.0 + (hertz / 1_000.0).ln() * MELS_PER_LOG }
}

fn mel_to_hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1_000.0 * ((mel - 15.0) / MELS_PER_LOG).exp() }
}

/// 27 / ln 6.4.
const MELS_PER_LOG: f64 = 14.545_078_505_785_56;

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test signals are short")]
#[expect(clippy::cast_possible_truncation, reason = "test signals are short")]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_slaneys() {
        assert!((MELS_PER_LOG - 27.0 / 6.4_f64.ln()).abs() < 1e-9);
        assert!((hertz_to_mel(1_000.0) - 15.0).abs() < 1e-12);
        assert!((hertz_to_mel(6_400.0) - 42.0).abs() < 1e-9);
        for hertz in [60.0, 999.0, 1_001.0, 7_900.0] {
            assert!((mel_to_hertz(hertz_to_mel(hertz)) - hertz).abs() < 1e-6);
        }
    }

    /// Area normalisation makes each triangle integrate to one over frequency; the sum over bins
    /// approximates that integral where a triangle spans many bins.
    #[test]
    fn wide_bands_have_unit_area() {
        let bands = slaney_bands(80);
        assert_eq!(bands.len(), 80);
        for band in &bands[60..] {
            let area: f32 = band.weights.iter().sum::<f32>() * (RATE as f32 / WINDOW as f32);
            assert!((area - 1.0).abs() < 0.03, "{area}");
        }
        assert!(bands.iter().all(|band| !band.weights.is_empty()));
    }

    #[test]
    fn a_tone_lights_the_band_of_its_frequency() {
        let mel = Mel::new(80);
        for hertz in [300.0, 1_000.0, 3_000.0, 6_000.0] {
            let tone: Vec<f32> = (0..RATE)
                .map(|n| (2.0 * PI * hertz * n as f64 / RATE as f64).sin() as f32 * 0.5)
                .collect();
            let frames = mel.spectrogram(&tone, 100);
            let middle = &frames[50 * 80..51 * 80];
            let loudest =
                (0..80).max_by(|&a, &b| middle[a].total_cmp(&middle[b])).unwrap_or_default();
            let expected = hertz_to_mel(hertz) / hertz_to_mel(8_000.0) * 81.0 - 1.0;
            assert!((loudest as f64 - expected).abs() <= 1.0, "{hertz}: {loudest} {expected}");
        }
    }

    #[test]
    fn silence_is_flat_and_loudness_only_shifts() {
        let mel = Mel::new(80);
        assert!(mel.spectrogram(&[0.0; 1_600], 10).iter().all(|v| (v + 1.5).abs() < 1e-6));
        let tone: Vec<f32> = (0..3_200).map(|n| (n as f32 * 0.3).sin()).collect();
        let quiet: Vec<f32> = tone.iter().map(|sample| sample * 0.1).collect();
        let (loud, soft) = (mel.spectrogram(&tone, 20), mel.spectrogram(&quiet, 20));
        // A tenth of the amplitude is two decades less power: 2 / 4 on this scale.
        assert!(loud.iter().zip(&soft).all(|(a, b)| (a - b - 0.5).abs() < 1e-3));
    }
}
