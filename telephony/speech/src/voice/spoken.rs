//! Audio for the telephone.

use std::fmt;
use std::sync::Arc;

use super::shape::shape_wav;
use crate::recording::resample;
use crate::{Recording, VoiceError};

/// Speech at 8 kHz, one channel, 16 bits; cheap to clone. `Debug` prints its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Spoken {
    samples: Arc<[i16]>,
}

impl Spoken {
    /// Samples per second.
    pub const SAMPLE_RATE: u32 = 8_000;

    /// A recording brought to the telephone's rate, otherwise as it is: neither trimmed nor levelled.
    pub fn from_recording(recording: &Recording) -> Self {
        let pcm = recording.pcm();
        Self::from_floats(&resample(&pcm.samples, pcm.rate, Self::SAMPLE_RATE))
    }

    /// Samples at [`Spoken::SAMPLE_RATE`], as they are.
    pub fn from_samples(samples: impl Into<Arc<[i16]>>) -> Self {
        Self { samples: samples.into() }
    }

    /// From samples between -1 and 1; louder ones are cut off there.
    pub(super) fn from_floats(samples: &[f32]) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "clamped to what 16 bits hold")]
        let rounded = samples
            .iter()
            .map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16)
            .collect::<Vec<_>>();
        Self::from_samples(rounded)
    }

    /// The same like the shipped prompts: above 120 Hz, at -20 dBFS RMS, without silence at its ends
    /// or pauses longer than 0.4 s. Computes for some milliseconds.
    ///
    /// # Errors
    ///
    /// When nothing is said in it, or it is longer than two minutes.
    pub fn shaped(&self) -> Result<Self, VoiceError> {
        shape_wav(self.to_wav())
    }

    /// The samples.
    pub fn samples(&self) -> &Arc<[i16]> {
        &self.samples
    }

    /// Length in seconds.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 samples")]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(Self::SAMPLE_RATE)
    }

    /// As a WAV file: 8 kHz, one channel, 16 bit linear.
    pub fn to_wav(&self) -> Vec<u8> {
        let length = u32::try_from(self.samples.len() * 2).unwrap_or(u32::MAX);
        let mut file = Vec::with_capacity(44 + self.samples.len() * 2);
        file.extend(b"RIFF");
        file.extend(length.saturating_add(36).to_le_bytes());
        file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        file.extend(Self::SAMPLE_RATE.to_le_bytes());
        file.extend((Self::SAMPLE_RATE * 2).to_le_bytes());
        file.extend(b"\x02\0\x10\0data");
        file.extend(length.to_le_bytes());
        file.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        file
    }
}

impl fmt::Debug for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spoken({:.2} s)", self.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let spoken = Spoken::from_samples(vec![0, 1, -1, i16::MAX, i16::MIN]);
        let recording = Recording::from_wav(spoken.to_wav()).unwrap();
        assert_eq!(Spoken::from_recording(&recording), spoken);
    }

    #[test]
    fn a_recording_is_brought_to_the_level_and_the_length_of_what_is_said() {
        let tone = |at: i16| if at / 4 % 2 == 0 { 500 } else { -500 };
        let mut samples = vec![0; 8_000];
        samples.extend((0..8_000).map(tone));
        samples.extend(vec![0; 16_000]);
        let shaped = Spoken::from_samples(samples).shaped().unwrap();
        assert!((shaped.seconds() - 1.3).abs() < 0.05, "{shaped:?}");
        let loudest = shaped.samples().iter().map(|sample| sample.unsigned_abs()).max();
        assert!(loudest > Some(2_000), "{loudest:?}");
        assert!(Spoken::from_samples(vec![0; 8_000]).shaped().is_err());
    }

    #[test]
    fn other_rates_keep_their_length_in_time() {
        let mut wav = Spoken::from_samples(vec![1_000; 48_000]).to_wav();
        wav[24..28].copy_from_slice(&48_000_u32.to_le_bytes());
        let spoken = Spoken::from_recording(&Recording::from_wav(wav).unwrap());
        assert_eq!(format!("{spoken:?}"), "Spoken(1.00 s)");
        assert!(spoken.samples()[4_000].abs_diff(1_000) < 5);
    }
}
