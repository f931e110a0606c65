//! One call-back: placed, led by the [`CallBackFlow`], noted, and handed over.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use mostik_media::{MediaEvent, MediaSession, Negotiation, RecorderError, VoiceEvent};
use mostik_sip::{Call, CallEvent, DialFailure, EndedBy, EndedWhy};
use tokio::sync::mpsc;

use super::desk::Ordered;
use super::flow::{Action, CallBackFlow, Input, Step};
use super::recording::Tape;
use super::timers::{PAUSE, Timers};
use super::{CallBackOrder, Outcome, Sentence, Spoken, notes};
use crate::facts::steps;
use crate::gateway::Shared;
use crate::notebook::Notebook;
use crate::outgoing::{Leg, NotPlaced, Progress};
use crate::reoffer::{reanswered, reoffered};
use crate::{AudioFacts, CompletedCall};

/// Places a call-back and carries it to its end and the host's having kept it.
pub(crate) async fn conduct(shared: Arc<Shared>, ordered: Ordered) {
    let Ordered { order, reply } = ordered;
    let mut told = notes::beginning(&order);
    tracing::Span::current().record("id", told.id.as_str());
    tracing::info!(attempt = order.attempt, about = order.about, "calling back");
    let placed = tokio::select! {
        placed = shared.calls_out.place(order.outgoing(), note_progress) => placed,
        () = shared.hurry.cancelled() => Err(DialFailure::ShuttingDown.into()),
    };
    match placed {
        Ok(leg) => {
            told.answered_at = Some(Timestamp::now());
            told.codec = leg.media.codec.name().into();
            told.facts.setup_milliseconds = Some(leg.setup_milliseconds);
            told = CallBack::start(Arc::clone(&shared), order, told, leg).run().await;
            let kept = shared.delivery.attempt(&told).await.is_ok();
            // Whoever ordered it may not wait for it any more.
            let _ = reply.send(told.clone());
            if !kept {
                shared.delivery.deliver(told).await;
            }
        }
        Err(why) => {
            let told = not_answered(told, &why);
            shared.delivery.mention(told.clone()).await;
            let _ = reply.send(told);
        }
    }
}

fn note_progress(progress: Progress) {
    tracing::debug!(?progress, "a call-back is on its way");
}

fn not_answered(mut told: CompletedCall, why: &NotPlaced) -> CompletedCall {
    let (outcome, termination) = notes::not_placed(why);
    tracing::info!(reason = %why, "a call-back was not answered");
    told.ended_at = Timestamp::now();
    told.termination = termination.into();
    note_outcome(&mut told, outcome);
    told
}

fn note_outcome(told: &mut CompletedCall, outcome: Outcome) -> bool {
    let Some(report) = told.call_back.as_mut() else { return false };
    let changed = report.outcome != outcome;
    report.outcome = outcome;
    changed
}

/// An answered call-back while it lasts.
struct CallBack {
    shared: Arc<Shared>,
    order: CallBackOrder,
    call: Call,
    negotiation: Negotiation,
    session: MediaSession,
    heard: mpsc::Receiver<MediaEvent>,
    flow: CallBackFlow,
    timers: Timers,
    tape: Tape,
    /// What the host would be told if everything ended now.
    told: CompletedCall,
    notebook: Notebook,
    /// What happened and was not dealt with yet.
    waiting: VecDeque<Input>,
    /// What is being said, and the tag of the piece that plays.
    saying: Option<Spoken>,
    playing: u32,
    last: Input,
    hang_up: bool,
}

impl CallBack {
    fn start(shared: Arc<Shared>, order: CallBackOrder, told: CompletedCall, leg: Leg) -> Self {
        let Leg { call, session, heard, negotiation, .. } = leg;
        tracing::info!(line = told.line, codec = told.codec, "a call-back was answered");
        Self {
            flow: CallBackFlow::new(order.news.after()),
            timers: Timers::new(&order),
            tape: Tape::new(shared.journal.clone(), &told.id, order.max_message),
            notebook: Notebook::open(shared.journal.clone(), told.clone()),
            shared,
            order,
            call,
            negotiation,
            session,
            heard,
            told,
            waiting: VecDeque::new(),
            saying: None,
            playing: 0,
            last: Input::Answered,
            hang_up: false,
        }
    }

    async fn run(mut self) -> CompletedCall {
        let mut input = Input::Answered;
        loop {
            self.take(input).await;
            if let Some(outcome) = self.flow.outcome() {
                return self.close(outcome).await;
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
                    Some(event) => self.audible(event).await,
                    None => Some(Input::TrunkFailed),
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
            }
            CallEvent::Key(key) => return Some(self.pressed(key)),
            CallEvent::Reoffer { offer } => {
                reoffered(&self.call, &self.session, &mut self.negotiation, offer).await;
            }
            CallEvent::Reanswer { answer } => {
                reanswered(&self.session, &self.negotiation, &answer).await;
            }
            CallEvent::Transfer(_) => {
                // Whom we call does not say whom we call next.
                self.call.refuse_transfer(603).await.ok();
            }
        }
        None
    }

