use jiff::Timestamp;
use mostik_taxonomy::{Confidence, Language};
use serde::{Deserialize, Serialize};

use crate::{CallId, Words, as_text};

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
    /// When we answered.
    pub answered_at: Timestamp,
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
}

/// An audio file: WAV, 8 kHz, 16 bit, mono.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// File name within the recordings store.
    pub file: String,
    /// Length in milliseconds.
    pub milliseconds: u64,
    /// File size in bytes.
    pub bytes: u64,
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
}
