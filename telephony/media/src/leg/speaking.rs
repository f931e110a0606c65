//! Our direction: a clip, the other call of a bridge, keys, or silence.

use std::time::{Duration, Instant};

use super::{Leg, Scratch};
use crate::SAMPLE_RATE;
use crate::pressing::Sending;
use crate::session::MediaEvent;
use crate::tones::tones_of;

impl Leg {
    /// Sends what is due by now. While the peer holds the call the prompt waits.
    pub(super) fn speak(&mut self, now: Instant, scratch: &mut Scratch) {
        while self.send_at <= now {
            self.send_at += packet_time(self.outbound.samples_per_packet());
            self.speak_once(scratch);
        }
    }

    fn speak_once(&mut self, scratch: &mut Scratch) {
        let target = self.latch.source().or(self.plan.peer);
        let Some(target) = target.filter(|_| self.plan.direction.send) else {
            self.outbound.pause();
            return;
        };
        if let Some(key) = self.joined.as_ref().and_then(|joined| joined.hears.pressed()) {
            // More keys than a telephone can press are not worth a word.
            let _ = self.pressing.press(key);
        }
        let length = self.outbound.samples_per_packet();
        let events = self.plan.key_payload_type;
        let packet = match (self.pressing.next(length, events.is_some()), events) {
            (Some(Sending::Event { payload, begins }), Some(payload_type)) => {
                self.outbound.event(payload_type, begins, payload)
            }
            (Some(Sending::Tone { key, from }), _) => {
                scratch.samples.clear();
                scratch.samples.extend(tones_of(key, from, length).into_iter().flatten());
                self.outbound.packet(&scratch.samples)
            }
            (Some(_), _) => self.outbound.packet(&[]),
            (None, _) if self.player.is_none() && self.joined.is_some() => {
                scratch.samples.clear();
                scratch.samples.resize(length, 0);
                if let Some(joined) = &self.joined {
                    joined.hears.hear(&mut scratch.samples);
                }
                self.level_out.hear(&scratch.samples);
                self.outbound.packet(&scratch.samples)
            }
            (None, _) => {
                let samples = self.player.as_mut().map_or(&[][..], |player| player.next(length));
                self.level_out.hear(samples);
                self.outbound.packet(samples)
            }
        };
        // A full send buffer or an unreachable peer loses one packet, as the network may.
        self.wire.send(packet, target);
        if let Some(player) = self.player.take_if(|player| player.finished()) {
            self.report(MediaEvent::ClipEnded(player.tag));
        }
    }
}

fn packet_time(samples: usize) -> Duration {
    let samples = u32::try_from(samples).unwrap_or(160).max(1);
    Duration::from_secs(1) * samples / SAMPLE_RATE
}
