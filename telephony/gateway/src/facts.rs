//! What the line noticed of a call: for whoever asks why it went as it did.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How a call came, how long it took to answer, and how it sounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    /// How its signalling travelled: `udp`, `tcp` or `tls`.
    pub transport: String,
    /// The trunk it came by.
    pub trunk: Option<String>,
    /// From its INVITE to our answer.
    pub setup_milliseconds: Option<u64>,
    /// What was heard and said, once there was audio.
    pub audio: Option<AudioFacts>,
    /// The SIP messages, redacted, oldest first.
    pub ladder: Vec<LadderStep>,
}

/// The audio of a call, both ways. «In» is what the caller said, «out» what we said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioFacts {
    /// Whether it was encrypted (SRTP).
    pub encrypted: bool,
    /// Packets that came.
    pub packets_in: u64,
    /// Packets that were sent.
    pub packets_out: u64,
    /// Packets that the sequence numbers prove missing.
    pub lost_in: u64,
    /// Packets that the caller's phone reported missing (RTCP).
    pub lost_out: Option<u64>,
    /// The greatest variation of the arrival times (RFC 3550 section 6.4.1).
    pub jitter_milliseconds: u64,
    /// There and back, from RTCP.
    pub round_trip_milliseconds: Option<u64>,
    /// How loud, in dB below the loudest possible (0); `None` when there was only silence.
    pub level_in: Option<i32>,
    /// The same of what we said.
    pub level_out: Option<i32>,
}

/// One SIP message of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderStep {
    /// After the first message of the call.
    pub after_milliseconds: u64,
    /// Came in, or went out.
    pub incoming: bool,
    /// Its start line and headers, without secrets, numbers and names.
    pub text: String,
}

/// The time since, in milliseconds.
pub(crate) fn milliseconds_since(began: Instant) -> u64 {
    milliseconds(began.elapsed())
}

/// A length of time in whole milliseconds.
pub(crate) fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
