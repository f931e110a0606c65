//! WAV files (RIFF, IBM and Microsoft 1991): reading prompts, and the header of our recordings.

use crate::{Law, SAMPLE_RATE};

/// The canonical header in front of linear samples: RIFF, `fmt ` of 16 octets, `data`.
pub(crate) const HEADER_LENGTH: u64 = 44;
/// The header itself.
pub(crate) type Header = [u8; 44];
const BYTES_PER_SAMPLE: u32 = 2;
/// Ten minutes: far beyond any prompt.
const LONGEST_PROMPT: usize = 600 * SAMPLE_RATE as usize;

/// Why a WAV file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// It is no RIFF/WAVE file, or it ends too early.
    #[error("not a WAV file")]
    NotWav,
    /// It is not mono at 8 kHz, or neither 16 bit linear nor G.711.
    #[error(
        "a prompt must be mono at 8000 Hz, 16 bit linear or G.711, but this one has format \
         {format}, {channels} channel(s), {rate} Hz, {bits} bits"
    )]
    Unsuitable {
        /// The format tag: 1 linear, 6 A-law, 7 µ-law.
        format: u16,
        /// Channels.
        channels: u16,
        /// Samples per second.
        rate: u32,
        /// Bits per sample.
        bits: u16,
    },
    /// It plays longer than ten minutes.
    #[error("a prompt must not be longer than ten minutes")]
    TooLong,
}

/// The header of a recording of one channel that holds `data_bytes` of samples.
pub(crate) fn header(data_bytes: u32) -> Header {
    header_of(1, data_bytes)
}

/// The header of a recording of so many channels.
pub(crate) fn header_of(channels: u16, data_bytes: u32) -> Header {
    let frame = BYTES_PER_SAMPLE * u32::from(channels);
    let mut header: Header = [0; 44];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"RIFF");
    put(4, &(36_u32.saturating_add(data_bytes)).to_le_bytes());
    put(8, b"WAVEfmt ");
    put(16, &16_u32.to_le_bytes());
    put(20, &1_u16.to_le_bytes());
    put(22, &channels.to_le_bytes());
    put(24, &SAMPLE_RATE.to_le_bytes());
    put(28, &(SAMPLE_RATE * frame).to_le_bytes());
    put(32, &frame.to_le_bytes()[..2]);
    put(34, &16_u16.to_le_bytes());
    put(36, b"data");
    put(40, &data_bytes.to_le_bytes());
    header
}

/// How long so many samples play.
#[expect(clippy::cast_precision_loss, reason = "a recording is far shorter than 2^52 samples")]
pub(crate) fn seconds_of(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

/// The linear samples of a prompt.
pub(crate) fn read_samples(content: &[u8]) -> Result<Vec<i16>, WavError> {
    let (format, data) = chunks(content)?;
    let field = |at: usize| Some(u16::from_le_bytes(format.get(at..at + 2)?.try_into().ok()?));
    let (tag, channels, bits) = (field(0), field(2), field(14));
    let rate = format.get(4..8).and_then(|rate| rate.try_into().ok()).map(u32::from_le_bytes);
    let (Some(tag), Some(channels), Some(bits), Some(rate)) = (tag, channels, bits, rate) else {
        return Err(WavError::NotWav);
    };
    if data.len() > LONGEST_PROMPT * 2 {
        return Err(WavError::TooLong);
    }
    let g711 = |law: Law| data.iter().map(|octet| law.decode(*octet)).collect();
    match (tag, channels, rate, bits) {
        (1, 1, SAMPLE_RATE, 16) => Ok(linear(data)),
        (6, 1, SAMPLE_RATE, 8) => Ok(g711(Law::A)),
        (7, 1, SAMPLE_RATE, 8) => Ok(g711(Law::Mu)),
        _ => Err(WavError::Unsuitable { format: tag, channels, rate, bits }),
    }
}

fn linear(data: &[u8]) -> Vec<i16> {
    data.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// The contents of the `fmt ` and `data` chunks. A data chunk may claim more than is there.
fn chunks(content: &[u8]) -> Result<(&[u8], &[u8]), WavError> {
    if content.get(..4) != Some(b"RIFF") || content.get(8..12) != Some(b"WAVE") {
        return Err(WavError::NotWav);
    }
    let mut rest = &content[12..];
    let mut format = None;
    while let (Some(name), Some(length)) = (rest.get(..4), rest.get(4..8)) {
        let claimed = length.try_into().map(u32::from_le_bytes).map_err(|_| WavError::NotWav)?;
        let claimed = usize::try_from(claimed).map_err(|_| WavError::NotWav)?;
        let body = &rest[8..];
        let chunk = &body[..claimed.min(body.len())];
        match (name, format) {
            (b"fmt ", _) => format = Some(chunk),
            (b"data", Some(format)) => return Ok((format, chunk)),
            _ => {}
        }
        // Chunks begin at even offsets.
        rest = body.get(claimed.saturating_add(claimed % 2)..).unwrap_or_default();
    }
    Err(WavError::NotWav)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn ours(samples: &[i16]) -> Vec<u8> {
        let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let length = u32::try_from(data.len()).expect("short");
        header(length).into_iter().chain(data).collect()
    }

    #[test]
    fn an_independent_reader_understands_our_header() {
        let samples: Vec<i16> = (-500..500).collect();
        let mut reader = hound::WavReader::new(Cursor::new(ours(&samples))).expect("a WAV file");
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 8000, 16));
        let read: Vec<i16> = reader.samples().map(|sample| sample.expect("whole")).collect();
        assert_eq!(read, samples);
        assert_eq!(read_samples(&ours(&samples)), Ok(samples));
    }

    #[test]
    fn g711_prompts_are_decoded() {
        let mut wav = ours(&[]);
        (wav[20], wav[34]) = (7, 8);
        wav[40] = 3;
        wav.extend([0xff, 0x80, 0x00]);
        assert_eq!(read_samples(&wav), Ok(vec![0, 32_124, -32_124]));
    }

    #[test]
    fn other_rates_are_refused_in_words() {
        let mut wav = ours(&[1, 2]);
        wav[24..28].copy_from_slice(&44_100_u32.to_le_bytes());
        let error = read_samples(&wav).expect_err("44.1 kHz");
        assert!(error.to_string().contains("44100 Hz"), "{error}");
    }

    #[test]
    fn broken_files_are_errors_not_panics() {
        let whole = ours(&[1, 2, 3]);
        for length in 0..whole.len() {
            let _ = read_samples(&whole[..length]);
            let mut mutated = whole.clone();
            mutated[length] = 0xff;
            let _ = read_samples(&mutated);
        }
        assert_eq!(
            read_samples(b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"),
            Err(WavError::NotWav)
        );
    }
}
