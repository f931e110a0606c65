//! An answered call with its audio, and what happens on it, whichever way it comes: signalling and
//! audio told as one.

use std::collections::VecDeque;

use mostik_media::{Clip, MediaEvent, MediaSession, Negotiation, VoiceEvent};
use mostik_sip::{Call, CallEvent, EndedBy, EndedWhy};
use tokio::sync::mpsc;

use crate::outgoing::Leg;
use crate::reoffer::{reanswered, reoffered};

/// One side of a call that we carry.
pub(crate) struct LiveLine {
    pub(crate) call: Call,
    pub(crate) session: MediaSession,
    negotiation: Negotiation,
    heard: mpsc::Receiver<MediaEvent>,
    /// What happened before the end of the call and was not told yet.
    waiting: VecDeque<LineEvent>,
    /// The audio has ended for good.
    deaf: bool,
    /// Counts clips, to tell the end of this one from a late report of the last.
    playing: u32,
}

/// What happened on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEvent {
    /// A key, by whichever way.
    Key(char),
    /// Somebody began to speak.
    SpeechStarted,
    /// … and was silent then.
    SilenceAfterSpeech,
    /// A single tone, as mailboxes sound; told to who listens for one.
    Beep,
    /// The clip was played to its end.
    ClipEnded,
    /// No more audio arrives.
    AudioLost,
    /// The recording cannot be written on.
    RecorderFailed,
    /// The other side hung up.
    HungUp,
    /// The signalling peer vanished or broke the dialog.
    Broken,
    /// We are shutting down.
    Shutdown,
}

/// Something that arrived and is still to be dealt with, see [`LiveLine::deal_with`].
pub(crate) enum Arrived {
    Told(LineEvent),
    Signal(CallEvent),
    Audio(Option<MediaEvent>),
}

impl LiveLine {
    pub(crate) const fn new(
        call: Call,
        session: MediaSession,
        negotiation: Negotiation,
        heard: mpsc::Receiver<MediaEvent>,
    ) -> Self {
        Self {
            call,
            session,
            negotiation,
            heard,
            waiting: VecDeque::new(),
            deaf: false,
            playing: 0,
        }
    }

    /// A call of ours.
    pub(crate) fn of(leg: Leg) -> Self {
        let Leg { call, session, negotiation, heard, .. } = leg;
        Self::new(call, session, negotiation, heard)
    }

    /// Waits for the next thing. Cancel-safe.
    pub(crate) async fn arrival(&mut self) -> Arrived {
        if let Some(event) = self.waiting.pop_front() {
            return Arrived::Told(event);
        }
        tokio::select! {
            event = self.call.next_event() => Arrived::Signal(event),
            event = self.heard.recv(), if !self.deaf => Arrived::Audio(event),
        }
    }

    /// What it means; nothing when it was settled with the other phone alone. Not cancel-safe.
    pub(crate) async fn deal_with(&mut self, arrived: Arrived) -> Option<LineEvent> {
        match arrived {
            Arrived::Told(event) => Some(event),
            Arrived::Audio(None) => {
                self.deaf = true;
                Some(LineEvent::AudioLost)
            }
            Arrived::Audio(Some(event)) => self.audible(event),
            Arrived::Signal(event) => self.signalled(event).await,
        }
    }

    async fn signalled(&mut self, event: CallEvent) -> Option<LineEvent> {
        match event {
            CallEvent::Ended(ended) => {
                self.hear_the_rest().await;
                self.waiting.push_back(match (ended.by, ended.why) {
                    (_, EndedWhy::Shutdown) => LineEvent::Shutdown,
                    (EndedBy::Peer, _) => LineEvent::HungUp,
                    _ => LineEvent::Broken,
                });
                self.waiting.pop_front()
            }
            CallEvent::Key(key) => Some(LineEvent::Key(key)),
            CallEvent::Reoffer { offer } => {
                reoffered(&self.call, &self.session, &mut self.negotiation, offer).await;
                None
            }
            CallEvent::Transfer(_) => {
                // Nobody moves a call of ours elsewhere.
                self.call.refuse_transfer(603).await.ok();
                None
            }
            CallEvent::Reanswer { answer } => {
                reanswered(&self.session, &self.negotiation, &answer).await;
                None
            }
        }
    }

    /// What was said before the end is heard before it: audio and signalling travel apart.
    async fn hear_the_rest(&mut self) {
        self.session.catch_up().await;
        while let Ok(event) = self.heard.try_recv() {
            let event = self.audible(event);
            self.waiting.extend(event);
        }
    }

    fn audible(&self, event: MediaEvent) -> Option<LineEvent> {
        match event {
            MediaEvent::Key(key) => Some(LineEvent::Key(key)),
            MediaEvent::Voice(VoiceEvent::SpeechStarted) => Some(LineEvent::SpeechStarted),
            MediaEvent::Voice(VoiceEvent::SilenceAfterSpeech) => {
                Some(LineEvent::SilenceAfterSpeech)
            }
            MediaEvent::ClipEnded(tag) => (tag == self.playing).then_some(LineEvent::ClipEnded),
            MediaEvent::Lost => Some(LineEvent::AudioLost),
            MediaEvent::Beep => Some(LineEvent::Beep),
            MediaEvent::RecorderFailed(error) => {
                tracing::error!(%error, "a recording broke off");
                Some(LineEvent::RecorderFailed)
            }
        }
    }

    /// Plays this instead of what still plays.
    pub(crate) async fn play(&mut self, clip: Clip) {
        self.playing += 1;
        self.session.play(clip, self.playing).await;
    }

    /// Stops what plays.
    pub(crate) async fn stop_playing(&mut self) {
        self.playing += 1;
        self.session.stop_playing().await;
    }
}
