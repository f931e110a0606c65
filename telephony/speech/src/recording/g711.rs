//! G.711 companding (ITU-T G.711, tables 1a and 2a), eight bits to a linear sample.

/// A µ-law byte as a linear sample of 16 bits.
pub(super) fn mu_law(byte: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let code = !byte;
    let magnitude = ((i16::from(code & 0x0f) << 3) + BIAS) << ((code >> 4) & 0x07);
    if code & 0x80 == 0 { magnitude - BIAS } else { BIAS - magnitude }
}

/// An A-law byte as a linear sample of 16 bits.
pub(super) fn a_law(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let mantissa = i16::from(code & 0x0f) << 4;
    let magnitude = match (code >> 4) & 0x07 {
        0 => mantissa + 0x008,
        exponent => (mantissa + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points_of_the_tables() {
        assert_eq!(mu_law(0xff), 0);
        assert_eq!(mu_law(0x7f), 0);
        assert_eq!(mu_law(0x80), 32_124);
        assert_eq!(mu_law(0x00), -32_124);
        assert_eq!(a_law(0xd5), 8);
        assert_eq!(a_law(0x55), -8);
        assert_eq!(a_law(0xaa), 32_256);
        assert_eq!(a_law(0x2a), -32_256);
    }

    #[test]
    fn both_laws_rise_with_their_codes() {
        for law in [mu_law as fn(u8) -> i16, a_law] {
            let mut levels: Vec<i16> = (0..=u8::MAX).map(law).collect();
            levels.sort_unstable();
            levels.dedup();
            assert!(levels.len() >= 255);
            assert!(levels.iter().all(|level| levels.contains(&-level)));
        }
    }
}
