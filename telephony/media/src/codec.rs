//! The codecs by name, and both laws of G.711 (ITU-T G.711; RFC 3551 section 6).

/// The one sampling rate of this crate, in samples per second.
pub const SAMPLE_RATE: u32 = 8_000;

/// An audio encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law: North America and Japan.
    Pcmu,
    /// G.711 A-law: the rest of the world.
    Pcma,
    /// G.722, of which the band up to 4 kHz is used.
    G722,
    /// Opus (RFC 6716, RFC 7587), decoded to 8 kHz.
    #[cfg(feature = "opus")]
    Opus,
}

impl Codec {
    pub(crate) const ALL: &[Self] = &[
        Self::Pcmu,
        Self::Pcma,
        Self::G722,
        #[cfg(feature = "opus")]
        Self::Opus,
    ];

    /// The encoding name of RFC 3551.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            #[cfg(feature = "opus")]
            Self::Opus => "opus",
        }
    }

    /// What a description says after the name: the clock of the timestamps, and channels.
    pub(crate) const fn clock(self) -> &'static str {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => "8000",
            #[cfg(feature = "opus")]
            Self::Opus => "48000/2",
        }
    }

    /// Ticks of that clock in one sample of ours.
    pub(crate) const fn ticks_per_sample(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 1,
            #[cfg(feature = "opus")]
            Self::Opus => 6,
        }
    }

    /// The static payload type of RFC 3551; for Opus, the dynamic one under which we offer it.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            #[cfg(feature = "opus")]
            Self::Opus => 107,
        }
    }

    /// The codec with this encoding name, which is compared without case (RFC 8866 section 6.6).
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The law of G.711, octet by octet; the others have none.
    pub const fn law(self) -> Option<Law> {
        match self {
            Self::Pcmu => Some(Law::Mu),
            Self::Pcma => Some(Law::A),
            Self::G722 => None,
            #[cfg(feature = "opus")]
            Self::Opus => None,
        }
    }
}

/// How G.711 writes one sample in one octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// µ-law.
    Mu,
    /// A-law.
    A,
}

impl Law {
    /// The linear sample of one octet.
    pub const fn decode(self, octet: u8) -> i16 {
        match self {
            Self::Mu => MU_LAW[octet as usize],
            Self::A => A_LAW[octet as usize],
        }
    }

    /// The octet nearest to a linear sample.
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Mu => encode_mu_law(sample),
            Self::A => encode_a_law(sample),
        }
    }
}

static MU_LAW: [i16; 256] = table(false);
static A_LAW: [i16; 256] = table(true);

const fn table(a_law: bool) -> [i16; 256] {
    let mut samples = [0; 256];
    let mut octet = 0_u8;
    loop {
        samples[octet as usize] = if a_law { decode_a_law(octet) } else { decode_mu_law(octet) };
        if octet == u8::MAX {
            return samples;
        }
        octet += 1;
    }
}

/// Added before the logarithm so that its first segment begins at a power of two.
const MU_BIAS: i16 = 0x84;
const MU_LARGEST: i16 = i16::MAX - MU_BIAS;

const fn decode_mu_law(octet: u8) -> i16 {
    let inverted = !octet;
    let segment = (inverted >> 4) & 7;
    let magnitude = ((((inverted & 0x0f) as i16) << 3) + MU_BIAS) << segment;
    if inverted & 0x80 == 0 { magnitude - MU_BIAS } else { MU_BIAS - magnitude }
}

#[expect(clippy::cast_possible_truncation, reason = "a segment is at most 7, a mantissa 15")]
const fn encode_mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs();
    let clipped = if magnitude > MU_LARGEST as u16 { MU_LARGEST as u16 } else { magnitude };
    let biased = clipped + MU_BIAS as u16;
    let segment = 8 - biased.leading_zeros() as u16;
    let mantissa = (biased >> (segment + 3)) & 0x0f;
    !(sign | ((segment as u8) << 4) | mantissa as u8)
}

const fn decode_a_law(octet: u8) -> i16 {
    let even = octet ^ 0x55;
    let segment = (even >> 4) & 7;
    let mantissa = ((even & 0x0f) as i16) << 4;
    let magnitude = if segment == 0 { mantissa + 8 } else { (mantissa + 0x108) << (segment - 1) };
    if even & 0x80 == 0 { -magnitude } else { magnitude }
}

#[expect(clippy::cast_possible_truncation, reason = "a segment is at most 7, a mantissa 15")]
const fn encode_a_law(sample: i16) -> u8 {
    let (sign, magnitude) =
        if sample >= 0 { (0x80, sample.cast_unsigned()) } else { (0, (!sample).cast_unsigned()) };
    let segment = if magnitude < 0x100 { 0 } else { 8 - magnitude.leading_zeros() as u16 };
    let shift = if segment < 2 { 4 } else { segment + 3 };
    let mantissa = (magnitude >> shift) & 0x0f;
    (sign | ((segment as u8) << 4) | mantissa as u8) ^ 0x55
}

#[cfg(test)]
mod tests {
    use audio_codec::pcma::{PcmaDecoder, PcmaEncoder};
    use audio_codec::pcmu::{PcmuDecoder, PcmuEncoder};
    use audio_codec::{Decoder, Encoder};

    use super::*;

    fn independent(law: Law) -> (Box<dyn Decoder>, Box<dyn Encoder>) {
        match law {
            Law::Mu => (Box::new(PcmuDecoder::new()), Box::new(PcmuEncoder::new())),
            Law::A => (Box::new(PcmaDecoder::new()), Box::new(PcmaEncoder::new())),
        }
    }

    #[test]
    fn every_octet_decodes_as_in_an_independent_codec() {
        for law in [Law::Mu, Law::A] {
            let octets: Vec<u8> = (0..=255).collect();
            let mut expected = [0; 256];
            let count = independent(law).0.decode_into(&octets, &mut expected);
            assert_eq!(count.ok(), Some(256));
            let decoded: Vec<i16> = octets.iter().map(|octet| law.decode(*octet)).collect();
            assert_eq!(decoded, expected, "{law:?}");
        }
    }

    #[test]
    fn every_sample_survives_within_its_quantisation_step() {
        for law in [Law::Mu, Law::A] {
            for sample in i16::MIN..=i16::MAX {
                let back = law.decode(law.encode(sample));
                let error = i32::from(sample).abs_diff(i32::from(back));
                let clipped = i32::from(sample).unsigned_abs() > 32_000;
                let step = 8 + i32::from(sample).unsigned_abs() / 16;
                assert!(clipped || error <= step, "{law:?} {sample} → {back}");
            }
        }
    }

    #[test]
    fn every_octet_comes_back_and_an_independent_encoder_agrees() {
        for law in [Law::Mu, Law::A] {
            for octet in 0..=255_u8 {
                let sample = law.decode(octet);
                assert_eq!(law.decode(law.encode(sample)), sample);
            }
            let speech: Vec<i16> = (-32_000..32_000).step_by(7).collect();
            let mut expected = vec![0; speech.len()];
            let count = independent(law).1.encode_into(&speech, &mut expected);
            assert_eq!(count.ok(), Some(speech.len()));
            for (sample, octet) in speech.iter().zip(expected) {
                let ours = law.decode(law.encode(*sample));
                let apart = i32::from(ours).abs_diff(i32::from(law.decode(octet)));
                let step = 16 + i32::from(*sample).unsigned_abs() / 16;
                assert!(apart <= step, "{law:?} {sample}");
            }
        }
    }
}
