//! Telephone audio: agreeing on it (SDP), moving it (RTP, G.711, keys), listening to it (voice
//! activity), keeping it (a recorder that survives a crash) and playing prompts.
//!
//! Knows neither signalling nor the bot.

mod attention;
mod beep;
mod bridge;
mod chance;
mod clip;
mod codec;
mod coding;
mod concealment;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod key_pad;
mod keys;
mod latch;
mod leg;
mod outbound;
mod playout;
mod ports;
mod pressing;
mod quality;
mod reception;
mod recorder;
mod reports;
mod sdp;
mod session;
mod spool;
mod srtp;
mod stream_clock;
mod timeline;
mod tones;
mod two_channels;
mod upsample;
mod voice;
mod wav;
mod wire;
mod workers;

pub use clip::Clip;
pub use codec::{Codec, Law, SAMPLE_RATE};
pub use ports::{PortsError, RtpPorts, RtpSockets};
pub use pressing::PressError;
pub use quality::CallQuality;
pub use recorder::{PART_SUFFIX, Recorded, Recorder, RecorderError, repair};
pub use sdp::{
    Direction, EncryptionMode, LONGEST_DESCRIPTION, MediaPlan, MediaSecurity, Negotiation,
    SdpError, negotiate,
};
pub use session::{MediaEvent, MediaSession, PacketStatistics, SessionSetup};
pub use srtp::{MasterKey, SrtpKeys, SrtpSuite};
pub use two_channels::join_channels;
pub use voice::{VoiceDetector, VoiceEvent, has_speech};
pub use wav::WavError;
