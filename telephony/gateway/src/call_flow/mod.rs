//! What is said and done in a call, as a pure state machine: no sockets, no clock, no speech engine.
//!
//! greeting → menu → tone → recording → how we understood her → thanks → the end; and from
//! everywhere, by `0`, to a person: queue → conversation. Every input either moves the call on or
//! is refused; a refused input leaves the call as it was.

mod ending;
mod greeting;
mod message;
mod person;
mod reading;
mod script;

use std::sync::Arc;

pub use script::{Choice, Part, Script, ScriptError};

use crate::prompt::{Prompt, Words};
use crate::{MessageEnd, SpokenLanguage, SpokenPromise, Termination};

/// So often she may tell what happened; then what we have must do.
pub(crate) const MOST_TAKES: u32 = 3;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The call is up.
    Answered,
    /// The prompt that was to be played was played to its end.
    PromptEnded,
    /// The caller pressed a key.
    Key(char),
    /// The caller began to speak.
    SpeechStarted,
    /// The caller spoke and then was silent.
    SilenceAfterSpeech,
    /// A timer that was started ran out.
    TimeOut(Timer),
    /// The caller hung up.
    RemoteHungUp,
    /// The signalling peer vanished.
    TrunkFailed,
    /// No more audio arrives. Before the tone that is nothing: some phones send none while their
    /// owner listens.
    MediaLost,
    /// The recording cannot be written.
    RecorderFailed,
    /// We must end now.
    Shutdown,
    /// The message was understood; to correct it there are so many other topics.
    Understood {
        /// Keys 1 to this.
        topics: u8,
    },
    /// It cannot be told what the message is about.
    NotUnderstood,
    /// Where she stands in the queue, for the next time that it is told.
    Place(Place),
    /// Nobody will come.
    Nobody(NobodyWhy),
    /// A person has taken the call.
    Person,
    /// The person is gone.
    PersonGone(PersonGone),
    /// The person wants a colleague to take over.
    HandOn,
    /// Her phone was sent to the person's own: the call goes on without us.
    SentOn,
}

/// A place in the queue, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How many are before her.
    pub ahead: u8,
    /// How long it usually takes, in minutes, when enough is known of it.
    pub minutes: Option<u8>,
}

/// Why nobody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NobodyWhy {
    /// The office is closed.
    Closed,
    /// Nobody is there, though it is open.
    Away,
    /// All are busy, for longer than anybody should wait.
    Busy,
}

/// How a person left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonGone {
    /// Hung up.
    HungUp,
    /// The connection broke.
    Lost,
}

/// The times a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Nobody has spoken since the tone, or since she was asked again.
    NothingSaid,
    /// The message has its longest length.
    MessageLimit,
    /// The call lasts longer than all its parts together can.
    CallLimit,
    /// A key may still come: for the language, the menu, or an answer.
    Key,
    /// Understanding takes too long to wait for it.
    Understanding,
    /// Nobody should wait longer for a person.
    Waiting,
    /// Nobody talks for so long.
    Talking,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Play this, instead of what still plays.
    Play(Prompt),
    /// Stop what plays.
    StopPlaying,
    /// Open the file, so that not a word is lost later.
    PrepareRecording,
    /// From now on keep what the caller says.
    StartRecording,
    /// The message is complete.
    StopRecording,
    /// Find out what the message is about.
    Understand,
    /// Start this timer anew.
    StartTimer(Timer),
    /// Forget this timer.
    StopTimer(Timer),
    /// Ring those who may take the call; she keeps her place when she had one.
    SeekPerson,
    /// She wants nobody any more.
    StopSeeking,
    /// She and the person hear each other, each is recorded.
    Bridge,
    /// They do not any more.
    Unbridge,
    /// Ring another person, while these two go on talking.
    SeekColleague,
    /// Say this to the person, not to the caller.
    TellPerson(Prompt),
    /// Note that she is to be called when her place is reached.
    KeepPlace,
    /// End the call.
    HangUp,
}

/// What has come to pass in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not exclude each other")]
pub struct Told {
    /// The language of everything that follows.
    pub language: SpokenLanguage,
    /// What is promised.
    pub promise: SpokenPromise,
    /// Whether the caller heard the promise to its end.
    pub promise_heard: bool,
    /// Whether we can call her back.
    pub number_known: bool,
    /// Whether she may be called when her place in the queue is reached.
    pub may_keep_place: bool,
    /// Whom she can talk to.
    pub people: People,
    /// Whether a problem of hers is open, whose state she hears.
    pub last_problem: bool,
    /// Whether something is out of order.
    pub outage: bool,
    /// The message that is kept, by how it ended.
    pub message: Option<MessageEnd>,
    /// How often she has told it.
    pub takes: u8,
    /// Whether it is being found out what the message is about.
    pub listening: bool,
    /// How many other topics she can choose from; none while it is not known what it is about.
    pub topics: Option<u8>,
    /// What she said it is about.
    pub confirmed: Option<Confirmed>,
    /// Where she stands in the queue.
    pub place: Option<Place>,
    /// Whether she has talked to a person.
    pub talked: bool,
    /// How often the call was handed on.
    pub hand_ons: u8,
}

/// Whether there is somebody to talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// This line has only messages.
    Never,
    /// Not outside of office hours.
    Closed,
    /// As far as is known before somebody is rung.
    Perhaps,
}

