//! The task behind a [`crate::MediaSession`]: packets in, packets out, every 20 ms.

use std::net::SocketAddr;
use std::time::Duration;

use rtp_types::RtpPacket;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::clip::Player;
use crate::keys::KeyDecoder;
use crate::latch::{Admission, Latch};
use crate::outbound::Outbound;
use crate::recorder::Recorder;
use crate::session::{Command, MediaEvent, PacketStatistics, SessionSetup};
use crate::timeline::Timeline;
use crate::{Codec, MediaPlan, RtpSockets, SAMPLE_RATE, VoiceDetector};

/// An Ethernet frame: no telephone sends larger packets.
const LARGEST_PACKET: usize = 1_500;
/// Packets taken between two ticks: five seconds of a stalled call, and the bound of a flood.
const MOST_PACKETS_PER_TICK: usize = 256;
/// RFC 3389: background noise that we hear as silence.
const COMFORT_NOISE: u8 = 13;

pub(crate) struct SessionTask {
    sockets: RtpSockets,
    plan: MediaPlan,
    timeout: Duration,
    silence: Duration,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<MediaEvent>,
    began: Instant,
    heard_at: Instant,
    lost_reported: bool,
    latch: Latch,
    timeline: Timeline,
    keys: KeyDecoder,
    outbound: Outbound,
    player: Option<Player>,
    recording: Option<Recording>,
    line: Vec<i16>,
    refused: u64,
}

struct Recording {
    recorder: Recorder,
    voice: VoiceDetector,
}

impl SessionTask {
    pub(crate) fn new(
        setup: SessionSetup,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<MediaEvent>,
    ) -> Self {
        let SessionSetup { sockets, plan, signalling, timeout, silence } = setup;
        let now = Instant::now();
        Self {
            latch: Latch::new(plan.peer, signalling),
            outbound: Outbound::new(&plan),
            sockets,
            plan,
            timeout,
            silence,
            commands,
            events,
            began: now,
            heard_at: now,
            lost_reported: false,
            timeline: Timeline::default(),
            keys: KeyDecoder::default(),
            player: None,
            recording: None,
            line: Vec::with_capacity(LARGEST_PACKET),
            refused: 0,
        }
    }

    pub(crate) async fn run(mut self) {
        let mut buffer = [0; LARGEST_PACKET];
        let mut clock = clock(&self.plan);
        let mut packets = 0;
        loop {
            tokio::select! {
                // Packets before the clock: after a stall of ours nothing must look late.
                biased;
                command = self.commands.recv() => match command {
                    Some(Command::Renegotiated(plan)) => {
                        if plan.samples_per_packet != self.plan.samples_per_packet {
                            clock = self::clock(&plan);
                        }
                        self.renegotiated(plan);
                    }
                    Some(command) => self.obey(command),
                    None => return,
                },
                received = self.sockets.rtp.recv_from(&mut buffer), if packets < MOST_PACKETS_PER_TICK => {
                    packets += 1;
                    // Errors here are ICMP echoes of what we sent; the media timeout judges them.
                    if let Ok((length, source)) = received {
                        self.packet(&buffer[..length], source);
                    }
                }
                _ = clock.tick() => {
                    packets = 0;
                    self.tick().await;
                }
            }
            self.pass_on();
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play { clip, tag } => self.player = Some(Player::new(clip, tag)),
            Command::StopPlaying => self.player = None,
            Command::Record(recorder) => {
                self.line.clear();
                self.expect_audio_from_now();
                let voice = VoiceDetector::new(self.silence);
                self.recording = Some(Recording { recorder, voice });
            }
            Command::StopRecording(reply) => {
                self.timeline.flush(self.began.elapsed(), &mut self.line);
                self.pass_on();
                let _ = reply.send(self.recording.take().map(|recording| recording.recorder));
            }
            Command::Statistics(reply) => {
                let (received, lost) = self.timeline.counts();
                let _ = reply.send(PacketStatistics { received, lost, refused: self.refused });
            }
            Command::Renegotiated(plan) => self.renegotiated(plan),
        }
    }

    fn renegotiated(&mut self, plan: MediaPlan) {
        self.latch.redescribe(plan.peer);
        self.outbound.renegotiated(&plan);
        self.expect_audio_from_now();
        self.plan = plan;
    }

