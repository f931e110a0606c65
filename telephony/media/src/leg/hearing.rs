//! The caller's direction: from packets to her time line, and to whoever listens.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rtp_types::RtpPacket;

use super::{Leg, Scratch, report};
use crate::coding::Decoding;
use crate::latch::Admission;
use crate::session::MediaEvent;
use crate::stream_clock::StreamClock;
use crate::wire::Arrival;

/// Packets taken at one visit: five seconds of a stalled call, and the bound of a flood.
const MOST_PACKETS_PER_VISIT: usize = 256;
/// RFC 3389: background noise that we hear as silence.
const COMFORT_NOISE: u8 = 13;

#[derive(Clone, Copy)]
enum Content {
    Audio,
    Keys,
    Noise,
}

impl Leg {
    pub(super) fn listen(&mut self, now: Instant, scratch: &mut Scratch) {
        for _ in 0..MOST_PACKETS_PER_VISIT {
            match self.wire.receive(&mut scratch.datagram) {
                Arrival::Nothing => return,
                Arrival::Audio(length, source) => {
                    self.packet(length, source, now, scratch);
                    // At once, so that events come in the order in which they were sent.
                    self.pass_on(now, scratch);
                }
                Arrival::Reports(length, source) => {
                    self.reported(&scratch.datagram[..length], source, now);
                }
                Arrival::Refused => self.refused += 1,
            }
        }
    }

    fn packet(&mut self, length: usize, source: SocketAddr, now: Instant, scratch: &mut Scratch) {
        let Scratch { datagram, samples, line } = scratch;
        let Some((packet, content)) = self.understood(&datagram[..length]) else {
            self.refused += 1;
            return;
        };
        let since = self.since(now);
        match self.latch.admit(source, packet.ssrc(), since) {
            Admission::Refused => {
                self.refused += 1;
                return;
            }
            Admission::NewStream => {
                self.timeline.restart(since, line);
                self.keys.restart();
                self.decoding = Decoding::of(self.plan.codec);
                self.clock = StreamClock::default();
            }
            Admission::SameStream => {}
        }
        self.expect_audio_from(now);
        let (timestamp, payload) = (packet.timestamp(), packet.payload());
        let moment = self.clock.samples(timestamp, self.plan.codec.ticks_per_sample());
        let position = (packet.sequence_number(), moment);
        let timed = matches!(content, Content::Audio);
        self.reception.packet(packet.ssrc(), position, since, timed);
        samples.clear();
        let mut pressed = None;
        match content {
            Content::Audio => {
                self.decoding.decode(payload, samples);
                if let Some(joined) = &self.joined {
                    joined.says.speak(moment, samples, self.reception.jitter_ms().0);
                }
            }
            Content::Keys => {
                pressed = self.event((timestamp, packet.marker_bit()), payload, since);
            }
            Content::Noise => {}
        }
        self.timeline.push(position, samples, since, line);
        if let Some(key) = pressed {
            // What was said before the key is heard before it, also when both came at once.
            self.pass_on(now, scratch);
            self.report(MediaEvent::Key(key));
        }
    }

    fn event(&mut self, press: (u32, bool), payload: &[u8], since: Duration) -> Option<char> {
        let key = self.keys.event(press, payload, since)?;
        if let Some(joined) = &self.joined {
            joined.says.press(key);
        }
        Some(key)
    }

    fn understood<'a>(&self, datagram: &'a [u8]) -> Option<(RtpPacket<'a>, Content)> {
        let packet = RtpPacket::parse(datagram).ok()?;
        let payload_type = packet.payload_type();
        let content = if payload_type == self.plan.payload_type {
            Content::Audio
        } else if Some(payload_type) == self.plan.key_payload_type {
            Content::Keys
        } else if payload_type == COMFORT_NOISE {
            Content::Noise
        } else {
            return None;
        };
        Some((packet, content))
    }

    pub(super) fn notice_absence(&mut self, now: Instant) {
        let expects_audio = self.plan.direction.receive && !self.lost_reported;
        if expects_audio && now.saturating_duration_since(self.heard_at) >= self.timeout {
            self.lost_reported = true;
            self.report(MediaEvent::Lost);
        }
    }

    /// Gives the line of samples to whoever records and listens. While the peer sends nothing by
    /// agreement, time stands still for both.
    pub(super) fn pass_on(&mut self, now: Instant, scratch: &mut Scratch) {
        if scratch.line.is_empty() {
            return;
        }
        let expects_audio = self.plan.direction.receive;
        let mut heard = None;
        if let Some(recording) = self.recording.as_mut().filter(|_| expects_audio) {
            heard = recording.voice.push(&scratch.line);
            if let Err(error) = recording.recorder.write(&scratch.line) {
                self.recording = None;
                self.report(MediaEvent::RecorderFailed(error));
            }
        }
        let mut beeped = false;
        if let Some(listening) = self.listening.as_mut().filter(|_| expects_audio) {
            heard = listening.voice.push(&scratch.line);
            beeped = listening.beep.push(&scratch.line);
        }
        self.level_in.hear(&scratch.line);
        let (since, events) = (self.since(now), &self.events);
        self.keys.audio(&scratch.line, since, |key| report(events, MediaEvent::Key(key)));
        scratch.line.clear();
        if let Some(event) = heard {
            self.report(MediaEvent::Voice(event));
        }
        if beeped {
            self.report(MediaEvent::Beep);
        }
    }
}