/// What the caller said her message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// What we understood.
    AsUnderstood,
    /// The topic of this key, from 1.
    Topic(u8),
}

/// The parts of the thanks, in their order: what, when, how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThanksPart {
    /// What happens with the message.
    What,
    /// By when.
    When,
    /// How she will hear of it.
    How,
}

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// Not yet answered.
    Arriving,
    /// She is greeted.
    Greeting(Part),
    /// This part was played, and a key may still come.
    AwaitingKey(Part),
    /// She hears the tone.
    Tone,
    /// She is recorded.
    Recording {
        /// Somebody spoke.
        spoke: bool,
        /// She was asked again.
        asked_again: bool,
    },
    /// She is asked again, and recorded all the while.
    AskingAgain,
    /// The message is kept; she is thanked.
    Thanking(ThanksPart),
    /// Thanked, and it is not yet known what it is about.
    Understanding,
    /// She hears how we understood her, then (`true`) what to press.
    ReadingBack(bool),
    /// She may say whether that is right.
    AwaitingAnswer,
    /// She hears the topics, then (`true`) may choose one.
    NamingTopic(bool),
    /// Her choice is noted.
    Noting,
    /// She is asked to tell it once more.
    TellingAgain,
    /// She is told that we look for a person.
    Connecting,
    /// She waits for one.
    Queued(QueuePart),
    /// She is told that nobody comes.
    ToldNobody,
    /// She talks to a person; `true`: a colleague is being rung.
    Talking(bool),
    /// There is no more to be said but this; she is told goodbye.
    Parting(Termination),
    /// Over.
    Ended(Termination),
}

/// What she hears while she waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuePart {
    /// Music, for the first or the second time since something was said.
    Music(u8),
    /// How many are before her.
    Ahead,
    /// How long it usually takes.
    Minutes,
    /// What else she may do.
    Offer,
}

/// A call as the machine sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFlow {
    /// Where it is.
    pub state: CallState,
    /// What was and is to be told.
    pub told: Told,
    /// How calls of this line go.
    pub script: Arc<Script>,
}

/// The answer to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The call moved on; do these in order.
    Moved(CallFlow, Vec<Action>),
    /// The input means nothing here; the call is as it was.
    Refused(CallFlow),
}

impl Told {
    /// A call of which nothing is known but its line.
    pub const fn new(language: SpokenLanguage, promise: SpokenPromise, number_known: bool) -> Self {
        Self {
            language,
            promise,
            promise_heard: false,
            number_known,
            may_keep_place: false,
            people: People::Never,
            last_problem: false,
            outage: false,
            message: None,
            takes: 0,
            listening: false,
            topics: None,
            confirmed: None,
            place: None,
            talked: false,
            hand_ons: 0,
        }
    }
}

impl CallFlow {
    /// A call that is about to be answered.
    pub const fn new(told: Told, script: Arc<Script>) -> Self {
        Self { state: CallState::Arriving, told, script }
    }

    /// How the call ended, once it did.
    pub const fn termination(&self) -> Option<Termination> {
        match self.state {
            CallState::Ended(termination) => Some(termination),
            _ => None,
        }
    }

    /// Moves on, or refuses.
    #[must_use]
    pub fn step(self, input: Input) -> Step {
        match (self.state, input) {
            (CallState::Ended(_), _) => Step::Refused(self),
            (
                _,
                Input::RemoteHungUp
                | Input::TrunkFailed
                | Input::Shutdown
                | Input::TimeOut(Timer::CallLimit | Timer::Talking),
            ) => self.broken_off(input),
            (CallState::Arriving, Input::Answered) => self.answered(),
            (CallState::Greeting(part), input) => self.greeting(part, input),
            (CallState::AwaitingKey(part), input) => self.awaiting_key(part, input),
            (
                CallState::Tone | CallState::Recording { .. } | CallState::AskingAgain,
                Input::Key('0'),
            ) if !self.keeps_speaking() => self.leaving_the_message(),
            (CallState::Tone, input) => self.tone(input),
            (CallState::Recording { spoke, asked_again }, input) => {
                self.recording(spoke, asked_again, input)
            }
            (CallState::AskingAgain, input) => self.asking_again(input),
            (CallState::Thanking(part), input) => self.thanking(part, input),
            (
                CallState::Understanding
                | CallState::ReadingBack(_)
                | CallState::AwaitingAnswer
                | CallState::NamingTopic(_)
                | CallState::Noting
                | CallState::TellingAgain,
                input,
            ) => self.reading(input),
            (CallState::Connecting | CallState::Queued(_), input) => self.waiting(input),
            (CallState::ToldNobody, Input::PromptEnded) => self.without_a_person(),
            (CallState::Talking(seeking), input) => self.talking(seeking, input),
            (CallState::Parting(end), Input::PromptEnded) => self.end(end, vec![Action::HangUp]),
            _ => Step::Refused(self),
        }
    }

    fn to(self, state: CallState, actions: Vec<Action>) -> Step {
        Step::Moved(Self { state, ..self }, actions)
    }

    fn say(self, state: CallState, words: Words) -> Step {
        let play = self.play(words);
        self.to(state, vec![play])
    }

    const fn play(&self, words: Words) -> Action {
        Action::Play(Prompt { language: self.told.language, words })
    }
}

impl SpokenLanguage {
    const fn other(self) -> Self {
        match self {
            Self::Russian => Self::English,
            Self::English => Self::Russian,
        }
    }
}
