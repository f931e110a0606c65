//! Agreeing on audio: offer and answer (RFC 3264) over session descriptions (RFC 8866).

mod negotiation;
mod offer;
pub(crate) mod sdes;

use std::net::SocketAddr;

pub use negotiation::{Negotiation, negotiate};
pub use sdes::{EncryptionMode, MediaSecurity};

use crate::{Codec, SrtpKeys};

/// The longest session description that is read, in octets.
pub const LONGEST_DESCRIPTION: usize = 16 * 1024;

/// What both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaPlan {
    /// How audio is encoded in both directions.
    pub codec: Codec,
    /// The RTP payload type of that audio.
    pub payload_type: u8,
    /// The payload type of RFC 4733 keys, when the peer sends them.
    pub key_payload_type: Option<u8>,
    /// Where the peer wants its audio; `None` when it named no place (old-style hold).
    pub peer: Option<SocketAddr>,
    /// Which way audio flows.
    pub direction: Direction,
    /// How much audio the peer wants in one packet, in ticks of the 8 kHz clock.
    pub samples_per_packet: usize,
    /// Keys, when audio is encrypted.
    pub srtp: Option<SrtpKeys>,
    /// Where the peer wants reports about our audio (RFC 3550, RFC 3605, RFC 5761).
    pub reports: Option<SocketAddr>,
    /// Whether reports share the port of the audio.
    pub reports_share_port: bool,
}

impl MediaPlan {
    /// Twenty milliseconds of G.711 in a packet, both ways, unencrypted, and no keys: what a
    /// telephone that says nothing more means. `peer` is where its audio goes.
    pub const fn usual(codec: Codec, peer: SocketAddr) -> Self {
        Self {
            codec,
            payload_type: codec.payload_type(),
            key_payload_type: None,
            peer: Some(peer),
            direction: Direction::BOTH,
            samples_per_packet: 160,
            srtp: None,
            reports: None,
            reports_share_port: false,
        }
    }
}

/// Which way audio flows, seen from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// We may send.
    pub send: bool,
    /// The peer may send.
    pub receive: bool,
}

impl Direction {
    /// Both ways: an ordinary call.
    pub const BOTH: Self = Self { send: true, receive: true };

    const fn attribute(self) -> &'static str {
        match (self.send, self.receive) {
            (true, true) => "sendrecv",
            (true, false) => "sendonly",
            (false, true) => "recvonly",
            (false, false) => "inactive",
        }
    }

    /// The same direction as the other side names it.
    const fn mirrored(self) -> Self {
        Self { send: self.receive, receive: self.send }
    }

    const fn limited_to(self, limit: Self) -> Self {
        Self { send: self.send && limit.send, receive: self.receive && limit.receive }
    }

    fn from_attribute(name: &str) -> Option<Self> {
        let (send, receive) = match name {
            "sendrecv" => (true, true),
            "sendonly" => (true, false),
            "recvonly" => (false, true),
            "inactive" => (false, false),
            _ => return None,
        };
        Some(Self { send, receive })
    }
}

/// Why no audio could be agreed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Longer than [`LONGEST_DESCRIPTION`], or more streams or formats than any phone has.
    #[error("the session description is larger than is accepted")]
    TooLarge,
    /// Not a session description (RFC 8866).
    #[error("not a session description: {0}")]
    Malformed(&'static str),
    /// There is no audio stream.
    #[error("no audio is offered")]
    NoAudio,
    /// Audio is offered only encrypted, and our terms or the peer's kind of keys forbid that.
    #[error("only encrypted audio is offered, which is not possible here")]
    EncryptedOnly,
    /// Our terms want encrypted audio, and the peer has none.
    #[error("encrypted audio is required, but not offered")]
    EncryptionRequired,
    /// Encrypted audio is required, but its keys could be read on their way (RFC 4568 section 7).
    #[error("keys for the audio cannot be told over unprotected signalling")]
    KeysUnprotected,
    /// The system gave no random numbers for keys.
    #[error("there is no randomness for keys")]
    NoRandomness,
    /// None of our codecs is offered.
    #[error("no common codec: none of ours is offered")]
    NoCommonCodec,
    /// The peer's address is a name or a group, not one machine's number.
    #[error("the peer's media address is not usable")]
    UnusableAddress,
}
