//! What the line noticed of a call: for whoever asks why it went as it did.

use std::time::{Duration, Instant};

use mostik_media::CallQuality;
use mostik_sip::{Direction, Ladder, LadderEntry};
use serde::{Deserialize, Serialize};

use crate::CameBy;

/// How a call came, how long it took to answer, and how it sounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    /// How its signalling travelled: `udp`, `tcp` or `tls`.
    pub transport: String,
    /// The trunk it came by.
    pub trunk: Option<String>,
    /// Who vouches for where it came from; nobody for a call of ours.
    #[serde(default)]
    pub came_by: Option<CameBy>,
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

/// In dB: the codecs' own idea of nothing, and the noise of an idle line, are quieter.
const SILENCE: i32 = -60;

impl AudioFacts {
    pub(crate) fn of(quality: &CallQuality) -> Self {
        Self {
            encrypted: quality.srtp.is_some(),
            packets_in: quality.received,
            packets_out: quality.sent,
            lost_in: quality.lost,
            lost_out: quality.remote_lost.map(u64::from),
            jitter_milliseconds: whole(quality.max_jitter_ms).unsigned_abs().into(),
            round_trip_milliseconds: quality.round_trip.map(milliseconds),
            level_in: quality.level_in_dbfs.map(whole).filter(|level| *level > SILENCE),
            level_out: quality.level_out_dbfs.map(whole).filter(|level| *level > SILENCE),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer there is")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

/// The messages of a call as they are told.
pub(crate) fn steps(ladder: &Ladder) -> Vec<LadderStep> {
    let entries = ladder.entries();
    let began = entries.first().map_or(0, |entry| entry.at_micros);
    let step = |entry: &LadderEntry| LadderStep {
        after_milliseconds: entry.at_micros.saturating_sub(began) / 1000,
        incoming: entry.direction == Direction::In,
        text: text(entry),
    };
    entries.iter().map(step).collect()
}

fn text(entry: &LadderEntry) -> String {
    let headers = entry.headers.iter().map(|(name, value)| format!("\n{name}: {value}"));
    let media = entry.media.iter().map(|line| format!("\n{line}"));
    entry.start_line.clone() + &headers.chain(media).collect::<String>()
}

/// The time since, in milliseconds.
pub(crate) fn milliseconds_since(began: Instant) -> u64 {
    milliseconds(began.elapsed())
}

/// A length of time in whole milliseconds.
pub(crate) fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
