//! What a call's audio was like, in figures.

use std::time::Duration;

use crate::{Codec, SrtpSuite};

/// One call's audio so far. Loss, order and jitter are of the caller's direction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CallQuality {
    /// Packets that belonged to the call.
    pub received: u64,
    /// Packets that the sequence numbers prove missing.
    pub lost: u64,
    /// Packets that came when their time to be heard had passed; only while somebody hears them.
    pub late: u64,
    /// Packets that came a second time.
    pub duplicate: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets from somewhere else, broken, or not authentic.
    pub refused: u64,
    /// Interarrival jitter (RFC 3550 section 6.4.1) at the end, in milliseconds. Arrival is told
    /// to the visit of a worker, 20 ms apart, so single figures below that are rough.
    pub jitter_ms: f64,
    /// The greatest interarrival jitter, in milliseconds.
    pub max_jitter_ms: f64,
    /// Audio that was made up for what was missing, in milliseconds; only while somebody hears.
    pub concealed_ms: u64,
    /// There and back, by the peer's reports.
    pub round_trip: Option<Duration>,
    /// Packets of ours that the peer misses, by its reports.
    pub remote_lost: Option<u32>,
    /// Packets that we sent. None received and some sent is a call that is heard one way only.
    pub sent: u64,
    /// How long after the audio began the first packet came.
    pub first_packet_after: Option<Duration>,
    /// The mean level of what the caller says, in dB below full scale; `None` without any.
    pub level_in_dbfs: Option<f64>,
    /// The same for what we play.
    pub level_out_dbfs: Option<f64>,
    /// How audio is encoded.
    pub codec: Option<Codec>,
    /// How it is encrypted; `None` in the clear.
    pub srtp: Option<SrtpSuite>,
}

/// A running mean of power.
#[derive(Debug, Default)]
pub(crate) struct Level {
    energy: u64,
    samples: u64,
}

impl Level {
    pub(crate) fn hear(&mut self, samples: &[i16]) {
        let energy: u64 =
            samples.iter().map(|sample| u64::from(i32::from(*sample).pow(2).unsigned_abs())).sum();
        self.energy = self.energy.saturating_add(energy);
        self.samples += samples.len() as u64;
    }

    /// In dB against a square wave of full scale; `None` when nothing but zeros was heard.
    #[expect(clippy::cast_precision_loss, reason = "a level needs no 52 bits")]
    pub(crate) fn dbfs(&self) -> Option<f64> {
        let mean = self.energy as f64 / self.samples.max(1) as f64;
        (self.energy > 0).then(|| 10.0 * (mean / (32_768.0 * 32_768.0)).log10())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_mean_of_power() {
        let mut level = Level::default();
        assert_eq!(level.dbfs(), None);
        level.hear(&[0; 100]);
        assert_eq!(level.dbfs(), None);
        level.hear(&[16_384; 100]);
        assert!((level.dbfs().expect("heard") + 9.03).abs() < 0.01);
    }
}
