//! Agreeing on audio: offer and answer (RFC 3264) over session descriptions (RFC 8866).

mod negotiation;
mod offer;

use std::net::SocketAddr;

pub use negotiation::{Negotiation, negotiate};

use crate::Codec;

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
    /// How much audio the peer wants in one packet, in samples.
    pub samples_per_packet: usize,
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
    /// Audio is offered only encrypted (RFC 3711), which needs keys we do not exchange.
    #[error("only encrypted audio is offered")]
    EncryptedOnly,
    /// Neither PCMU nor PCMA is offered.
    #[error("no common codec: neither PCMU nor PCMA is offered")]
    NoCommonCodec,
    /// The peer's address is a name or a group, not one machine's number.
    #[error("the peer's media address is not usable")]
    UnusableAddress,
}
