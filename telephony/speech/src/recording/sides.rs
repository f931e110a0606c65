//! The two sides of a conversation, each as a recording of its own.

use super::wav::{self, Layout};
use super::{Recording, RecordingError};

impl Recording {
    /// The channels of a recording, first the left one; of one with a single channel that one.
    pub fn sides(self) -> Result<Vec<Self>, RecordingError> {
        let Layout { channels, rate, sample_bytes, tag, data } = wav::layout(&self.file)?;
        if channels == 1 {
            return Ok(vec![self]);
        }
        let side = |channel: usize| {
            let frames = data.chunks_exact(sample_bytes * channels);
            let samples = frames.filter_map(|frame| frame.chunks_exact(sample_bytes).nth(channel));
            let samples: Vec<u8> = samples.flatten().copied().collect();
            Self::from_wav(file_of(tag, rate, sample_bytes, &samples))
        };
        (0..channels).map(side).collect()
    }
}

/// A WAV file of one channel.
fn file_of(tag: u16, rate: u32, sample_bytes: usize, samples: &[u8]) -> Vec<u8> {
    // A channel is smaller than the file it was taken from, which is at most 64 MiB.
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let frame = u16::try_from(sample_bytes).unwrap_or(u16::MAX);
    let mut file = Vec::with_capacity(44 + samples.len());
    file.extend(b"RIFF");
    file.extend((36_u32.saturating_add(length)).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(tag.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend((frame * 8).to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stereo(frames: &[(i16, i16)]) -> Vec<u8> {
        let samples: Vec<u8> = frames
            .iter()
            .flat_map(|(left, right)| [left.to_le_bytes(), right.to_le_bytes()].concat())
            .collect();
        let mut file = file_of(1, 8_000, 2, &samples);
        file[22..24].copy_from_slice(&2_u16.to_le_bytes());
        file[32..34].copy_from_slice(&4_u16.to_le_bytes());
        file
    }

    #[test]
    fn each_side_is_heard_alone() {
        let recording = Recording::from_wav(stereo(&[(100, -7), (200, -8), (300, -9)])).unwrap();
        let [left, right] = &recording.sides().unwrap()[..] else { panic!("two sides") };
        let linear = |recording: &Recording| -> Vec<i16> {
            #[expect(clippy::cast_possible_truncation, reason = "16 bits were scaled down")]
            recording.pcm().samples.iter().map(|sample| (sample * 32_768.0) as i16).collect()
        };
        assert_eq!((linear(left), linear(right)), (vec![100, 200, 300], vec![-7, -8, -9]));
        assert_eq!(left.sample_rate(), 8_000);
    }

    #[test]
    fn one_side_stays_as_it_is() {
        let file = file_of(1, 8_000, 2, &[1, 0, 2, 0]);
        let sides = Recording::from_wav(file.clone()).unwrap().sides().unwrap();
        assert_eq!(sides.iter().map(Recording::wav).collect::<Vec<_>>(), [file]);
    }
}
