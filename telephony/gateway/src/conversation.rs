//! One answered call: carries what happens into the [`CallFlow`], and does what it says.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use mostik_media::{MediaEvent, MediaSession, Negotiation, Recorder, RecorderError, VoiceEvent};
use mostik_sip::{Call, CallEvent, EndedBy, EndedWhy};
use tokio::sync::mpsc;

use crate::call_flow::{Action, CallFlow, CallState, Input, Step};
use crate::facts::steps;
use crate::gateway::Shared;
use crate::notebook::Notebook;
use crate::reception::Line;
use crate::reoffer::{reanswered, reoffered};
use crate::timers::Timers;
use crate::{AudioFacts, CallPlan, CompletedCall, Prompt, Recording, Termination};

/// A call while it lasts.
pub(crate) struct Conversation {
    shared: Arc<Shared>,
    plan: CallPlan,
    call: Call,
    negotiation: Negotiation,
    session: MediaSession,
    heard: mpsc::Receiver<MediaEvent>,
    flow: CallFlow,
    timers: Timers,
    /// What the host would be told if everything ended now.
    told: CompletedCall,
    notebook: Notebook,
    prepared: Option<Recorder>,
    /// What happened and was not dealt with yet.
    waiting: VecDeque<Input>,
    /// Counts prompts, to tell the end of this one from a late report of the last.
    playing: u32,
    hang_up: bool,
}

impl Conversation {
    /// `told` is the call as it was answered.
    pub(crate) fn start(
        shared: Arc<Shared>,
        told: CompletedCall,
        plan: CallPlan,
        line: Line,
    ) -> Self {
        let Line { call, negotiation, session, heard, anonymous, .. } = line;
        let conversation = Self {
            flow: CallFlow::new(plan.language, plan.promise, !anonymous),
            timers: Timers::new(plan.max_message),
            notebook: Notebook::open(shared.journal.clone(), told.clone()),
            shared,
            plan,
            call,
            negotiation,
            session,
            heard,
            told,
            prepared: None,
            waiting: VecDeque::new(),
            playing: 0,
            hang_up: false,
        };
        tracing::info!(line = conversation.told.line, codec = conversation.told.codec, "answered");
        conversation
    }

    /// Carries the call to its end and the host's having kept it.
    pub(crate) async fn run(mut self) {
        let mut input = Input::Answered;
        loop {
            self.take(input).await;
            if let Some(termination) = self.flow.termination() {
                return self.close(termination).await;
            }
            input = self.next_input().await;
        }
    }

    async fn next_input(&mut self) -> Input {
        loop {
            if let Some(input) = self.waiting.pop_front() {
                return input;
            }
            let input = tokio::select! {
                event = self.call.next_event() => self.signalled(event).await,
                event = self.heard.recv() => match event {
                    Some(event) => self.audible(event),
                    None => Some(Input::MediaLost),
                },
                timer = self.timers.next() => Some(Input::TimeOut(timer)),
                () = self.shared.hurry.cancelled() => Some(Input::Shutdown),
            };
            if let Some(input) = input {
                return input;
            }
        }
    }

    async fn signalled(&mut self, event: CallEvent) -> Option<Input> {
        match event {
            CallEvent::Ended(ended) => {
                self.hear_the_rest().await;
                self.waiting.push_back(match (ended.by, ended.why) {
                    (_, EndedWhy::Shutdown) => Input::Shutdown,
                    (EndedBy::Peer, _) => Input::RemoteHungUp,
                    _ => Input::TrunkFailed,
                });
                None
            }
            CallEvent::Key(key) => Some(self.pressed(key)),
            CallEvent::Reoffer { offer } => {
                reoffered(&self.call, &self.session, &mut self.negotiation, offer).await;
                None
            }
            CallEvent::Transfer(_) => {
                // Nobody moves a caller who is leaving a message.
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
            let input = self.audible(event);
            self.waiting.extend(input);
        }
    }

    fn audible(&mut self, event: MediaEvent) -> Option<Input> {
        match event {
            MediaEvent::Key(key) => Some(self.pressed(key)),
            MediaEvent::Voice(VoiceEvent::SpeechStarted) => Some(Input::SpeechStarted),
            MediaEvent::Voice(VoiceEvent::SilenceAfterSpeech) => Some(Input::SilenceAfterSpeech),
            MediaEvent::ClipEnded(tag) => (tag == self.playing).then_some(Input::PromptEnded),
            MediaEvent::Lost => Some(Input::MediaLost),
            // Only while listening for a mailbox, which nobody does who was called.
            MediaEvent::Beep => None,
            MediaEvent::RecorderFailed(error) => {
                tracing::error!(%error, "a recording broke off");
                Some(Input::RecorderFailed)
            }
        }
    }

    fn pressed(&mut self, key: char) -> Input {
        self.told.keys.push(key);
        Input::Key(key)
    }

    /// Feeds the machine, and what doing its bidding brings about.
    async fn take(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Step::Moved(flow, actions) = self.flow.step(input) else { continue };
            self.flow = flow;
            for action in actions {
                inputs.extend(self.perform(action).await);
            }
        }
    }

