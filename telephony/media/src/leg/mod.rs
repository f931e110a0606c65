//! One call as its worker carries it: packets in, packets out, whenever it is visited.

mod hearing;
mod reporting;
mod speaking;

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use crate::beep::BeepDetector;
use crate::bridge::Lane;
use crate::clip::Player;
use crate::coding::Decoding;
use crate::key_pad::KeyPad;
use crate::latch::Latch;
use crate::outbound::Outbound;
use crate::pressing::Pressing;
use crate::quality::Level;
use crate::reception::Reception;
use crate::recorder::Recorder;
use crate::reports::Reports;
use crate::session::{Command, MediaEvent, PacketStatistics, SessionSetup};
use crate::stream_clock::StreamClock;
use crate::timeline::Timeline;
use crate::wire::Wire;
use crate::{MediaPlan, VoiceDetector};

/// An Ethernet frame: no telephone sends larger packets.
const LARGEST_PACKET: usize = 1_500;
/// The packet time that a visit is made for, in samples.
const USUAL_PACKET: usize = 160;

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
    clock: StreamClock,
    outbound: Outbound,
    player: Option<Player>,
    joined: Option<Joined>,
    recording: Option<Recording>,
    listening: Option<Box<Listening>>,
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

/// Who listens without recording.
struct Listening {
    voice: VoiceDetector,
    beep: BeepDetector,
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
            clock: StreamClock::default(),
            player: None,
            joined: None,
            recording: None,
            listening: None,
            reception: Reception::default(),
            reports: Reports::new(Duration::ZERO),
            level_in: Level::default(),
            level_out: Level::default(),
            refused: 0,
        }
    }

    /// Whether its packets do not fit the usual visits, so that it wants twice as many.
    pub(crate) const fn in_a_hurry(&self) -> bool {
        !self.plan.samples_per_packet.is_multiple_of(USUAL_PACKET)
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
                self.listening = None;
            }
            Command::Listen { pause } => {
                let (voice, beep) = (VoiceDetector::new(pause), BeepDetector::default());
                self.listening = Some(Box::new(Listening { voice, beep }));
            }
            Command::StopListening => self.listening = None,
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
            Command::CatchUp(reply) => {
                self.listen(now, scratch);
                let _ = reply.send(());
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
            self.clock = StreamClock::default();
        }
        self.outbound.renegotiated(&plan);
        self.expect_audio_from(now);
        self.plan = plan;
    }

    fn expect_audio_from(&mut self, now: Instant) {
        self.heard_at = now;
        self.lost_reported = false;
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