    /// What was said before the end is heard before it: audio and signalling travel apart.
    async fn hear_the_rest(&mut self) {
        self.session.catch_up().await;
        while let Ok(event) = self.heard.try_recv() {
            let input = self.audible(event).await;
            self.waiting.extend(input);
        }
    }

    async fn audible(&mut self, event: MediaEvent) -> Option<Input> {
        match event {
            MediaEvent::Key(key) => Some(self.pressed(key)),
            MediaEvent::Voice(VoiceEvent::SpeechStarted) => Some(Input::SpeechStarted),
            MediaEvent::Voice(VoiceEvent::SilenceAfterSpeech) => Some(Input::SilenceAfterSpeech),
            MediaEvent::Beep => Some(Input::Beep),
            MediaEvent::ClipEnded(tag) if tag == self.playing => self.say_on().await,
            MediaEvent::ClipEnded(_) => None,
            MediaEvent::Lost => Some(Input::MediaLost),
            MediaEvent::RecorderFailed(error) => Some(self.failed(&error)),
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
            (self.flow, self.last) = (flow, input);
            // What she answered outlives us.
            if note_outcome(&mut self.told, flow.outcome_so_far()) {
                self.notebook.note(&self.told);
            }
            for action in actions {
                inputs.extend(self.perform(action).await);
            }
        }
    }

    async fn perform(&mut self, action: Action) -> Option<Input> {
        match action {
            Action::Say(sentence) => return self.say(sentence).await,
            Action::StopTalking => {
                self.playing += 1;
                self.session.stop_playing().await;
            }
            Action::Listen => self.session.listen(PAUSE).await,
            Action::StopListening => self.session.stop_listening().await,
            Action::PrepareRecording => return self.prepare_recording().await,
            Action::StartRecording => {
                if !self.tape.start(&self.session).await {
                    return Some(Input::RecorderFailed);
                }
                self.told.tone_at = Some(Timestamp::now());
                self.notebook.note(&self.told);
            }
            Action::StopRecording => self.stop_recording().await,
            Action::StartTimer(timer) => self.timers.start(timer),
            Action::StopTimer(timer) => self.timers.stop(timer),
            // This line has no operators to ring.
            Action::Connect => return Some(Input::NobodyFree),
            Action::HangUp => self.hang_up = true,
        }
        None
    }

    async fn say(&mut self, sentence: Sentence) -> Option<Input> {
        self.saying = Some(Spoken::new(sentence, &self.order));
        self.say_on().await
    }

    /// Plays the next piece of the sentence.
    async fn say_on(&mut self) -> Option<Input> {
        self.playing += 1;
        let next = self.saying.as_mut().and_then(|saying| saying.next(&self.shared.prompts));
        match next {
            Some(clip) => {
                self.session.play(clip, self.playing).await;
                None
            }
            None => Some(Input::Said),
        }
    }

    async fn prepare_recording(&mut self) -> Option<Input> {
        let prepared = self.tape.prepare().await;
        // No word is asked for that a crash could lose.
        self.notebook.begun().await;
        prepared.err().map(|error| self.failed(&error))
    }

    async fn stop_recording(&mut self) {
        match self.tape.stop(&self.session).await {
            Some(Ok(recording)) => self.told.recording = Some(recording),
            Some(Err(error)) => {
                self.failed(&error);
            }
            None => {}
        }
        if let Some(message) = self.flow.message {
            self.told.termination = message.into();
        }
        self.notebook.note(&self.told);
    }

    fn failed(&self, error: &RecorderError) -> Input {
        tracing::error!(call = self.told.id, %error, "an answer cannot be recorded");
        Input::RecorderFailed
    }

    /// Says BYE, and how it was.
    async fn close(mut self, outcome: Outcome) -> CompletedCall {
        self.tape.discard_unused().await;
        let quality = self.session.quality().await;
        let tone = self.told.tone_at.is_some();
        self.told.ended_at = Timestamp::now();
        self.told.termination = notes::termination(self.flow, self.last, tone);
        self.told.facts.audio = Some(AudioFacts::of(&quality));
        note_outcome(&mut self.told, outcome);
        self.notebook.note(&self.told);
        let Self { call, mut told, notebook, hang_up, .. } = self;
        tracing::info!(outcome = outcome.name(), termination = %told.termination, "ended");
        let ladder = call.ladder();
        if hang_up {
            call.hang_up().await;
        }
        notebook.close().await;
        told.facts.ladder = steps(&ladder);
        told
    }
}
