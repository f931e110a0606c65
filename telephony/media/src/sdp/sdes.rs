//! Keys in session descriptions (RFC 4568): `a=crypto:TAG SUITE inline:KEY`.

use crate::srtp::{MasterKey, SrtpSuite};

/// More lines than any phone offers.
const MOST_LINES: usize = 16;

/// Whether audio is to be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EncryptionMode {
    /// Never.
    #[default]
    Off,
    /// When the peer can.
    Preferred,
    /// Or there is no call.
    Required,
}

/// What encryption is wanted, and whether keys may be written at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaSecurity {
    /// What is wanted.
    pub mode: EncryptionMode,
    /// Whether nobody on the way can read the description (RFC 4568 section 8.3): signalling over
    /// TLS, or an operator who says that the network is his own.
    pub keys_are_safe: bool,
}

impl MediaSecurity {
    pub(super) const fn exchanges_keys(self) -> bool {
        self.keys_are_safe && !matches!(self.mode, EncryptionMode::Off)
    }
}

/// One usable line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crypto {
    pub(crate) tag: u32,
    pub(crate) key: MasterKey,
}

/// Reads the value of a `crypto` attribute. `None` for a suite or a parameter that is not
/// understood: RFC 4568 section 6.3.6 wants such a line passed over.
pub(crate) fn parse(value: &str) -> Option<Crypto> {
    let mut parts = value.split_ascii_whitespace();
    let tag = parts.next().filter(|tag| tag.len() <= 9)?.parse().ok()?;
    let suite = SrtpSuite::by_name(parts.next()?)?;
    let (method, parameters) = parts.next()?.split_once(':')?;
    // Several keys, or a key with an identifier, would change the form of the packets.
    let mut fields = parameters.split('|');
    let key = MasterKey::from_base64(suite, fields.next()?)?;
    let plain = fields.all(|lifetime| !lifetime.contains([':', ';']));
    // A hint for the sender's window is all that may be ignored.
    let known = parts.all(|parameter| parameter.to_ascii_uppercase().starts_with("WSH="));
    (method.eq_ignore_ascii_case("inline") && plain && known).then_some(Crypto { tag, key })
}

/// The usable lines of a stream, in the peer's order.
pub(super) fn lines_of(media: &sdp_types::Media) -> Vec<Crypto> {
    media
        .attributes
        .iter()
        .filter(|attribute| attribute.attribute.eq_ignore_ascii_case("crypto"))
        .take(MOST_LINES)
        .filter_map(|attribute| parse(attribute.value.as_deref()?))
        .collect()
}

/// The value of a `crypto` attribute.
pub(super) fn write(crypto: &Crypto) -> String {
    let Crypto { tag, key } = crypto;
    format!("{tag} {} inline:{}", key.suite.name(), key.to_base64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn lines_of_real_phones_are_understood() {
        for line in [
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20"),
            format!("1 aes_cm_128_hmac_sha1_32 INLINE:{KEY}|1048576 WSH=128"),
        ] {
            let crypto = parse(&line).expect("usable");
            assert_eq!((crypto.tag, crypto.key.to_base64().as_str()), (1, KEY), "{line}");
            assert_eq!(parse(&write(&crypto)), Some(crypto));
        }
    }

    #[test]
    fn what_would_change_the_packets_is_passed_over() {
        for line in [
            String::new(),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=1"),
            format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{}", &KEY[4..]),
            format!("x AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("99999999999 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}"),
        ] {
            assert_eq!(parse(&line), None, "{line}");
        }
    }
}
