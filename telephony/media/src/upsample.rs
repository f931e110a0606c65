//! From 8 kHz to 16 kHz: every second sample is there, the one between is found by a filter.

use std::f32::consts::PI;

/// Samples that take part in one between them: images above 4.5 kHz are 40 dB down.
const TAPS: usize = 16;

/// Doubles the rate of one stream.
pub(crate) struct Doubler {
    taps: [f32; TAPS],
    /// The last samples, then those of the packet at hand.
    history: Vec<i16>,
}

impl Doubler {
    pub(crate) fn new() -> Self {
        let mut taps = [0.0; TAPS];
        for (at, tap) in (0_u8..).zip(&mut taps) {
            // The sample that is looked for lies in the middle of them.
            let distance = f32::from(at) - 7.5;
            let sinc = (PI * distance).sin() / (PI * distance);
            let hamming = 0.54 + 0.46 * (PI * distance / 8.0).cos();
            *tap = sinc * hamming;
        }
        let sum: f32 = taps.iter().sum();
        for tap in &mut taps {
            *tap /= sum;
        }
        Self { taps, history: vec![0; TAPS - 1] }
    }

    /// Appends twice as many samples, half of [`TAPS`] later.
    #[expect(clippy::cast_possible_truncation, reason = "a float becomes an i16 by saturation")]
    pub(crate) fn double(&mut self, samples: &[i16], doubled: &mut Vec<i16>) {
        self.history.extend_from_slice(samples);
        for window in self.history.windows(TAPS) {
            let between: f32 =
                window.iter().zip(&self.taps).map(|(sample, tap)| f32::from(*sample) * tap).sum();
            doubled.push(window[TAPS / 2 - 1]);
            doubled.push(between as i16);
        }
        self.history.drain(..samples.len());
    }
}
