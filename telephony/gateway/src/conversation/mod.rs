//! One answered call: carries what happens into the [`CallFlow`], and does what it says.

mod closing;
mod people;
mod recording;
mod tracks;
mod understanding;

use std::collections::VecDeque;
use std::sync::Arc;

use mostik_media::Recorder;
use tokio::sync::{mpsc, oneshot};

use self::people::Progress;
use self::tracks::Tracks;
use crate::call_flow::{Action, CallFlow, CallState, Input, Part, Step, Told};
use crate::gateway::Shared;
use crate::in_progress::Orders;
use crate::live_line::{Arrived, LineEvent, LiveLine};
use crate::notebook::Notebook;
use crate::outgoing::Leg;
use crate::reception::Line;
use crate::switchboard::{News, Side};
use crate::timers::Timers;
use crate::{CallOrder, CallPlan, CompletedCall, Prompt, Turn, Understood, Words};

/// A call while it lasts.
pub(crate) struct Conversation {
    shared: Arc<Shared>,
    plan: CallPlan,
    line: LiveLine,
    flow: CallFlow,
    timers: Timers,
    /// What the host would be told if everything ended now.
    told: CompletedCall,
    notebook: Notebook,
    prepared: Option<Recorder>,
    tracks: Tracks,
    /// The host is listening to the message.
    listening: Option<oneshot::Receiver<Option<Understood>>>,
    understood: Option<Understood>,
    /// How the search for a person goes.
    news: Option<mpsc::Receiver<News>>,
    progress: Progress,
    /// Who has answered, until they are brought together.
    coming: Option<Side>,
    person: Option<people::Present>,
    /// What a desk wants of it, once people have to do with it.
    orders: Option<Orders>,
    /// What happened and was not dealt with yet.
    waiting: VecDeque<Input>,
    hang_up: bool,
}

