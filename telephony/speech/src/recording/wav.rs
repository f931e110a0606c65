//! RIFF/WAVE (Microsoft's Multimedia Programming Interface 1.0, and `WAVEFORMATEXTENSIBLE`).

use super::{Recording, RecordingError, g711};

/// Mono samples between -1 and 1.
pub(crate) struct Pcm {
    pub(crate) rate: u32,
    pub(crate) samples: Vec<f32>,
}

impl Pcm {
    #[expect(clippy::cast_precision_loss, reason = "a recording has fewer than 2^52 samples")]
    pub(crate) fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }
}

#[derive(Clone, Copy)]
enum Encoding {
    Linear8,
    Linear16,
    Linear24,
    Linear32,
    MuLaw,
    ALaw,
}

#[derive(Clone, Copy)]
struct Format {
    encoding: Encoding,
    channels: usize,
    rate: u32,
}

const RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;

/// Decodes a whole file and mixes it to one channel.
pub(super) fn decode(file: &[u8]) -> Result<Pcm, RecordingError> {
    let (format, data) = find_format_and_data(file)?;
    let frame = format.channels * format.encoding.bytes();
    let frames = data.len() / frame;
    if frames > (format.rate as usize).saturating_mul(Recording::MAX_SECONDS as usize) {
        return Err(RecordingError::TooLong);
    }
    let scale = 1.0 / 32_768.0 / if format.channels == 2 { 2.0 } else { 1.0 };
    let samples = data
        .chunks_exact(frame)
        .map(|frame| {
            let sum: i32 = frame
                .chunks_exact(format.encoding.bytes())
                .map(|sample| i32::from(format.encoding.linear(sample)))
                .sum();
            #[expect(clippy::cast_precision_loss, reason = "17 bits fit a float's mantissa")]
            let value = sum as f32 * scale;
            value
        })
        .collect();
    Ok(Pcm { rate: format.rate, samples })
}

/// How a file's samples lie.
pub(super) struct Layout<'a> {
    pub(super) channels: usize,
    pub(super) rate: u32,
    pub(super) sample_bytes: usize,
    /// The format tag that says their encoding.
    pub(super) tag: u16,
    pub(super) data: &'a [u8],
}

/// Where the samples are, and how.
pub(super) fn layout(file: &[u8]) -> Result<Layout<'_>, RecordingError> {
    let (Format { encoding, channels, rate }, data) = find_format_and_data(file)?;
    Ok(Layout { channels, rate, sample_bytes: encoding.bytes(), tag: encoding.tag(), data })
}

impl Encoding {
    const fn tag(self) -> u16 {
        match self {
            Self::Linear8 | Self::Linear16 | Self::Linear24 | Self::Linear32 => 1,
            Self::ALaw => 6,
            Self::MuLaw => 7,
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Linear8 | Self::MuLaw | Self::ALaw => 1,
            Self::Linear16 => 2,
            Self::Linear24 => 3,
            Self::Linear32 => 4,
        }
    }

    /// The upper 16 bits of a sample; eight bits stand above the middle (128), not around zero.
    fn linear(self, sample: &[u8]) -> i16 {
        match (self, sample) {
            (Self::Linear8, &[byte]) => (i16::from(byte) - 128) << 8,
            (Self::Linear24, &[_, low, high]) | (Self::Linear32, &[_, _, low, high]) => {
                i16::from_le_bytes([low, high])
            }
            (Self::Linear16, &[low, high]) => i16::from_le_bytes([low, high]),
            (Self::MuLaw, &[byte]) => g711::mu_law(byte),
            (Self::ALaw, &[byte]) => g711::a_law(byte),
            _ => 0,
        }
    }
}

