//! What the gateway is told by whoever embeds it.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

pub use mostik_media::EncryptionMode;

/// Where recordings live, which ports and times apply.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Recordings and the notes that make a call survive a crash; created when missing.
    pub recordings_dir: PathBuf,
    /// The UDP ports for audio; every call takes an even one and its odd neighbour.
    pub rtp_ports: RangeInclusive<u16>,
    /// The address peers reach us by when it is not the one we send from (NAT).
    pub public_address: Option<IpAddr>,
    /// Prompts of one's own: `DIR/ru/welcome.wav` replaces the compiled-in one of that name,
    /// from the next call on. The directory may come into being later.
    pub prompts_dir: Option<PathBuf>,
    /// Whether audio is encrypted. Keys are only exchanged where the signalling is encrypted too.
    pub encryption: EncryptionMode,
    /// How long calls in progress may go on at shutdown before they are ended.
    pub shutdown_grace: Duration,
    /// How long no audio may arrive before a call counts as lost.
    pub media_timeout: Duration,
}

impl GatewayConfig {
    /// The usual times, with recordings in `recordings_dir` and audio on `rtp_ports`.
    pub fn new(recordings_dir: impl Into<PathBuf>, rtp_ports: RangeInclusive<u16>) -> Self {
        Self {
            recordings_dir: recordings_dir.into(),
            rtp_ports,
            public_address: None,
            prompts_dir: None,
            encryption: EncryptionMode::Preferred,
            shutdown_grace: Duration::from_secs(10),
            media_timeout: Duration::from_secs(20),
        }
    }
}
