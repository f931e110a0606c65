//! G.711 (ITU-T Recommendation G.711), written apart from the product's codec on purpose: a shared
//! mistake would not be seen.

/// µ-law to linear.
pub(super) fn from_ulaw(code: u8) -> i16 {
    let code = !code;
    let exponent = (code >> 4) & 7;
    let mantissa = i16::from(code & 15);
    let magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

/// Linear to µ-law.
pub(super) fn to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(32_635) + 0x84;
    let exponent = (24 - magnitude.leading_zeros()).min(7);
    let mantissa = (magnitude >> (exponent + 3)) & 15;
    !(sign | low_byte(exponent << 4) | low_byte(mantissa.unsigned_abs()))
}

/// A-law to linear.
pub(super) fn from_alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let exponent = (code >> 4) & 7;
    let mantissa = i16::from(code & 15) << 4;
    let magnitude = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// Linear to A-law.
pub(super) fn to_alaw(sample: i16) -> u8 {
    let sign: u8 = if sample < 0 { 0 } else { 0x80 };
    let magnitude = i32::from(sample).abs().min(32_767);
    let code = if magnitude < 256 {
        low_byte((magnitude >> 4).unsigned_abs())
    } else {
        let exponent = 24 - magnitude.leading_zeros();
        let mantissa = (magnitude >> (exponent + 3)) & 15;
        low_byte(exponent << 4) | low_byte(mantissa.unsigned_abs())
    };
    (sign | code) ^ 0x55
}

fn low_byte(value: u32) -> u8 {
    u8::try_from(value & 0xff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_way_there_and_back() {
        for code in 0..=255u8 {
            // Negative zero of µ-law comes back as positive zero.
            if code != 0x7f {
                assert_eq!(to_ulaw(from_ulaw(code)), code, "µ-law {code:#x}");
            }
            assert_eq!(to_alaw(from_alaw(code)), code, "A-law {code:#x}");
        }
        assert_eq!((to_ulaw(0), to_alaw(0)), (0xff, 0xd5), "silence as the standard writes it");
    }
}
