//! Windowed-sinc resampling between rational rates.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side of its centre.
const LOBES: usize = 32;
/// Share of the band that is kept; the rest is the transition to the stop band.
const PASS_BAND: f64 = 0.94;

/// Resamples to another rate, keeping length and time.
///
/// One filter per output phase (polyphase), each normalised to unit gain at zero frequency;
/// the window is Blackman's, whose side lobes lie at -58 dB.
pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let divisor = greatest_common_divisor(from, to);
    let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
    // Below 1 when the rate falls: the band must shrink with it.
    let cutoff = PASS_BAND * (f64::from(to) / f64::from(from)).min(1.0);
    let filters: Vec<Vec<f32>> = (0..up).map(|phase| filter(phase, up, cutoff)).collect();
    let length = (samples.len() * up).div_ceil(down);
    (0..length)
        .map(|output| {
            let position = output * down;
            convolve(samples, position / up, &filters[position % up])
        })
        .collect()
}

/// The taps around an input sample for an output that lies `phase / up` after it.
#[expect(clippy::cast_precision_loss, reason = "tap counts are small")]
#[expect(clippy::cast_possible_truncation, reason = "samples are single precision")]
#[expect(clippy::cast_sign_loss, reason = "the half width is positive")]
fn filter(phase: usize, up: usize, cutoff: f64) -> Vec<f32> {
    let half = (LOBES as f64 / cutoff).ceil();
    let offset = phase as f64 / up as f64;
    let taps: Vec<f64> = (0..2 * half as usize)
        .map(|tap| {
            let x = tap as f64 - half + 1.0 - offset;
            cutoff * sinc(cutoff * x) * blackman(x / half)
        })
        .collect();
    let gain: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / gain) as f32).collect()
}

fn convolve(samples: &[f32], centre: usize, taps: &[f32]) -> f32 {
    let before = taps.len() / 2 - 1;
    let skipped = before.saturating_sub(centre);
    let start = centre.saturating_sub(before).min(samples.len());
    samples[start..].iter().zip(&taps[skipped..]).map(|(sample, tap)| sample * tap).sum()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Blackman's window over -1 to 1.
fn blackman(x: f64) -> f64 {
    if x.abs() >= 1.0 {
        return 0.0;
    }
    0.42 + 0.5 * (PI * x).cos() + 0.08 * (2.0 * PI * x).cos()
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test signals are short")]
#[expect(clippy::cast_possible_truncation, reason = "samples are single precision")]
mod tests {
    use super::*;

    fn sine(frequency: f64, rate: u32, samples: usize) -> Vec<f32> {
        (0..samples)
            .map(|n| (2.0 * PI * frequency * n as f64 / f64::from(rate)).sin() as f32)
            .collect()
    }

    /// Signal to error in decibels, away from the ends.
    fn signal_to_noise(expected: &[f32], actual: &[f32]) -> f64 {
        let inner = 200..expected.len() - 200;
        let power = |values: &mut dyn Iterator<Item = f32>| -> f64 {
            values.map(|value| f64::from(value).powi(2)).sum()
        };
        let signal = power(&mut expected[inner.clone()].iter().copied());
        let noise = power(&mut inner.map(|n| expected[n] - actual[n]));
        10.0 * (signal / noise).log10()
    }

    #[test]
    fn a_tone_keeps_its_shape_at_the_doubled_rate() {
        for frequency in [100.0, 440.0, 1_000.0, 2_500.0, 3_400.0] {
            let resampled = resample(&sine(frequency, 8_000, 4_000), 8_000, 16_000);
            let expected = sine(frequency, 16_000, 8_000);
            assert_eq!(resampled.len(), expected.len());
            let ratio = signal_to_noise(&expected, &resampled);
            assert!(ratio > 60.0, "{frequency} Hz: {ratio:.1} dB");
        }
    }

    #[test]
    fn falling_rates_remove_what_does_not_fit() {
        let kept = resample(&sine(1_000.0, 44_100, 44_100), 44_100, 16_000);
        let ratio = signal_to_noise(&sine(1_000.0, 16_000, 16_000), &kept);
        assert!(ratio > 60.0, "{ratio:.1} dB");
        let removed = resample(&sine(12_000.0, 48_000, 48_000), 48_000, 16_000);
        let loudest = removed[200..15_800].iter().fold(0.0_f32, |max, s| max.max(s.abs()));
        assert!(loudest < 0.002, "{loudest}");
    }

    #[test]
    fn edges_are_safe() {
        assert!(resample(&[], 8_000, 16_000).is_empty());
        assert_eq!(resample(&[0.5], 16_000, 16_000), [0.5]);
        assert_eq!(resample(&[0.5], 8_000, 16_000).len(), 2);
        assert_eq!(resample(&[0.5; 3], 48_000, 16_000).len(), 1);
    }
}
