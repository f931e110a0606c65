//! From payloads to samples and back, with the memory that a codec has between packets.

use audio_codec::g722::{Bitrate, G722Decoder, G722Encoder};
use audio_codec::{Decoder as _, Encoder as _};

use crate::upsample::Doubler;
use crate::{Codec, Law};

/// Decodes one stream.
pub(crate) enum Decoding {
    Law(Law),
    /// Only the lower band: its quadrature filter is the low pass that 8 kHz need.
    G722(Box<G722Decoder>),
    #[cfg(feature = "opus")]
    Opus(Box<ropus::Decoder>),
    /// A decoder that could not be made: nothing is heard.
    #[cfg(feature = "opus")]
    Deaf,
}

impl Decoding {
    pub(crate) fn of(codec: Codec) -> Self {
        #[cfg(feature = "opus")]
        if codec == Codec::Opus {
            let decoder = ropus::Decoder::new(crate::SAMPLE_RATE, ropus::Channels::Mono);
            return decoder.map_or(Self::Deaf, |decoder| Self::Opus(Box::new(decoder)));
        }
        match codec.law() {
            Some(law) => Self::Law(law),
            None => {
                Self::G722(Box::new(G722Decoder::with_options(Bitrate::Mode1_64000, false, true)))
            }
        }
    }

    /// Appends the samples of a payload.
    pub(crate) fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::Law(law) => samples.extend(payload.iter().map(|octet| law.decode(*octet))),
            Self::G722(decoder) => {
                let begin = samples.len();
                samples.resize(begin + decoder.max_decode_samples(payload.len()), 0);
                let written = decoder.decode_into(payload, &mut samples[begin..]).unwrap_or(0);
                samples.truncate(begin + written);
            }
            #[cfg(feature = "opus")]
            Self::Opus(decoder) => {
                let begin = samples.len();
                samples.resize(begin + LONGEST_OPUS, 0);
                let room = &mut samples[begin..];
                let written = decoder.decode(payload, room, ropus::DecodeMode::Normal);
                samples.truncate(begin + written.unwrap_or(0));
            }
            #[cfg(feature = "opus")]
            Self::Deaf => {}
        }
    }
}

/// RFC 6716 section 2: a packet holds 120 ms at most.
#[cfg(feature = "opus")]
const LONGEST_OPUS: usize = crate::SAMPLE_RATE as usize * 120 / 1_000;
/// More than any frame of ours at 8 kHz becomes.
#[cfg(feature = "opus")]
const LARGEST_OPUS: usize = 1_275;

/// Encodes our stream.
pub(crate) enum Encoding {
    Law(Law),
    G722(Box<Wideband>),
    #[cfg(feature = "opus")]
    Opus(Box<ropus::Encoder>),
    /// An encoder that could not be made: packets without a sound.
    #[cfg(feature = "opus")]
    Mute,
}

/// G.722 from 16 kHz: what its encoder makes of 8 kHz directly is silence (audio-codec 0.4.13).
pub(crate) struct Wideband {
    encoder: G722Encoder,
    doubler: Doubler,
    doubled: Vec<i16>,
}

impl Encoding {
    pub(crate) fn of(codec: Codec) -> Self {
        #[cfg(feature = "opus")]
        if codec == Codec::Opus {
            let (mono, voice) = (ropus::Channels::Mono, ropus::Application::Voip);
            let encoder = ropus::Encoder::builder(crate::SAMPLE_RATE, mono, voice).build();
            return encoder.map_or(Self::Mute, |encoder| Self::Opus(Box::new(encoder)));
        }
        match codec.law() {
            Some(law) => Self::Law(law),
            None => Self::G722(Box::new(Wideband {
                encoder: G722Encoder::new(),
                doubler: Doubler::new(),
                doubled: Vec::new(),
            })),
        }
    }

    /// Appends the payload of samples.
    pub(crate) fn encode(&mut self, samples: &[i16], packet: &mut Vec<u8>) {
        match self {
            Self::Law(law) => packet.extend(samples.iter().map(|sample| law.encode(*sample))),
            Self::G722(wideband) => {
                let Wideband { encoder, doubler, doubled } = wideband.as_mut();
                doubled.clear();
                doubler.double(samples, doubled);
                let begin = packet.len();
                packet.resize(begin + encoder.max_encode_bytes(doubled.len()), 0);
                let written = encoder.encode_into(doubled, &mut packet[begin..]).unwrap_or(0);
                packet.truncate(begin + written);
            }
            #[cfg(feature = "opus")]
            Self::Opus(encoder) => {
                let begin = packet.len();
                packet.resize(begin + LARGEST_OPUS, 0);
                let written = encoder.encode(samples, &mut packet[begin..]).unwrap_or(0);
                packet.truncate(begin + written);
            }
            #[cfg(feature = "opus")]
            Self::Mute => {}
        }
    }
}