/// Walks the chunks. A `data` chunk that is longer than the file, or says no length, reaches to
/// the file's end: so a recording whose writer was killed is still read.
fn find_format_and_data(file: &[u8]) -> Result<(Format, &[u8]), RecordingError> {
    if file.len() < 12 || &file[..4] != b"RIFF" || &file[8..12] != b"WAVE" {
        return Err(RecordingError::NotWav);
    }
    let mut rest = &file[12..];
    let mut format = None;
    while let Some((header, body)) = rest.split_at_checked(8) {
        let declared = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let length = declared.min(body.len());
        match &header[..4] {
            b"fmt " => format = Some(read_format(&body[..length])?),
            b"data" => {
                let format = format.ok_or(RecordingError::Damaged("data before its format"))?;
                let data = if declared == 0 { body } else { &body[..length] };
                return Ok((format, data));
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        rest = body.get(length + (length & 1)..).unwrap_or_default();
    }
    Err(RecordingError::Damaged("no data chunk"))
}

fn read_format(chunk: &[u8]) -> Result<Format, RecordingError> {
    if chunk.len() < 16 {
        return Err(RecordingError::Damaged("short format chunk"));
    }
    let word = |at: usize| u16::from_le_bytes([chunk[at], chunk[at + 1]]);
    let rate = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
    let (channels, bits) = (word(2), word(14));
    let tag = match word(0) {
        0xfffe if chunk.len() >= 26 => word(24),
        tag => tag,
    };
    let encoding = match (tag, bits) {
        (1, 8) => Encoding::Linear8,
        (1, 16) => Encoding::Linear16,
        (1, 24) => Encoding::Linear24,
        (1, 32) => Encoding::Linear32,
        (7, 8) => Encoding::MuLaw,
        (6, 8) => Encoding::ALaw,
        _ => {
            return Err(RecordingError::Unsupported(format!("encoding {tag} of {bits} bits")));
        }
    };
    if !(1..=2).contains(&channels) {
        return Err(RecordingError::Unsupported(format!("{channels} channels")));
    }
    if !RATES.contains(&rate) {
        return Err(RecordingError::Unsupported(format!("{rate} samples per second")));
    }
    Ok(Format { encoding, channels: usize::from(channels), rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAV file as a plain writer makes it.
    fn wav(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        let block = channels * bits / 8;
        file.extend(16_u32.to_le_bytes());
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(block)).to_le_bytes());
        file.extend(block.to_le_bytes());
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(data);
        file
    }

    fn samples(values: &[i16]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn mono_pcm_is_scaled() {
        let pcm = decode(&wav(1, 1, 8_000, 16, &samples(&[0, 16_384, -32_768]))).unwrap();
        assert_eq!(pcm.rate, 8_000);
        assert_eq!(pcm.samples, [0.0, 0.5, -1.0]);
    }

    #[test]
    fn stereo_is_mixed() {
        let pcm = decode(&wav(1, 2, 16_000, 16, &samples(&[16_384, 0, -32_768, -32_768]))).unwrap();
        assert_eq!(pcm.samples, [0.25, -1.0]);
    }

    #[test]
    fn both_laws_are_read() {
        let mu = decode(&wav(7, 1, 8_000, 8, &[0xff, 0x80])).unwrap();
        assert_eq!(mu.samples, [0.0, 32_124.0 / 32_768.0]);
        let a = decode(&wav(6, 1, 8_000, 8, &[0xd5, 0xaa])).unwrap();
        assert_eq!(a.samples, [8.0 / 32_768.0, 32_256.0 / 32_768.0]);
    }

    #[test]
    fn other_depths_keep_their_upper_sixteen_bits() {
        for (bits, data) in [
            (8, vec![192, 0]),
            (24, vec![9, 0, 0x40, 9, 0, 0x80]),
            (32, vec![9, 9, 0, 0x40, 9, 9, 0, 0x80]),
        ] {
            let pcm = decode(&wav(1, 1, 8_000, bits, &data)).unwrap();
            assert_eq!(pcm.samples, [0.5, -1.0], "{bits}");
        }
    }

    #[test]
    fn a_recording_whose_writer_was_killed_is_read_to_its_end() {
        let whole = wav(1, 1, 8_000, 16, &samples(&[1, 2, 3, 4]));
        for declared in [0_u32, u32::MAX, 1_000_000] {
            let mut file = whole.clone();
            file[40..44].copy_from_slice(&declared.to_le_bytes());
            file.pop(); // half a sample at the end
            assert_eq!(decode(&file).unwrap().samples.len(), 3, "{declared}");
        }
    }

    #[test]
    fn unknown_chunks_are_passed_over_with_their_padding() {
        let plain = wav(1, 1, 8_000, 16, &samples(&[7]));
        let mut file = plain[..12].to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0");
        file.extend(&plain[12..]);
        assert_eq!(decode(&file).unwrap().samples.len(), 1);
    }

    #[test]
    fn hostile_files_get_a_clear_error() {
        let good = wav(1, 1, 8_000, 16, &samples(&[1, 2]));
        for cut in 0..44 {
            assert!(decode(&good[..cut]).is_err(), "cut at {cut}");
        }
        let refused = [
            (wav(1, 1, 8_000, 12, &[]), "12 bits"),
            (wav(3, 1, 8_000, 32, &[]), "encoding 3"),
            (wav(1, 0, 8_000, 16, &[]), "0 channels"),
            (wav(1, 9, 8_000, 16, &[]), "9 channels"),
            (wav(1, 1, 0, 16, &[]), "0 samples"),
            (wav(1, 1, 400_000, 16, &[]), "400000 samples"),
            (b"RIFF\x04\0\0\0WAVE".to_vec(), "no data"),
            (b"RIFF\x04\0\0\0WAVEdata\xff\xff\xff\xff".to_vec(), "before its format"),
            (b"RIFF\x04\0\0\0WAVEfmt \x02\0\0\0\x01\0".to_vec(), "short format"),
            (b"ID3\x04 not a wav file at all".to_vec(), "not a WAV"),
        ];
        for (file, expected) in refused {
            let error = decode(&file).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{expected}: {error}");
        }
    }

    #[test]
    fn length_is_limited() {
        let seconds = Recording::MAX_SECONDS as usize + 1;
        let file = wav(7, 1, 8_000, 8, &vec![0xff; seconds * 8_000]);
        assert!(matches!(decode(&file), Err(RecordingError::TooLong)));
    }

    #[test]
    fn every_one_byte_change_of_the_header_is_survived() {
        let good = wav(1, 2, 8_000, 16, &samples(&[1, 2, 3, 4]));
        for at in 0..good.len() {
            for value in 0..=u8::MAX {
                let mut file = good.clone();
                file[at] = value;
                if let Ok(pcm) = decode(&file) {
                    assert!(pcm.samples.len() <= good.len());
                }
            }
        }
    }
}
