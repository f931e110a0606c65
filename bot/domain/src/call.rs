use jiff::Timestamp;
use mostik_taxonomy::{Confidence, Language, RootCause};
use serde::{Deserialize, Serialize};

use crate::{CallId, CallNote, Direction, Speaker, Talk, Waited, Words, as_text};

/// One phone call as it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Identity.
    pub id: CallId,
    /// The line that was called: the user part of its address.
    pub line: String,
    /// The caller's address as the network gave it.
    pub caller: Words,
    /// The language spoken to the caller.
    #[serde(with = "as_text")]
    pub language: Language,
    /// First INVITE.
    pub arrived_at: Timestamp,
    /// When we answered; never, when the call was refused or given up before.
    pub answered_at: Option<Timestamp>,
    /// When the tone was played; from then on the call is kept whatever happens.
    pub tone_at: Option<Timestamp>,
    /// The end.
    pub ended_at: Timestamp,
    /// How it ended, as `result/reason` (see the gateway's `Termination`).
    pub termination: String,
    /// What the caller said, as audio.
    pub recording: Option<Recording>,
    /// The audio codec in use, as in SDP.
    pub codec: Option<String>,
    /// What the line noticed of it.
    #[serde(default)]
    pub facts: CallFacts,
    /// Who called whom.
    #[serde(default)]
    pub direction: Direction,
    /// How she waited for a person, if she did.
    #[serde(default)]
    pub waited: Option<Waited>,
    /// Who talked with her, in order.
    #[serde(default)]
    pub talks: Vec<Talk>,
    /// The cause she confirmed or chose by key.
    #[serde(default, with = "as_text::optional")]
    pub confirmed: Option<RootCause>,
    /// What the operator wrote afterwards. Saved by [`crate::Change::NoteCall`] alone: the
    /// store keeps it apart and adds it to what it reads, so that the phone, which saves the
    /// call when all of it is known, cannot lose a line that was written meanwhile.
    #[serde(skip)]
    pub note: Option<CallNote>,
}

impl Call {
    /// Who answered it: the last who talked with her.
    pub fn answered_by(&self) -> Option<&str> {
        self.talks.last().map(|talk| talk.operator.as_str())
    }
}

/// What the line noticed of a call: for whoever asks why it went as it did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    /// How its signalling travelled: `udp`, `tcp` or `tls`.
    pub transport: Option<String>,
    /// The trunk it came by.
    pub trunk: Option<String>,
    /// From its INVITE to our answer.
    pub setup_milliseconds: Option<u64>,
    /// Keys that were pressed.
    pub keys: u32,
    /// What was heard and said, once there was audio.
    pub audio: Option<AudioFacts>,
    /// The SIP messages, redacted, oldest first.
    pub ladder: Vec<LadderStep>,
}

/// The audio of a call, both ways. «In» is what the caller said, «out» what we said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// An audio file: WAV, 8 kHz, 16 bit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// File name within the recordings store.
    pub file: String,
    /// Length in milliseconds.
    pub milliseconds: u64,
    /// File size in bytes.
    pub bytes: u64,
    /// 1 of the caller alone, or 2: the caller, and whoever answered.
    #[serde(default = "one")]
    pub channels: u8,
}

const fn one() -> u8 {
    1
}

/// What a recording says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Language heard.
    #[serde(with = "as_text")]
    pub language: Language,
    /// All of it.
    pub text: Words,
    /// Who recognised it, as `whisper-base`, or the operator who typed it.
    pub by: String,
    /// From 0 to 1; 1 when a person typed it.
    #[serde(with = "crate::classification::confidence")]
    pub confidence: Confidence,
    /// With times; empty when a person typed it.
    pub segments: Vec<Segment>,
    /// When it was made.
    pub at: Timestamp,
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Seconds from the start of the recording.
    pub start: f64,
    /// Seconds from the start of the recording.
    pub end: f64,
    /// What was said.
    pub text: Words,
    /// By whom, where each side has a channel of its own.
    #[serde(default)]
    pub speaker: Option<Speaker>,
}