    fn expect_audio_from_now(&mut self) {
        self.heard_at = Instant::now();
        self.lost_reported = false;
    }

    fn packet(&mut self, datagram: &[u8], source: SocketAddr) {
        let Some((packet, content)) = self.understood(datagram) else {
            self.refused += 1;
            return;
        };
        let now = self.began.elapsed();
        match self.latch.admit(source, packet.ssrc(), now) {
            Admission::Refused => {
                self.refused += 1;
                return;
            }
            Admission::NewStream => {
                self.timeline.restart(now, &mut self.line);
                self.keys = KeyDecoder::default();
            }
            Admission::SameStream => {}
        }
        self.expect_audio_from_now();
        let (timestamp, payload) = (packet.timestamp(), packet.payload());
        let samples = match content {
            Content::Audio(codec) => payload.iter().map(|octet| codec.decode(*octet)).collect(),
            Content::Keys => {
                if let Some(key) = self.keys.push(timestamp, packet.marker_bit(), payload) {
                    self.report(MediaEvent::Key(key));
                }
                Vec::new()
            }
            Content::Noise => Vec::new(),
        };
        self.timeline.push((packet.sequence_number(), timestamp), samples, now, &mut self.line);
    }

    fn understood<'a>(&self, datagram: &'a [u8]) -> Option<(RtpPacket<'a>, Content)> {
        let packet = RtpPacket::parse(datagram).ok()?;
        let payload_type = packet.payload_type();
        let content = if payload_type == self.plan.payload_type {
            Content::Audio(self.plan.codec)
        } else if Some(payload_type) == self.plan.key_payload_type {
            Content::Keys
        } else if payload_type == COMFORT_NOISE {
            Content::Noise
        } else {
            return None;
        };
        Some((packet, content))
    }

    async fn tick(&mut self) {
        self.timeline.tick(self.began.elapsed(), &mut self.line);
        let expects_audio = self.plan.direction.receive;
        if expects_audio && !self.lost_reported && self.heard_at.elapsed() >= self.timeout {
            self.lost_reported = true;
            self.report(MediaEvent::Lost);
        }
        self.speak().await;
    }

    /// Sends the next packet. While the peer holds the call the prompt waits.
    async fn speak(&mut self) {
        let target = self.latch.source().or(self.plan.peer);
        let Some(target) = target.filter(|_| self.plan.direction.send) else {
            self.outbound.pause();
            return;
        };
        let samples = match &mut self.player {
            Some(player) => player.next(self.outbound.samples_per_packet()),
            None => &[],
        };
        let packet = self.outbound.packet(samples);
        // A full send buffer or an unreachable peer loses one packet, as the network may.
        let _ = self.sockets.rtp.send_to(packet, target).await;
        if let Some(player) = self.player.take_if(|player| player.finished()) {
            self.report(MediaEvent::ClipEnded(player.tag));
        }
    }

    /// Gives the line of samples to whoever records and listens. While the peer sends nothing by
    /// agreement, time stands still for both.
    fn pass_on(&mut self) {
        if self.line.is_empty() {
            return;
        }
        let expects_audio = self.plan.direction.receive;
        let mut heard = None;
        if let Some(recording) = self.recording.as_mut().filter(|_| expects_audio) {
            heard = recording.voice.push(&self.line);
            if let Err(error) = recording.recorder.write(&self.line) {
                self.recording = None;
                self.report(MediaEvent::RecorderFailed(error));
            }
        }
        self.line.clear();
        if let Some(event) = heard {
            self.report(MediaEvent::Voice(event));
        }
    }

    fn report(&self, event: MediaEvent) {
        if let Err(error) = self.events.try_send(event) {
            tracing::warn!(reason = %error, "an audio event was dropped");
        }
    }
}

#[derive(Clone, Copy)]
enum Content {
    Audio(Codec),
    Keys,
    Noise,
}

/// One tick a packet. After a stall the missed ticks follow at once, so that time stays true.
fn clock(plan: &MediaPlan) -> Interval {
    let samples = u64::try_from(plan.samples_per_packet).unwrap_or(160);
    let mut clock =
        tokio::time::interval(Duration::from_millis(samples * 1_000 / u64::from(SAMPLE_RATE)));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    clock
}