    async fn perform(&mut self, action: Action) -> Option<Input> {
        match action {
            Action::Play(prompt) => self.play(prompt).await,
            Action::StopPlaying => {
                self.playing += 1;
                self.session.stop_playing().await;
                None
            }
            Action::StartTimer(timer) => {
                self.timers.start(timer);
                None
            }
            Action::PrepareRecording => {
                let prepared = self.prepare_recording().await;
                prepared.err().map(|error| self.failed(&error))
            }
            Action::StartRecording => self.start_recording().await,
            Action::StopRecording => {
                self.stop_recording().await;
                None
            }
            Action::HangUp => {
                self.hang_up = true;
                None
            }
        }
    }

    async fn play(&mut self, prompt: Prompt) -> Option<Input> {
        self.playing += 1;
        match self.shared.prompts.clip(prompt) {
            Some(clip) => {
                self.session.play(clip, self.playing).await;
                None
            }
            None => Some(Input::PromptEnded),
        }
    }

    async fn prepare_recording(&mut self) -> Result<(), RecorderError> {
        let path = self.shared.journal.recording(&self.told.id);
        // A message that is cut off at its limit still has room for the last packets.
        let longest = self.plan.max_message * 2;
        let created = tokio::task::spawn_blocking(move || Recorder::create(&path, longest)).await;
        self.prepared = Some(created.unwrap_or(Err(RecorderError::BrokenOff))?);
        // No word is asked for that a crash could lose.
        self.notebook.begun().await;
        Ok(())
    }

    async fn start_recording(&mut self) -> Option<Input> {
        let Some(recorder) = self.prepared.take() else { return Some(Input::RecorderFailed) };
        self.session.record(recorder).await;
        self.told.tone_at = Some(Timestamp::now());
        self.notebook.note(&self.told);
        None
    }

    async fn stop_recording(&mut self) {
        match self.session.stop_recording().await {
            Some(Ok(recorded)) => {
                self.told.recording = Some(Recording {
                    file_name: format!("{}.wav", self.told.id),
                    seconds: recorded.seconds,
                    bytes: recorded.bytes,
                });
            }
            Some(Err(error)) => {
                self.failed(&error);
            }
            None => {}
        }
        self.told.termination = match self.flow.state {
            CallState::Thanking(_, end) => end.into(),
            CallState::Parting(termination) | CallState::Ended(termination) => termination,
            _ => self.told.termination,
        };
        self.notebook.note(&self.told);
    }

    fn failed(&self, error: &RecorderError) -> Input {
        tracing::error!(call = self.told.id, %error, "a message cannot be recorded");
        Input::RecorderFailed
    }

    /// Says BYE and hands the call over, with the last of its messages.
    async fn close(mut self, termination: Termination) {
        self.discard_unused_recording().await;
        let heard = self.session.quality().await;
        let told = self.flow.told;
        self.told.ended_at = Timestamp::now();
        self.told.termination = termination;
        self.told.language = told.language;
        self.told.promise = told.promise_heard.then_some(told.promise);
        self.told.facts.audio = Some(AudioFacts::of(&heard));
        self.notebook.note(&self.told);
        let seconds = self.told.recording.as_ref().map_or(0.0, |recording| recording.seconds);
        tracing::info!(%termination, seconds, lost = heard.lost, "ended");
        let Self { shared, call, mut told, notebook, hang_up, .. } = self;
        let ladder = call.ladder();
        if hang_up {
            call.hang_up().await;
        }
        notebook.close().await;
        told.facts.ladder = steps(&ladder);
        shared.delivery.deliver(told).await;
    }

    /// A recording that was prepared for the tone and never begun.
    async fn discard_unused_recording(&mut self) {
        if let Some(unused) = self.prepared.take()
            && let Ok(recorded) = unused.finish().await
            && let Err(error) = tokio::fs::remove_file(&recorded.path).await
        {
            tracing::warn!(%error, "an unused recording stays");
        }
    }
}
