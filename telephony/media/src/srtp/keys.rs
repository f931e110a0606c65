//! Master keys and what they are for (RFC 4568 section 6, RFC 7714 section 12).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(super) const KEY_LENGTH: usize = 16;
const LONGEST: usize = 30;

/// How a stream is encrypted and authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SrtpSuite {
    /// AES in counter mode, packets with a tag of 80 bits: what every secure telephone speaks.
    AesCm80,
    /// The same with RTP tags of 32 bits.
    AesCm32,
    /// AES in Galois/counter mode, tags of 128 bits.
    AesGcm,
}

impl SrtpSuite {
    /// In the order in which we offer them.
    pub const ALL: [Self; 3] = [Self::AesCm80, Self::AesCm32, Self::AesGcm];

    /// The name in a session description.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AesGcm => "AEAD_AES_128_GCM",
        }
    }

    /// The suite of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Octets of master key and master salt together.
    pub(super) const fn key_and_salt(self) -> usize {
        match self {
            Self::AesCm80 | Self::AesCm32 => 30,
            Self::AesGcm => 28,
        }
    }
}

/// One direction's master key and salt. Never shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKey {
    /// What it is used with.
    pub suite: SrtpSuite,
    octets: [u8; LONGEST],
}

impl MasterKey {
    /// A new key from the system's source of randomness.
    pub fn random(suite: SrtpSuite) -> Result<Self, std::io::Error> {
        let mut octets = [0; LONGEST];
        getrandom::fill(&mut octets[..suite.key_and_salt()]).map_err(std::io::Error::other)?;
        Ok(Self { suite, octets })
    }

    /// Reads the base64 of key and salt; `None` when it is not exactly as long as it must be.
    pub fn from_base64(suite: SrtpSuite, text: &str) -> Option<Self> {
        // Two octets more than the longest, so that a longer one is seen as such.
        let mut decoded = [0; LONGEST + 6];
        let length = STANDARD.decode_slice(text, &mut decoded).ok()?;
        if length != suite.key_and_salt() {
            return None;
        }
        let mut octets = [0; LONGEST];
        octets[..length].copy_from_slice(&decoded[..length]);
        Some(Self { suite, octets })
    }

    /// As it is written into a session description.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.octets[..self.suite.key_and_salt()])
    }

    pub(super) fn key(&self) -> [u8; KEY_LENGTH] {
        let mut key = [0; KEY_LENGTH];
        key.copy_from_slice(&self.octets[..KEY_LENGTH]);
        key
    }

    /// Fourteen octets; the shorter salt of GCM is filled up with zeros (RFC 7714 section 11).
    pub(super) fn salt(&self) -> [u8; 14] {
        let mut salt = [0; 14];
        salt.copy_from_slice(&self.octets[KEY_LENGTH..]);
        salt
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.suite.name())
    }
}

/// The keys of both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SrtpKeys {
    /// For what we send.
    pub ours: MasterKey,
    /// For what the peer sends.
    pub theirs: MasterKey,
}
