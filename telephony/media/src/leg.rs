//! One call as its worker carries it: packets in, packets out, whenever it is visited.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rtp_types::RtpPacket;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use crate::bridge::Lane;
use crate::clip::Player;
use crate::coding::Decoding;
use crate::key_pad::KeyPad;
use crate::latch::{Admission, Latch};
use crate::outbound::Outbound;
use crate::pressing::{Pressing, Sending};
use crate::quality::{CallQuality, Level};
use crate::reception::Reception;
use crate::recorder::Recorder;
use crate::reports::Reports;
use crate::session::{Command, MediaEvent, PacketStatistics, SessionSetup};
use crate::timeline::Timeline;
use crate::tones::tones_of;
use crate::wire::{Arrival, Wire};
use crate::{MediaPlan, SAMPLE_RATE, VoiceDetector};

/// An Ethernet frame: no telephone sends larger packets.
const LARGEST_PACKET: usize = 1_500;
/// Packets taken at one visit: five seconds of a stalled call, and the bound of a flood.
const MOST_PACKETS_PER_VISIT: usize = 256;
/// The packet time that a visit is made for, in samples.
const USUAL_PACKET: usize = 160;
/// The same for reports, of which a peer sends one in five seconds.
const MOST_REPORTS_PER_VISIT: usize = 8;
const VISITS_PER_REPORT: u32 = 10;
/// RFC 3389: background noise that we hear as silence.
const COMFORT_NOISE: u8 = 13;

/// Memory that a worker lends to the leg it visits.
pub(crate) struct Scratch {
    datagram: [u8; LARGEST_PACKET],
    /// One packet, decoded.
    samples: Vec<i16>,
    /// The caller's time since the last visit.
    line: Vec<i16>,
}

impl Default for Scratch {
    fn default() -> Self {
        let room = || Vec::with_capacity(LARGEST_PACKET);
        Self { datagram: [0; LARGEST_PACKET], samples: room(), line: room() }
    }
}

pub(crate) struct Leg {
    wire: Wire,
    plan: MediaPlan,
    timeout: Duration,
    silence: Duration,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<MediaEvent>,
    visits: u32,
    began: Instant,
    heard_at: Instant,
    send_at: Instant,
    lost_reported: bool,
    latch: Latch,
    timeline: Timeline,
    keys: KeyPad,
    pressing: Pressing,
    decoding: Decoding,
    outbound: Outbound,
    player: Option<Player>,
    joined: Option<Joined>,
    recording: Option<Recording>,
    reception: Reception,
    reports: Reports,
    level_in: Level,
    level_out: Level,
    refused: u64,
}

/// What goes to the other call of a bridge, and what comes from it.
struct Joined {
    says: Lane,
    hears: Lane,
}

struct Recording {
    recorder: Recorder,
    voice: VoiceDetector,
}

