//! The handle to one call's audio, which a worker carries.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::bridge::Lane;
use crate::leg::Leg;
use crate::recorder::{Recorded, Recorder, RecorderError};
use crate::{CallQuality, Clip, MediaPlan, PressError, RtpSockets, VoiceEvent};

/// Commands that may wait for the worker, which takes them with the next packet.
const MOST_COMMANDS: usize = 16;
/// Events that may wait for the call; beyond, keys and voice are dropped with a warning.
const MOST_EVENTS: usize = 64;

/// What happened to a call's audio.
#[derive(Debug)]
pub enum MediaEvent {
    /// The caller pressed a key.
    Key(char),
    /// The caller began or stopped to speak; only while recording or listening.
    Voice(VoiceEvent),
    /// A single tone of at least 400 ms ended, as a voice mailbox gives it; only while listening.
    Beep,
    /// The clip with this tag was played to its end.
    ClipEnded(u32),
    /// No audio arrived for the configured time, though the peer may send.
    Lost,
    /// The recording cannot go on. What was written before is kept.
    RecorderFailed(RecorderError),
}

/// Packets in the caller's direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PacketStatistics {
    /// Those that belonged to the call.
    pub received: u64,
    /// Those the sequence numbers prove missing.
    pub lost: u64,
    /// Those from somewhere else, or broken.
    pub refused: u64,
}

/// How a session is set up.
#[derive(Debug)]
pub struct SessionSetup {
    /// The open port pair.
    pub sockets: RtpSockets,
    /// What was agreed.
    pub plan: MediaPlan,
    /// Where the signalling comes from: audio from there is believed too.
    pub signalling: std::net::IpAddr,
    /// How long nothing may arrive before [`MediaEvent::Lost`].
    pub timeout: Duration,
    /// How long a silence after speech must be to be reported.
    pub silence: Duration,
}

#[derive(Debug)]
pub(crate) enum Command {
    Play { clip: Clip, tag: u32 },
    StopPlaying,
    Record(Recorder),
    StopRecording(oneshot::Sender<Option<Recorder>>),
    Listen { pause: Duration },
    StopListening,
    Press(char, oneshot::Sender<Result<(), PressError>>),
    HearTones(bool),
    Join { says: Lane, hears: Lane },
    Part,
    Renegotiated(MediaPlan),
    Statistics(oneshot::Sender<PacketStatistics>),
    Quality(oneshot::Sender<CallQuality>),
    CatchUp(oneshot::Sender<()>),
}

/// A handle to one call's audio. When it is dropped the audio ends, and soon the ports are free
/// again.
#[derive(Debug)]
pub struct MediaSession {
    commands: mpsc::Sender<Command>,
}

impl MediaSession {
    /// Starts to send silence and to listen.
    pub fn start(setup: SessionSetup) -> (Self, mpsc::Receiver<MediaEvent>) {
        let (commands, incoming) = mpsc::channel(MOST_COMMANDS);
        let (events, heard) = mpsc::channel(MOST_EVENTS);
        let workers = std::sync::Arc::clone(&setup.sockets.workers);
        workers.carry(Leg::new(setup, incoming, events));
        (Self { commands }, heard)
    }

    /// Plays a clip from its beginning, instead of one that still plays.
    pub async fn play(&self, clip: Clip, tag: u32) {
        self.tell(Command::Play { clip, tag }).await;
    }

    /// Stops the clip that plays; its end is not reported.
    pub async fn stop_playing(&self) {
        self.tell(Command::StopPlaying).await;
    }

    /// Records what the caller says from now on, and listens for voice. The time after which
    /// missing audio is reported begins anew: who only listened may have sent nothing so far.
    pub async fn record(&self, recorder: Recorder) {
        self.tell(Command::Record(recorder)).await;
    }

    /// Ends the recording; `None` when there is none, or it had failed.
    pub async fn stop_recording(&self) -> Option<Result<Recorded, RecorderError>> {
        let (reply, recorder) = oneshot::channel();
        self.tell(Command::StopRecording(reply)).await;
        match recorder.await {
            Ok(Some(recorder)) => Some(recorder.finish().await),
            _ => None,
        }
    }

    /// Listens for voice and for beeps without recording: is it a person who answered? Speech that
    /// pauses for `pause` has ended. A recording ends it.
    pub async fn listen(&self, pause: Duration) {
        self.tell(Command::Listen { pause }).await;
    }

    /// Ends a [`MediaSession::listen`].
    pub async fn stop_listening(&self) {
        self.tell(Command::StopListening).await;
    }

    /// Goes on with what a later offer agreed on (hold, resume, another place).
    pub async fn renegotiated(&self, plan: MediaPlan) {
        self.tell(Command::Renegotiated(plan)).await;
    }

    /// The packets so far.
    pub async fn statistics(&self) -> PacketStatistics {
        let (reply, statistics) = oneshot::channel();
        self.tell(Command::Statistics(reply)).await;
        statistics.await.unwrap_or_default()
    }

    /// Presses a key: an event when the peer understands events, else its tones. Keys are sent
    /// one after the other; a clip that plays waits for them.
    pub async fn press(&self, key: char) -> Result<(), PressError> {
        let (reply, pressed) = oneshot::channel();
        self.tell(Command::Press(key, reply)).await;
        pressed.await.unwrap_or(Err(PressError::Ended))
    }

    /// Whether keys are also looked for in the audio. Without being told, they are when the peer
    /// has no events; and never again once it has sent one, so that no key counts twice.
    pub async fn hear_tones(&self, listen: bool) {
        self.tell(Command::HearTones(listen)).await;
    }

    /// Joins two calls: each hears the other, whatever their codecs, and the keys of one are
    /// pressed at the other. A clip that plays on one of them is heard there instead. Both may be
    /// recorded, each on its own; a call that was joined to a third one before leaves it.
    pub async fn bridge(&self, other: &Self) {
        let (there, back) = (Lane::default(), Lane::default());
        self.tell(Command::Join { says: there.clone(), hears: back.clone() }).await;
        other.tell(Command::Join { says: back, hears: there }).await;
    }

    /// Lets the caller hear herself: a line's proof that audio passes both ways.
    pub async fn echo(&self) {
        let lane = Lane::default();
        self.tell(Command::Join { says: lane.clone(), hears: lane }).await;
    }

    /// Ends a [`MediaSession::bridge`] or [`MediaSession::echo`] for this side; the other hears
    /// silence until it is told the same.
    pub async fn part(&self) {
        self.tell(Command::Part).await;
    }

    /// Waits until everything that has arrived by now was listened to: what it tells is among the
    /// events. For the end of a call, which may overtake the last 20 ms of its audio.
    pub async fn catch_up(&self) {
        let (reply, caught_up) = oneshot::channel();
        self.tell(Command::CatchUp(reply)).await;
        let _ = caught_up.await;
    }

    /// What the audio was like so far.
    pub async fn quality(&self) -> CallQuality {
        let (reply, quality) = oneshot::channel();
        self.tell(Command::Quality(reply)).await;
        quality.await.unwrap_or_default()
    }

    async fn tell(&self, command: Command) {
        // The audio only ends before its handle when the process ends.
        let _ = self.commands.send(command).await;
    }
}