impl std::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Law(_) => "Encoding(G.711)",
            Self::G722(_) => "Encoding(G.722)",
            #[cfg(feature = "opus")]
            Self::Opus(_) | Self::Mute => "Encoding(Opus)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, count: usize) -> Vec<i16> {
        let step = hertz * std::f32::consts::TAU / 8_000.0;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "short and quiet"
        )]
        let sample = |at: usize| ((at as f32 * step).sin() * 8_000.0) as i16;
        (0..count).map(sample).collect()
    }

    fn power(samples: &[i16]) -> f64 {
        let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        sum / f64::from(u32::try_from(samples.len()).expect("short"))
    }

    #[test]
    fn g722_has_an_octet_for_each_sample_and_keeps_the_sound() {
        let said = tone(1_000.0, 8_000);
        let (mut encoding, mut decoding) = (Encoding::of(Codec::G722), Decoding::of(Codec::G722));
        let mut heard = Vec::new();
        for frame in said.chunks(160) {
            let mut packet = Vec::new();
            encoding.encode(frame, &mut packet);
            assert_eq!(packet.len(), 160);
            decoding.decode(&packet, &mut heard);
        }
        assert_eq!(heard.len(), said.len());
        let ratio = power(&heard[800..]) / power(&said[800..]);
        assert!((0.8..1.25).contains(&ratio), "{ratio}");
    }

    #[cfg(feature = "opus")]
    #[test]
    fn opus_keeps_the_sound_and_passes_over_what_it_cannot_read() {
        let said = tone(440.0, 8_000);
        let (mut encoding, mut decoding) = (Encoding::of(Codec::Opus), Decoding::of(Codec::Opus));
        let mut heard = Vec::new();
        for frame in said.chunks(160) {
            let mut packet = Vec::new();
            encoding.encode(frame, &mut packet);
            assert!((3..160).contains(&packet.len()), "{}", packet.len());
            decoding.decode(&packet, &mut heard);
        }
        assert_eq!(heard.len(), said.len());
        let ratio = power(&heard[800..]) / power(&said[800..]);
        assert!((0.7..1.3).contains(&ratio), "{ratio}");
        for length in 0..200 {
            decoding.decode(&vec![0xff; length], &mut Vec::new());
        }
    }

    #[test]
    fn a_doubled_tone_is_the_tone_without_its_image() {
        for hertz in [300.0, 1_000.0, 3_000.0] {
            let mut doubled = Vec::new();
            let mut doubler = Doubler::new();
            tone(hertz, 1_600).chunks(160).for_each(|part| doubler.double(part, &mut doubled));
            assert_eq!(doubled.len(), 3_200);
            // The same tone at 16 kHz, found by its own recurrence: s(n+1) + s(n-1) = 2 cos w s(n).
            let twice_cosine = 2.0 * f64::from(hertz * std::f32::consts::TAU / 16_000.0).cos();
            let error: Vec<i16> = doubled[100..]
                .windows(3)
                .map(|part| {
                    let [before, at, after] = [part[0], part[1], part[2]].map(f64::from);
                    #[expect(clippy::cast_possible_truncation, reason = "small")]
                    let error = (before + after - twice_cosine * at) as i16;
                    error
                })
                .collect();
            assert!(power(&error) * 250.0 < power(&doubled[100..]), "{hertz} {}", power(&error));
        }
    }

    /// A wideband telephone speaks up to 7 kHz; what is above 4 kHz must not fold back.
    #[test]
    fn what_a_wideband_telephone_says_above_4_khz_does_not_fold_back() {
        let mut wideband = G722Encoder::new();
        let level = |hertz: f32, wideband: &mut G722Encoder| {
            let said = tone(hertz / 2.0, 16_000);
            let mut packet = vec![0; wideband.max_encode_bytes(said.len())];
            let written = wideband.encode_into(&said, &mut packet).expect("room");
            let mut heard = Vec::new();
            Decoding::of(Codec::G722).decode(&packet[..written], &mut heard);
            assert_eq!(heard.len(), 8_000);
            power(&heard[800..])
        };
        let (low, high) = (level(1_000.0, &mut wideband), level(6_000.0, &mut wideband));
        assert!(low > 1_000.0 * high, "{low} {high}");
    }
}