impl Leg {
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
            wire: Wire::new(sockets, &plan),
            plan,
            timeout,
            silence,
            commands,
            events,
            visits: 0,
            began: now,
            heard_at: now,
            send_at: now,
            lost_reported: false,
            timeline: Timeline::default(),
            keys: KeyPad::new(plan.key_payload_type.is_none()),
            pressing: Pressing::default(),
            decoding: Decoding::of(plan.codec),
            player: None,
            joined: None,
            recording: None,
            reception: Reception::default(),
            reports: Reports::new(Duration::ZERO),
            level_in: Level::default(),
            level_out: Level::default(),
            refused: 0,
        }
    }

    /// Whether its packets do not fit the usual visits, so that it wants twice as many.
    pub(crate) const fn in_a_hurry(&self) -> bool {
        self.plan.samples_per_packet % USUAL_PACKET != 0
    }

    /// Takes what arrived and sends what is due. Says whether the call goes on.
    pub(crate) fn visit(&mut self, now: Instant, scratch: &mut Scratch) -> bool {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.obey(command, now, scratch),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.say_goodbye(now);
                    return false;
                }
            }
        }
        // Packets before the clock: after a stall of ours nothing must look late.
        self.listen(now, scratch);
        self.timeline.tick(self.since(now), &mut scratch.line);
        self.notice_absence(now);
        self.pass_on(now, scratch);
        self.speak(now, scratch);
        self.exchange_reports(now, scratch);
        true
    }

    fn since(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }

    fn obey(&mut self, command: Command, now: Instant, scratch: &mut Scratch) {
        match command {
            Command::Play { clip, tag } => self.player = Some(Player::new(clip, tag)),
            Command::StopPlaying => self.player = None,
            Command::Record(recorder) => {
                self.expect_audio_from(now);
                let voice = VoiceDetector::new(self.silence);
                self.recording = Some(Recording { recorder, voice });
            }
            Command::StopRecording(reply) => {
                self.listen(now, scratch);
                self.timeline.flush(self.since(now), &mut scratch.line);
                self.pass_on(now, scratch);
                let _ = reply.send(self.recording.take().map(|recording| recording.recorder));
            }
            Command::Statistics(reply) => {
                let (received, lost) = self.timeline.counts();
                let _ = reply.send(PacketStatistics { received, lost, refused: self.refused });
            }
            Command::Quality(reply) => {
                let _ = reply.send(self.quality());
            }
            Command::Press(key, reply) => {
                let _ = reply.send(self.pressing.press(key));
            }
            Command::HearTones(listen) => self.keys.hear_tones(listen),
            Command::Join { says, hears } => self.joined = Some(Joined { says, hears }),
            Command::Part => self.joined = None,
            Command::Renegotiated(plan) => self.renegotiated(plan, now),
        }
    }

    fn renegotiated(&mut self, plan: MediaPlan, now: Instant) {
        self.latch.redescribe(plan.peer);
        self.wire.renegotiated(&plan);
        if plan.codec != self.plan.codec {
            self.decoding = Decoding::of(plan.codec);
        }
        self.outbound.renegotiated(&plan);
        self.expect_audio_from(now);
        self.plan = plan;
    }

    fn expect_audio_from(&mut self, now: Instant) {
        self.heard_at = now;
        self.lost_reported = false;
    }

    fn listen(&mut self, now: Instant, scratch: &mut Scratch) {
        for _ in 0..MOST_PACKETS_PER_VISIT {
            match self.wire.receive(&mut scratch.datagram) {
                Arrival::Nothing => return,
                Arrival::Audio(length, source) => self.packet(length, source, now, scratch),
                Arrival::Reports(length, source) => {
                    self.reported(&scratch.datagram[..length], source, now);
                }
                Arrival::Refused => self.refused += 1,
            }
        }
    }

    fn listen_for_reports(&mut self, now: Instant, scratch: &mut Scratch) {
        for _ in 0..MOST_REPORTS_PER_VISIT {
            match self.wire.receive_reports(&mut scratch.datagram) {
                Arrival::Reports(length, source) => {
                    self.reported(&scratch.datagram[..length], source, now);
                }
                Arrival::Nothing => return,
                Arrival::Audio(..) | Arrival::Refused => self.refused += 1,
            }
        }
    }

    fn reported(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) {
        let since = self.since(now);
        let ours = self.outbound.sent().stream;
        let ours = self.latch.vouches_for(source) && self.reports.heard(datagram, ours, since);
        self.refused += u64::from(!ours);
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
            }
            Admission::SameStream => {}
        }
        self.expect_audio_from(now);
        let (timestamp, payload) = (packet.timestamp(), packet.payload());
        let position = (packet.sequence_number(), timestamp);
        let timed = matches!(content, Content::Audio);
        self.reception.packet(packet.ssrc(), position, since, timed);
        samples.clear();
        match content {
            Content::Audio => {
                self.decoding.decode(payload, samples);
                if let Some(joined) = &self.joined {
                    joined.says.speak(timestamp, samples, self.reception.jitter_ms().0);
                }
            }
            Content::Keys => {
                let press = (timestamp, packet.marker_bit());
                if let Some(key) = self.keys.event(press, payload, since) {
                    if let Some(joined) = &self.joined {
                        joined.says.press(key);
                    }
                    self.report(MediaEvent::Key(key));
                }
            }
            Content::Noise => {}
        }
        self.timeline.push(position, samples, since, line);
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

    fn notice_absence(&mut self, now: Instant) {
        let expects_audio = self.plan.direction.receive && !self.lost_reported;
        if expects_audio && now.saturating_duration_since(self.heard_at) >= self.timeout {
            self.lost_reported = true;
            self.report(MediaEvent::Lost);
        }
    }

    /// Sends what is due by now. While the peer holds the call the prompt waits.
    fn speak(&mut self, now: Instant, scratch: &mut Scratch) {
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

    /// Gives the line of samples to whoever records and listens. While the peer sends nothing by
    /// agreement, time stands still for both.
    fn pass_on(&mut self, now: Instant, scratch: &mut Scratch) {
        let expects_audio = self.plan.direction.receive;
        let mut heard = None;
        if let Some(recording) = self.recording.as_mut().filter(|_| expects_audio) {
            heard = recording.voice.push(&scratch.line);
            if let Err(error) = recording.recorder.write(&scratch.line) {
                self.recording = None;
                self.report(MediaEvent::RecorderFailed(error));
            }
        }
        self.level_in.hear(&scratch.line);
        let (since, events) = (self.since(now), &self.events);
        self.keys.audio(&scratch.line, since, |key| report(events, MediaEvent::Key(key)));
        scratch.line.clear();
        if let Some(event) = heard {
            self.report(MediaEvent::Voice(event));
        }
    }

    /// Reports are rare: they are looked for every tenth visit.
    fn exchange_reports(&mut self, now: Instant, scratch: &mut Scratch) {
        self.visits = self.visits.wrapping_add(1);
        if self.visits % VISITS_PER_REPORT != 0 {
            return;
        }
        self.listen_for_reports(now, scratch);
        let since = self.since(now);
        let Some((target, shared)) = self.reports_target() else { return };
        let sent = self.outbound.sent();
        if let Some(packet) = self.reports.due(since, sent, &mut self.reception) {
            self.wire.send_reports(packet, target, shared);
        }
    }

    fn say_goodbye(&mut self, now: Instant) {
        let (since, sent) = (self.since(now), self.outbound.sent());
        let Some((target, shared)) = self.reports_target() else { return };
        if let Some(packet) = self.reports.goodbye(since, sent, &mut self.reception) {
            self.wire.send_reports(packet, target, shared);
        }
    }

    /// Where reports go: behind NAT, beside the place that the audio comes from.
    fn reports_target(&self) -> Option<(SocketAddr, bool)> {
        let shared = self.plan.reports_share_port;
        let described = self.plan.reports?;
        match self.latch.source() {
            Some(source) if shared => Some((source, true)),
            Some(source) if source.ip() != described.ip() => {
                Some((SocketAddr::new(source.ip(), source.port().checked_add(1)?), false))
            }
            _ => Some((described, shared)),
        }
    }

    fn quality(&self) -> CallQuality {
        let (jitter_ms, max_jitter_ms) = self.reception.jitter_ms();
        let (late, concealed) = self.joined.as_ref().map_or((0, 0), |joined| joined.says.counts());
        CallQuality {
            received: self.reception.received,
            lost: self.reception.lost(),
            late,
            duplicate: self.reception.duplicate,
            reordered: self.reception.reordered,
            refused: self.refused,
            jitter_ms,
            max_jitter_ms,
            concealed_ms: concealed / u64::from(SAMPLE_RATE / 1_000),
            round_trip: self.reports.round_trip,
            remote_lost: self.reports.remote_lost,
            sent: self.outbound.sent().packets,
            first_packet_after: self.reception.first_at,
            level_in_dbfs: self.level_in.dbfs(),
            level_out_dbfs: self.level_out.dbfs(),
            codec: Some(self.plan.codec),
            srtp: self.plan.srtp.map(|keys| keys.ours.suite),
        }
    }

    fn report(&self, event: MediaEvent) {
        report(&self.events, event);
    }
}

fn report(events: &mpsc::Sender<MediaEvent>, event: MediaEvent) {
    if let Err(error) = events.try_send(event) {
        tracing::warn!(reason = %error, "an audio event was dropped");
    }
}

#[derive(Clone, Copy)]
enum Content {
    Audio,
    Keys,
    Noise,
}

fn packet_time(samples: usize) -> Duration {
    let samples = u32::try_from(samples).unwrap_or(160).max(1);
    Duration::from_secs(1) * samples / SAMPLE_RATE
}