/// Where the next input comes from.
enum Source {
    Caller(Arrived),
    Person(Arrived),
    News(Option<News>),
    Order(CallOrder),
    Understood(Option<Understood>),
    Input(Input),
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
        let line = LiveLine::new(call, session, negotiation, heard);
        let conversation = Self::on(shared, told, plan, line, !anonymous);
        tracing::info!(line = conversation.told.line, codec = conversation.told.codec, "answered");
        conversation
    }

    /// She was called in her turn, has answered, and somebody is there for her.
    pub(crate) fn of_turn(
        shared: Arc<Shared>,
        told: CompletedCall,
        turn: Turn,
        leg: Leg,
        side: Side,
    ) -> Self {
        let mut conversation = Self::on(shared, told, turn.plan, LiveLine::of(leg), true);
        conversation.flow.state = CallState::Connecting;
        conversation.coming = Some(side);
        conversation.waits_since(turn.since);
        conversation
    }

    /// She was called back, and asks for a person.
    pub(crate) fn of_call_back(
        shared: Arc<Shared>,
        told: CompletedCall,
        plan: CallPlan,
        line: LiveLine,
    ) -> Self {
        let mut conversation = Self::on(shared, told, plan, line, true);
        conversation.flow.state = CallState::Greeting(Part::AfterTheTone);
        conversation
    }

    fn on(
        shared: Arc<Shared>,
        told: CompletedCall,
        plan: CallPlan,
        line: LiveLine,
        number_known: bool,
    ) -> Self {
        let known = Told {
            people: plan.people,
            may_keep_place: number_known && plan.keeps_places,
            last_problem: plan.last_problem.is_some(),
            outage: plan.outage.is_some(),
            ..Told::new(plan.language, plan.promise, number_known)
        };
        Self {
            flow: CallFlow::new(known, Arc::clone(&plan.script)),
            timers: Timers::new(plan.max_message, plan.longest_wait),
            notebook: Notebook::open(shared.journal.clone(), told.clone()),
            shared,
            plan,
            line,
            told,
            prepared: None,
            tracks: Tracks::default(),
            listening: None,
            understood: None,
            news: None,
            progress: Progress::default(),
            coming: None,
            person: None,
            orders: None,
            waiting: VecDeque::new(),
            hang_up: false,
        }
    }

    /// Carries the call to its end and the host's having kept it.
    pub(crate) async fn run(self) {
        self.run_from(Input::Answered).await;
    }

    /// The same for a turn: she hears who calls and why, and then the person.
    pub(crate) async fn run_turn(mut self) {
        let words = Words::Named("your_turn");
        let said = self.play(Prompt { language: self.flow.told.language, words }).await;
        let mut next = said;
        let first = loop {
            let input = match next.take() {
                Some(input) => input,
                None => self.next_input().await,
            };
            match input {
                Input::PromptEnded | Input::Key(_) => break Input::Person,
                Input::RemoteHungUp | Input::TrunkFailed | Input::Shutdown => break input,
                _ => {}
            }
        };
        self.run_from(first).await;
    }

    /// The same for who asks for a person already.
    pub(crate) async fn run_to_a_person(self) {
        self.run_from(Input::Key('0')).await;
    }

    async fn run_from(mut self, mut input: Input) {
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
            let input = match self.next_source().await {
                Source::Caller(arrived) => {
                    let event = self.line.deal_with(arrived).await;
                    event.and_then(|event| self.caller_did(event))
                }
                Source::Person(arrived) => self.person_did(arrived).await,
                Source::News(news) => self.heard_of_people(news).await,
                Source::Order(order) => {
                    let input = self.ordered(order);
                    self.seek_anew().await;
                    input
                }
                Source::Understood(understood) => Some(self.heard_what_it_is_about(understood)),
                Source::Input(input) => Some(input),
            };
            if let Some(input) = input {
                return input;
            }
        }
    }

    /// Everything in here may be dropped and asked again.
    async fn next_source(&mut self) -> Source {
        let Self { line, person, news, orders, listening, timers, shared, .. } = self;
        tokio::select! {
            arrived = line.arrival() => Source::Caller(arrived),
            arrived = people::arrival(person) => Source::Person(arrived),
            told = people::told(news) => Source::News(told),
            order = people::ordered(orders) => Source::Order(order),
            understood = understanding::told(listening) => Source::Understood(understood),
            timer = timers.next() => Source::Input(Input::TimeOut(timer)),
            () = shared.hurry.cancelled() => Source::Input(Input::Shutdown),
        }
    }

    fn caller_did(&mut self, event: LineEvent) -> Option<Input> {
        Some(match event {
            LineEvent::Key(key) => {
                self.told.keys.push(key);
                Input::Key(key)
            }
            LineEvent::SpeechStarted => Input::SpeechStarted,
            LineEvent::SilenceAfterSpeech => Input::SilenceAfterSpeech,
            LineEvent::ClipEnded => Input::PromptEnded,
            LineEvent::AudioLost => Input::MediaLost,
            LineEvent::RecorderFailed => Input::RecorderFailed,
            LineEvent::HungUp => Input::RemoteHungUp,
            LineEvent::Broken => Input::TrunkFailed,
            LineEvent::Shutdown => Input::Shutdown,
            // Nobody who calls is a mailbox.
            LineEvent::Beep => return None,
        })
    }

    /// Feeds the machine, and what doing its bidding brings about.
    async fn take(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Step::Moved(flow, actions) = self.flow.clone().step(input) else { continue };
            self.flow = flow;
            for action in actions {
                inputs.extend(self.perform(action).await);
            }
        }
    }

    async fn perform(&mut self, action: Action) -> Option<Input> {
        match action {
            Action::Play(prompt) => return self.play(prompt).await,
            Action::StopPlaying => self.line.stop_playing().await,
            Action::StartTimer(timer) => self.timers.start(timer),
            Action::StopTimer(timer) => self.timers.stop(timer),
            Action::PrepareRecording => {
                let prepared = self.prepare_recording().await;
                return prepared.err().map(|error| self.failed(&error));
            }
            Action::StartRecording => return self.start_recording().await,
            Action::StopRecording => self.stop_recording().await,
            Action::Understand => self.ask_what_it_is_about(),
            Action::SeekPerson => self.seek_person(None).await,
            Action::SeekColleague => {
                let present = self.person.as_ref().map(people::Present::name);
                self.seek_person(present).await;
            }
            Action::StopSeeking => self.stop_seeking().await,
            Action::Bridge => self.bridge().await,
            Action::Unbridge => self.unbridge().await,
            Action::TellPerson(prompt) => self.tell_person(prompt).await,
            Action::KeepPlace => self.keep_place(),
            Action::HangUp => self.hang_up = true,
        }
        None
    }

    async fn play(&mut self, prompt: Prompt) -> Option<Input> {
        let (prompts, language) = (&self.shared.prompts, prompt.language);
        let own = match prompt.words {
            Words::LastProblem => self.plan.last_problem.as_ref(),
            Words::Outage => self.plan.outage.as_ref(),
            Words::Understood => self.understood.as_ref().map(|it| &it.said),
            Words::Topics => self.understood.as_ref().map(|it| &it.topics_said),
            _ => None,
        };
        let made = own.and_then(|sentence| sentence.clip(prompts, language));
        match made.or_else(|| prompts.clip(prompt)) {
            Some(clip) => {
                self.line.play(clip).await;
                None
            }
            None => Some(Input::PromptEnded),
        }
    }
}
