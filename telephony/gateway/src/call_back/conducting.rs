//! One call-back: placed, led by the [`CallBackFlow`], noted, and handed over.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use mostik_media::RecorderError;
use mostik_sip::DialFailure;
use tokio::sync::oneshot;

use super::desk::Ordered;
use super::flow::{Action, CallBackFlow, Input, Step};
use super::recording::Tape;
use super::timers::{PAUSE, Timers};
use super::{CallBackOrder, Outcome, Sentence, Spoken, notes};
use crate::call_flow::People;
use crate::conversation::Conversation;
use crate::facts::steps;
use crate::gateway::Shared;
use crate::live_line::{LineEvent, LiveLine};
use crate::notebook::Notebook;
use crate::outgoing::{Leg, NotPlaced, Progress};
use crate::{AudioFacts, CallPlan, CompletedCall, SpokenPromise};

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
            match CallBack::start(Arc::clone(&shared), order, told, leg).run().await {
                Ending::Over(told) => keep(&shared, *told, reply).await,
                Ending::ToAPerson(told, line, plan) => {
                    // What she was called for is over; the call goes on with somebody else.
                    let _ = reply.send((*told).clone());
                    Conversation::of_call_back(shared, *told, *plan, *line).run_to_a_person().await;
                }
            }
        }
        Err(why) => {
            let told = not_answered(told, &why);
            shared.delivery.mention(told.clone()).await;
            let _ = reply.send(told);
        }
    }
}

async fn keep(shared: &Shared, told: CompletedCall, reply: oneshot::Sender<CompletedCall>) {
    let kept = shared.delivery.attempt(&told).await.is_ok();
    // Whoever ordered it may not wait for it any more.
    let _ = reply.send(told.clone());
    if !kept {
        shared.delivery.deliver(told).await;
    }
}

/// How a call-back that was answered goes on.
enum Ending {
    Over(Box<CompletedCall>),
    /// She asked for a person, and there are some.
    ToAPerson(Box<CompletedCall>, Box<LiveLine>, Box<CallPlan>),
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
    line: LiveLine,
    flow: CallBackFlow,
    timers: Timers,
    tape: Tape,
    /// What the host would be told if everything ended now.
    told: CompletedCall,
    notebook: Notebook,
    /// What is being said.
    saying: Option<Spoken>,
    last: Input,
    hang_up: bool,
    /// Somebody may be rung for her who asked for a person.
    people_are_there: bool,
}

impl CallBack {
    fn start(shared: Arc<Shared>, order: CallBackOrder, told: CompletedCall, leg: Leg) -> Self {
        tracing::info!(line = told.line, codec = told.codec, "a call-back was answered");
        Self {
            flow: CallBackFlow::new(order.news.after()),
            timers: Timers::new(&order),
            tape: Tape::new(shared.journal.clone(), &told.id, order.max_message),
            notebook: Notebook::open(shared.journal.clone(), told.clone()),
            shared,
            order,
            line: LiveLine::of(leg),
            told,
            saying: None,
            last: Input::Answered,
            hang_up: false,
            people_are_there: false,
        }
    }

    async fn run(mut self) -> Ending {
        let mut input = Input::Answered;
        loop {
            self.take(input).await;
            if let Some(outcome) = self.flow.outcome() {
                if self.people_are_there {
                    return self.hand_over(outcome).await;
                }
                return Ending::Over(Box::new(self.close(outcome).await));
            }
            input = self.next_input().await;
        }
    }

    async fn next_input(&mut self) -> Input {
        loop {
            let arrived = tokio::select! {
                arrived = self.line.arrival() => arrived,
                timer = self.timers.next() => return Input::TimeOut(timer),
                () = self.shared.hurry.cancelled() => return Input::Shutdown,
            };
            if let Some(event) = self.line.deal_with(arrived).await
                && let Some(input) = self.happened(event).await
            {
                return input;
            }
        }
    }

    async fn happened(&mut self, event: LineEvent) -> Option<Input> {
        Some(match event {
            LineEvent::Key(key) => self.pressed(key),
            LineEvent::SpeechStarted => Input::SpeechStarted,
            LineEvent::SilenceAfterSpeech => Input::SilenceAfterSpeech,
            LineEvent::Beep => Input::Beep,
            LineEvent::ClipEnded => return self.say_on().await,
            LineEvent::AudioLost => Input::MediaLost,
            LineEvent::RecorderFailed => Input::RecorderFailed,
            LineEvent::HungUp => Input::RemoteHungUp,
            LineEvent::Broken => Input::TrunkFailed,
            LineEvent::Shutdown => Input::Shutdown,
        })
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
            Action::StopTalking => self.line.stop_playing().await,
            Action::Listen => self.line.session.listen(PAUSE).await,
            Action::StopListening => self.line.session.stop_listening().await,
            Action::PrepareRecording => return self.prepare_recording().await,
            Action::StartRecording => {
                if !self.tape.start(&self.line.session).await {
                    return Some(Input::RecorderFailed);
                }
                self.told.tone_at = Some(Timestamp::now());
                self.notebook.note(&self.told);
            }
            Action::StopRecording => self.stop_recording().await,
            Action::StartTimer(timer) => self.timers.start(timer),
            Action::StopTimer(timer) => self.timers.stop(timer),
            Action::Connect => {
                let staff = self.shared.host.staff(&self.told.line).await;
                self.people_are_there = staff.open && !staff.people.is_empty();
                let found =
                    if self.people_are_there { Input::Connected } else { Input::NobodyFree };
                return Some(found);
            }
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
        let next = self.saying.as_mut().and_then(|saying| saying.next(&self.shared.prompts));
        match next {
            Some(clip) => {
                self.line.play(clip).await;
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
        match self.tape.stop(&self.line.session).await {
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

    /// The line as it is, with what has come to pass on it.
    async fn hand_over(mut self, outcome: Outcome) -> Ending {
        self.tape.discard_unused().await;
        note_outcome(&mut self.told, outcome);
        self.notebook.note(&self.told);
        let Self { line, told, notebook, order, .. } = self;
        notebook.close().await;
        // What can always be kept: who called does not know the hours of the office.
        let promise = SpokenPromise::NextWorkingDay;
        let plan = CallPlan {
            people: People::Perhaps,
            ..CallPlan::message(order.language, promise, order.max_message)
        };
        Ending::ToAPerson(Box::new(told), Box::new(line), Box::new(plan))
    }

    /// Says BYE, and how it was.
    async fn close(mut self, outcome: Outcome) -> CompletedCall {
        self.tape.discard_unused().await;
        let quality = self.line.session.quality().await;
        let tone = self.told.tone_at.is_some();
        self.told.ended_at = Timestamp::now();
        self.told.termination = notes::termination(self.flow, self.last, tone);
        self.told.facts.audio = Some(AudioFacts::of(&quality));
        note_outcome(&mut self.told, outcome);
        self.notebook.note(&self.told);
        let Self { line, mut told, notebook, hang_up, .. } = self;
        tracing::info!(outcome = outcome.name(), termination = %told.termination, "ended");
        let ladder = line.call.ladder();
        if hang_up {
            line.call.hang_up().await;
        }
        notebook.close().await;
        told.facts.ladder = steps(&ladder);
        told
    }
}
