//! What is said and done in a call, as a pure state machine: no sockets, no clock.
//!
//! greeting → tone → recording → thanks → the end. Every input either moves the call on or is
//! refused; a refused input leaves the call as it was.

use crate::prompt::{Prompt, Words};
use crate::{MessageEnd, NoMessageEnd, SpokenLanguage, SpokenPromise, Termination};

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
    /// Start this timer anew.
    StartTimer(Timer),
    /// End the call.
    HangUp,
}

/// What stays the same during a call, and what has come to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The language of everything that follows.
    pub language: SpokenLanguage,
    /// What is promised.
    pub promise: SpokenPromise,
    /// Whether the caller heard the promise to its end.
    pub promise_heard: bool,
    /// Whether we can call her back.
    pub number_known: bool,
}

/// The parts of the greeting, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GreetingPart {
    /// Hello; the call is recorded.
    Welcome,
    /// How to change the language.
    LanguageHint,
    /// By when she will be answered.
    Promise,
    /// What to do after the tone.
    AfterTheTone,
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
    Greeting(GreetingPart),
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
    Thanking(ThanksPart, MessageEnd),
    /// There is no message, or only part of one; she is told goodbye.
    Parting(Termination),
    /// Over.
    Ended(Termination),
}

/// A call as the machine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFlow {
    /// Where it is.
    pub state: CallState,
    /// What was and is to be told.
    pub told: Told,
}

/// The answer to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The call moved on; do these in order.
    Moved(CallFlow, Vec<Action>),
    /// The input means nothing here; the call is as it was.
    Refused(CallFlow),
}

