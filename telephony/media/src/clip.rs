//! A piece of audio to play: a prompt or the tone.

use std::sync::Arc;

use crate::wav::{self, WavError};

/// Audio at 8 kHz, cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip(Arc<[i16]>);

impl Clip {
    /// Audio from linear samples at [`crate::SAMPLE_RATE`].
    pub fn from_samples(samples: impl Into<Arc<[i16]>>) -> Self {
        Self(samples.into())
    }

    /// Reads a WAV file's content: 8 kHz, one channel, 16 bit linear, µ-law or A-law.
    pub fn from_wav(content: &[u8]) -> Result<Self, WavError> {
        wav::read_samples(content).map(Self::from_samples)
    }

    /// How long it plays.
    pub fn seconds(&self) -> f64 {
        wav::seconds_of(self.0.len())
    }

    /// The samples.
    pub fn samples(&self) -> &[i16] {
        &self.0
    }
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({:.2} s)", self.seconds())
    }
}

/// Walks through a clip, a packet at a time.
#[derive(Debug)]
pub(crate) struct Player {
    clip: Clip,
    position: usize,
    /// Told back at the end, so that a late report is not taken for another clip's.
    pub(crate) tag: u32,
}

impl Player {
    pub(crate) const fn new(clip: Clip, tag: u32) -> Self {
        Self { clip, position: 0, tag }
    }

    /// The next `count` samples, fewer at the end and none after it.
    pub(crate) fn next(&mut self, count: usize) -> &[i16] {
        let start = self.position;
        self.position = (start + count).min(self.clip.0.len());
        &self.clip.0[start..self.position]
    }

    pub(crate) fn finished(&self) -> bool {
        self.position == self.clip.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_played_to_its_last_sample() {
        let samples: Vec<i16> = (0..350).collect();
        let mut player = Player::new(Clip::from_samples(samples.clone()), 1);
        let mut heard = Vec::new();
        for expected in [160, 160, 30, 0] {
            let part = player.next(160);
            assert_eq!(part.len(), expected);
            heard.extend_from_slice(part);
        }
        assert!(player.finished());
        assert_eq!(heard, samples);
    }
}
