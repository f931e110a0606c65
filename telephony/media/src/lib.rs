//! Telephone audio: agreeing on it (SDP), moving it (RTP, G.711, keys), listening to it (voice
//! activity), keeping it (a recorder that survives a crash) and playing prompts.
//!
//! Knows neither signalling nor the bot.

mod attention;
mod chance;
mod clip;
mod codec;
mod keys;
mod latch;
mod outbound;
mod ports;
mod recorder;
mod sdp;
mod session;
mod leg;
mod spool;
mod timeline;
mod voice;
mod wav;
mod workers;

pub use clip::Clip;
pub use codec::{Codec, SAMPLE_RATE};
pub use ports::{PortsError, RtpPorts, RtpSockets};
pub use recorder::{PART_SUFFIX, Recorded, Recorder, RecorderError, repair};
pub use sdp::{Direction, LONGEST_DESCRIPTION, MediaPlan, Negotiation, SdpError, negotiate};
pub use session::{MediaEvent, MediaSession, PacketStatistics, SessionSetup};
pub use voice::{VoiceDetector, VoiceEvent, has_speech};
pub use wav::WavError;