impl CallFlow {
    /// A call that is about to be answered.
    pub const fn new(language: SpokenLanguage, promise: SpokenPromise, number_known: bool) -> Self {
        let told = Told { language, promise, promise_heard: false, number_known };
        Self { state: CallState::Arriving, told }
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
            (CallState::Arriving, Input::Answered) => self.greet(),
            (state, Input::RemoteHungUp | Input::TrunkFailed | Input::Shutdown) => {
                self.broken_off(state, input)
            }
            (state, Input::TimeOut(Timer::CallLimit)) => self.broken_off(state, input),
            (CallState::Greeting(part), Input::PromptEnded) => self.greeting_part_ended(part),
            (CallState::Greeting(_), Input::Key(key)) => self.key_in_greeting(key),
            (CallState::Tone, Input::PromptEnded) => self.record(),
            (CallState::Recording { spoke, asked_again }, input) => {
                self.recording(spoke, asked_again, input)
            }
            (CallState::AskingAgain, input) => self.asking_again(input),
            (CallState::Thanking(part, end), Input::PromptEnded) => self.thanked(part, end),
            (CallState::Parting(end), Input::PromptEnded) => self.end(end, vec![Action::HangUp]),
            (CallState::Tone, Input::RecorderFailed) => {
                self.part(NoMessageEnd::RecorderFailed.into(), Words::Sorry, &[])
            }
            _ => Step::Refused(self),
        }
    }

    fn greet(self) -> Step {
        let start = [Action::StartTimer(Timer::CallLimit), self.play(Words::Welcome)];
        self.to(CallState::Greeting(GreetingPart::Welcome), start.to_vec())
    }

    fn greeting_part_ended(mut self, part: GreetingPart) -> Step {
        let (next, action) = match part {
            GreetingPart::AfterTheTone => return self.sound_the_tone(),
            GreetingPart::Welcome => {
                let language = other(self.told.language);
                let hint = Prompt { language, words: Words::LanguageHint };
                (CallState::Greeting(GreetingPart::LanguageHint), Action::Play(hint))
            }
            GreetingPart::LanguageHint => {
                let promise = self.play(Words::Promise(self.told.promise));
                (CallState::Greeting(GreetingPart::Promise), promise)
            }
            GreetingPart::Promise => {
                self.told.promise_heard = true;
                let instruction = self.play(Words::AfterTheTone);
                (CallState::Greeting(GreetingPart::AfterTheTone), instruction)
            }
        };
        self.to(next, vec![action])
    }

    fn key_in_greeting(mut self, key: char) -> Step {
        let chosen = match key {
            '1' => Some(SpokenLanguage::Russian),
            '2' => Some(SpokenLanguage::English),
            _ => None,
        };
        match chosen.filter(|chosen| *chosen != self.told.language) {
            Some(language) => {
                self.told.language = language;
                let welcome = self.play(Words::Welcome);
                self.to(CallState::Greeting(GreetingPart::Welcome), vec![welcome])
            }
            None => self.sound_the_tone(),
        }
    }

    fn sound_the_tone(self) -> Step {
        self.to(CallState::Tone, vec![Action::PrepareRecording, self.play(Words::Tone)])
    }

    fn record(self) -> Step {
        let actions = vec![
            Action::StartRecording,
            Action::StartTimer(Timer::MessageLimit),
            Action::StartTimer(Timer::NothingSaid),
        ];
        self.to(CallState::Recording { spoke: false, asked_again: false }, actions)
    }

    fn recording(self, spoke: bool, asked_again: bool, input: Input) -> Step {
        match input {
            Input::SpeechStarted if !spoke => {
                self.to(CallState::Recording { spoke: true, asked_again }, vec![])
            }
            Input::SilenceAfterSpeech if spoke => self.thank(MessageEnd::Silence),
            Input::Key('#') if spoke => self.thank(MessageEnd::Pound),
            Input::TimeOut(Timer::MessageLimit) if spoke => self.thank(MessageEnd::Limit),
            Input::MediaLost if spoke => self.thank(MessageEnd::MediaLost),
            Input::RecorderFailed if spoke => {
                let end = MessageEnd::RecorderFailed.into();
                self.part(end, Words::Sorry, &[Action::StopRecording])
            }
            Input::TimeOut(Timer::NothingSaid) if !spoke && !asked_again => {
                self.to(CallState::AskingAgain, vec![self.play(Words::NothingHeard)])
            }
            _ if spoke => Step::Refused(self),
            other => self.silent_ending(other),
        }
    }

    fn asking_again(self, input: Input) -> Step {
        match input {
            Input::PromptEnded => self.to(
                CallState::Recording { spoke: false, asked_again: true },
                vec![Action::StartTimer(Timer::NothingSaid)],
            ),
            Input::SpeechStarted => self.to(
                CallState::Recording { spoke: true, asked_again: true },
                vec![Action::StopPlaying],
            ),
            // Left over from before the question.
            Input::TimeOut(Timer::NothingSaid) => Step::Refused(self),
            other => self.silent_ending(other),
        }
    }

    /// Ways to end a recording in which nobody spoke.
    fn silent_ending(self, input: Input) -> Step {
        let (end, words) = match input {
            Input::Key('#') | Input::TimeOut(Timer::NothingSaid | Timer::MessageLimit) => {
                (NoMessageEnd::NothingSaid, Words::GoodbyeUnheard)
            }
            Input::MediaLost => (NoMessageEnd::MediaLost, Words::GoodbyeUnheard),
            Input::RecorderFailed => (NoMessageEnd::RecorderFailed, Words::Sorry),
            _ => return Step::Refused(self),
        };
        self.part(end.into(), words, &[Action::StopRecording])
    }

    fn thank(self, end: MessageEnd) -> Step {
        let actions = vec![Action::StopRecording, self.play(Words::Thanks)];
        self.to(CallState::Thanking(ThanksPart::What, end), actions)
    }

    fn thanked(mut self, part: ThanksPart, end: MessageEnd) -> Step {
        let (next, words) = match part {
            ThanksPart::What => (ThanksPart::When, Words::Promise(self.told.promise)),
            ThanksPart::When => {
                self.told.promise_heard = true;
                let known = self.told.number_known;
                (ThanksPart::How, if known { Words::CallBack } else { Words::HiddenNumber })
            }
            ThanksPart::How => {
                return self.end(Termination::MessageLeft(end), vec![Action::HangUp]);
            }
        };
        let action = self.play(words);
        self.to(CallState::Thanking(next, end), vec![action])
    }

    /// Says goodbye without thanks.
    fn part(self, end: Termination, words: Words, first: &[Action]) -> Step {
        let actions = [first, &[self.play(words)]].concat();
        self.to(CallState::Parting(end), actions)
    }

    /// Ends at once, wherever the call is.
    fn broken_off(self, state: CallState, input: Input) -> Step {
        let termination = match state {
            CallState::Thanking(_, end) => Termination::MessageLeft(end),
            CallState::Parting(end) => end,
            CallState::Recording { spoke: true, .. } => Termination::MessageLeft(match input {
                Input::RemoteHungUp => MessageEnd::CallerHungUp,
                Input::TrunkFailed => MessageEnd::TrunkError,
                Input::Shutdown => MessageEnd::Shutdown,
                _ => MessageEnd::Limit,
            }),
            _ => Termination::NoMessage(match (input, state) {
                (Input::RemoteHungUp, CallState::Recording { .. } | CallState::AskingAgain) => {
                    NoMessageEnd::HungUpAfterTone
                }
                (Input::RemoteHungUp, _) => NoMessageEnd::HungUpBeforeTone,
                (Input::TrunkFailed, _) => NoMessageEnd::TrunkError,
                (Input::Shutdown, _) => NoMessageEnd::Shutdown,
                _ => NoMessageEnd::Limit,
            }),
        };
        let mut actions = Vec::new();
        if matches!(state, CallState::Recording { .. } | CallState::AskingAgain) {
            actions.push(Action::StopRecording);
        }
        if !matches!(input, Input::RemoteHungUp | Input::TrunkFailed) {
            actions.push(Action::HangUp);
        }
        self.end(termination, actions)
    }

    fn end(self, termination: Termination, actions: Vec<Action>) -> Step {
        self.to(CallState::Ended(termination), actions)
    }

    const fn to(self, state: CallState, actions: Vec<Action>) -> Step {
        Step::Moved(Self { state, told: self.told }, actions)
    }

    const fn play(&self, words: Words) -> Action {
        Action::Play(Prompt { language: self.told.language, words })
    }
}

const fn other(language: SpokenLanguage) -> SpokenLanguage {
    match language {
        SpokenLanguage::Russian => SpokenLanguage::English,
        SpokenLanguage::English => SpokenLanguage::Russian,
    }
}
