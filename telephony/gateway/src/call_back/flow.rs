//! What is said and done in a call-back, as a pure state machine: no sockets, no clock.
//!
//! greeting → news → question → her answer → her words → the end; or a mailbox, which gets a short
//! message. Every input either moves the call on or is refused; a refused input leaves it as it was.

pub use super::events::{Action, Input, Timer};
use super::{Outcome, Sentence, SurveyAnswer};
use crate::MessageEnd;

/// What follows the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Did we solve it?
    Survey,
    /// If it matters to her, she may say so.
    HerWords,
    /// Nothing.
    Goodbye,
}

/// Why she is asked to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not solved.
    NotSolved,
    /// It was declined.
    Declined,
    /// She wanted a person and there was none; whether she had heard the news.
    WantedPerson(bool),
}

/// Where a call-back is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody answered yet.
    Ringing,
    /// She hears who calls, and about what.
    Greeting,
    /// Whoever answered speaks without a pause; we stopped, and find out whether it was our echo.
    Doubting {
        /// Whether the news had been said to their end.
        told: bool,
    },
    /// A mailbox talks.
    Mailbox,
    /// A mailbox is silent; perhaps it beeps.
    MailboxSilent,
    /// A mailbox records us.
    LeavingWord,
    /// She hears the news.
    News,
    /// She is asked, for the first time or again.
    Asking {
        /// Whether she was asked before.
        again: bool,
    },
    /// She may press a key.
    AwaitingKey {
        /// Whether she was asked twice.
        again: bool,
    },
    /// A person is looked for; whether she had heard the news.
    Connecting(bool),
    /// She hears that she may speak.
    Inviting(Why),
    /// She hears the tone.
    Tone(Why),
    /// She is recorded.
    Recording {
        /// Why she speaks.
        why: Why,
        /// Somebody spoke.
        spoke: bool,
    },
    /// She hears the last sentence.
    Closing(Outcome),
    /// Over.
    Ended(Outcome),
}

/// A call-back as the machine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBackFlow {
    /// Where it is.
    pub state: State,
    /// What follows the news.
    pub after: After,
    /// A person answered: long speech makes no mailbox of her.
    pub person: bool,
    /// How her message ended, when she left one.
    pub message: Option<MessageEnd>,
}

/// The answer to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The call moved on; do these in order.
    Moved(CallBackFlow, Vec<Action>),
    /// The input means nothing here; the call is as it was.
    Refused(CallBackFlow),
}

impl CallBackFlow {
    /// A call that is about to ring.
    pub const fn new(after: After) -> Self {
        Self { state: State::Ringing, after, person: false, message: None }
    }

    /// How the call ended, once it did.
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.state {
            State::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// How it would be told if everything ended now.
    pub const fn outcome_so_far(&self) -> Outcome {
        match self.state {
            State::Ended(outcome) | State::Closing(outcome) => outcome,
            State::LeavingWord => Outcome::Mailbox,
            State::Inviting(why) | State::Tone(why) | State::Recording { why, .. } => asked(why),
            State::Connecting(heard_news) => Outcome::WantsPerson { heard_news },
            State::Asking { .. } | State::AwaitingKey { .. } | State::Doubting { told: true } => {
                Outcome::BrokenOff { heard_news: true }
            }
            State::Ringing
            | State::Greeting
            | State::Doubting { told: false }
            | State::Mailbox
            | State::MailboxSilent
            | State::News => Outcome::BrokenOff { heard_news: false },
        }
    }

    /// Moves on, or refuses.
    #[must_use]
    pub fn step(self, input: Input) -> Step {
        match (self.state, input) {
            (State::Ringing, Input::Answered) => self.greet(true),
            (State::Ended(_) | State::Ringing, _) => Step::Refused(self),
            (
                _,
                Input::RemoteHungUp
                | Input::TrunkFailed
                | Input::Shutdown
                | Input::TimeOut(Timer::CallLimit),
            ) => self.broken_off(input),
            (
                State::Greeting | State::News | State::Asking { .. } | State::AwaitingKey { .. },
                input,
            ) => self.talking(input),
            (State::Doubting { told }, input) => self.doubting(told, input),
            (State::Mailbox | State::MailboxSilent, input) => self.mailbox(input),
            (State::LeavingWord, Input::Said) => self.end(Outcome::Mailbox, vec![Action::HangUp]),
            (State::Connecting(heard_news), input) => self.connecting(heard_news, input),
            (State::Inviting(why), Input::Said | Input::Key(_)) => self.sound_the_tone(why, input),
            (State::Tone(why), Input::Said) => self.record(why),
            (State::Tone(why), Input::RecorderFailed) => {
                self.close(asked(why), Sentence::Sorry, &[])
            }
            (State::Recording { why, spoke }, input) => self.recording(why, spoke, input),
            (State::Closing(outcome), Input::Said | Input::Key(_)) => {
                self.end(outcome, vec![Action::HangUp])
            }
            (State::LeavingWord | State::Inviting(_) | State::Tone(_) | State::Closing(_), _) => {
                Step::Refused(self)
            }
        }
    }

    fn greet(self, first: bool) -> Step {
        let say = Action::Say(Sentence::WhoCalls);
        let actions = if first {
            vec![Action::StartTimer(Timer::CallLimit), Action::Listen, say]
        } else {
            vec![say]
        };
        self.to(State::Greeting, actions)
    }

    /// While we talk: keys, the end of what we say, and signs of a mailbox.
    fn talking(self, input: Input) -> Step {
        match (self.state, input) {
            (_, Input::Key(key)) => self.key_while_talking(key),
            (State::Greeting, Input::Said) => self.tell(),
            (State::News, Input::Said) => self.after_the_news(),
            (State::Asking { again }, Input::Said) => {
                let wait = Action::StartTimer(Timer::NoKey);
                self.to(State::AwaitingKey { again }, vec![wait])
            }
            (State::AwaitingKey { again: true }, Input::TimeOut(Timer::NoKey)) => {
                self.give_up_asking()
            }
            (State::AwaitingKey { again: false }, Input::TimeOut(Timer::NoKey)) => self.ask(true),
            _ if self.person => Step::Refused(self),
            _ => self.perhaps_a_mailbox(input),
        }
    }

    fn perhaps_a_mailbox(self, input: Input) -> Step {
        match input {
            Input::Beep => self.leave_word(),
            Input::SpeechStarted => {
                self.to(self.state, vec![Action::StartTimer(Timer::LongSpeech)])
            }
            Input::SilenceAfterSpeech => {
                self.to(self.state, vec![Action::StopTimer(Timer::LongSpeech)])
            }
            Input::TimeOut(Timer::LongSpeech) => {
                let told = !matches!(self.state, State::Greeting | State::News);
                let actions = vec![Action::StopTalking, Action::StartTimer(Timer::Echo)];
                self.to(State::Doubting { told }, actions)
            }
            _ => Step::Refused(self),
        }
    }

    fn tell(self) -> Step {
        self.to(State::News, vec![Action::Say(Sentence::News)])
    }

    fn after_the_news(self) -> Step {
        match self.after {
            After::Survey => self.ask(false),
            After::HerWords => self.invite(Why::Declined),
            After::Goodbye => self.close(Outcome::Told, Sentence::Goodbye, &[]),
        }
    }

    fn ask(self, again: bool) -> Step {
        self.to(State::Asking { again }, vec![Action::Say(Sentence::DidWeSolveIt)])
    }

    /// Any key interrupts; before the question it means no more than "I know, go on".
    fn key_while_talking(mut self, key: char) -> Step {
        self.person = true;
        match (self.state, key) {
            (_, '0') => self.connect(),
            (State::Greeting, _) => self.tell(),
            (State::News, _) => self.after_the_news(),
            (State::Asking { again } | State::AwaitingKey { again }, _) => {
                self.answered(again, key)
            }
            _ => Step::Refused(self),
        }
    }

    fn answered(self, again: bool, key: char) -> Step {
        match key {
            '0' => self.connect(),
            '1' => {
                let outcome = Outcome::Survey { answer: SurveyAnswer::Solved };
                self.close(outcome, Sentence::Glad, &[])
            }
            '2' => self.invite(Why::NotSolved),
            _ if again => self.give_up_asking(),
            _ => self.ask(true),
        }
    }

    fn give_up_asking(self) -> Step {
        let outcome = Outcome::Survey { answer: SurveyAnswer::None };
        self.close(outcome, Sentence::NoAnswerTaken, &[])
    }

    /// We are silent. An echo is silent too, then; a person who talked over us waits for us.
    fn doubting(self, told: bool, input: Input) -> Step {
        match input {
            Input::SilenceAfterSpeech => self.begin_again(told),
            Input::Key(key) => self.key_of_a_person(told, key),
            Input::Beep => self.leave_word(),
            Input::TimeOut(Timer::Echo) => {
                self.to(State::Mailbox, vec![Action::StartTimer(Timer::MailboxLimit)])
            }
            _ => Step::Refused(self),
        }
    }

    fn begin_again(mut self, told: bool) -> Step {
        self.person = true;
        if told { self.ask(true) } else { self.greet(false) }
    }

    fn mailbox(self, input: Input) -> Step {
        match (self.state, input) {
            (_, Input::Beep | Input::TimeOut(Timer::MailboxLimit))
            | (State::MailboxSilent, Input::TimeOut(Timer::NoBeep)) => self.leave_word(),
            (State::Mailbox, Input::SilenceAfterSpeech) => {
                self.to(State::MailboxSilent, vec![Action::StartTimer(Timer::NoBeep)])
            }
            (State::MailboxSilent, Input::SpeechStarted) => {
                self.to(State::Mailbox, vec![Action::StopTimer(Timer::NoBeep)])
            }
            (_, Input::Key(key)) => self.key_of_a_person(false, key),
            _ => Step::Refused(self),
        }
    }

    /// No mailbox presses keys.
    fn key_of_a_person(mut self, told: bool, key: char) -> Step {
        self.person = true;
        if key == '0' { self.connect() } else { self.begin_again(told) }
    }

    fn leave_word(self) -> Step {
        let actions = vec![Action::StopListening, Action::Say(Sentence::ForTheMailbox)];
        self.to(State::LeavingWord, actions)
    }

    fn connect(self) -> Step {
        let heard_news = self.outcome_so_far().heard_news();
        self.to(State::Connecting(heard_news), vec![Action::StopTalking, Action::Connect])
    }

    fn connecting(self, heard_news: bool, input: Input) -> Step {
        match input {
            Input::Connected => self.end(Outcome::WantsPerson { heard_news }, vec![]),
            Input::NobodyFree => self.invite(Why::WantedPerson(heard_news)),
            _ => Step::Refused(self),
        }
    }

    fn invite(self, why: Why) -> Step {
        let sentence = match why {
            Why::NotSolved => Sentence::WhatIsWrong,
            Why::Declined => Sentence::TellUsMore,
            Why::WantedPerson(_) => Sentence::NobodyButTellUs,
        };
        self.to(State::Inviting(why), vec![Action::Say(sentence)])
    }

    fn sound_the_tone(self, why: Why, input: Input) -> Step {
        if input == Input::Key('0') && !matches!(why, Why::WantedPerson(_)) {
            let heard_news = asked(why).heard_news();
            let look = vec![Action::StopTalking, Action::Connect];
            return self.to(State::Connecting(heard_news), look);
        }
        let actions =
            vec![Action::StopListening, Action::PrepareRecording, Action::Say(Sentence::Tone)];
        self.to(State::Tone(why), actions)
    }

    fn record(self, why: Why) -> Step {
        let actions = vec![
            Action::StartRecording,
            Action::StartTimer(Timer::MessageLimit),
            Action::StartTimer(Timer::NothingSaid),
        ];
        self.to(State::Recording { why, spoke: false }, actions)
    }

    fn recording(self, why: Why, spoke: bool, input: Input) -> Step {
        let end = match input {
            Input::SpeechStarted if !spoke => {
                return self.to(State::Recording { why, spoke: true }, vec![]);
            }
            Input::Key('#') => MessageEnd::Pound,
            Input::SilenceAfterSpeech if spoke => MessageEnd::Silence,
            Input::TimeOut(Timer::MessageLimit) => MessageEnd::Limit,
            // Her silence is an answer too.
            Input::TimeOut(Timer::NothingSaid) if !spoke => MessageEnd::Silence,
            Input::MediaLost => MessageEnd::MediaLost,
            Input::RecorderFailed => MessageEnd::RecorderFailed,
            _ => return Step::Refused(self),
        };
        let sentence = match (end, why) {
            (MessageEnd::RecorderFailed, _) => Sentence::Sorry,
            (_, Why::Declined | Why::WantedPerson(_)) if !spoke => Sentence::Goodbye,
            _ => Sentence::GoesOn,
        };
        self.keeping(spoke.then_some(end)).close(asked(why), sentence, &[Action::StopRecording])
    }

    const fn keeping(mut self, message: Option<MessageEnd>) -> Self {
        self.message = message;
        self
    }

    fn close(self, outcome: Outcome, sentence: Sentence, first: &[Action]) -> Step {
        let actions = [first, &[Action::Say(sentence)]].concat();
        self.to(State::Closing(outcome), actions)
    }

    /// Ends at once, wherever the call is.
    fn broken_off(self, input: Input) -> Step {
        let by_her = input == Input::RemoteHungUp;
        let outcome = match self.outcome_so_far() {
            Outcome::BrokenOff { heard_news } if by_her => Outcome::HungUp { heard_news },
            known => known,
        };
        let mut actions = Vec::new();
        let mut message = self.message;
        if let State::Recording { spoke, .. } = self.state {
            actions.push(Action::StopRecording);
            message = spoke.then_some(match input {
                Input::RemoteHungUp => MessageEnd::CallerHungUp,
                Input::TrunkFailed => MessageEnd::TrunkError,
                Input::Shutdown => MessageEnd::Shutdown,
                _ => MessageEnd::Limit,
            });
        }
        if !matches!(input, Input::RemoteHungUp | Input::TrunkFailed) {
            actions.push(Action::HangUp);
        }
        self.keeping(message).end(outcome, actions)
    }

    fn end(self, outcome: Outcome, actions: Vec<Action>) -> Step {
        self.to(State::Ended(outcome), actions)
    }

    const fn to(mut self, state: State, actions: Vec<Action>) -> Step {
        self.state = state;
        Step::Moved(self, actions)
    }
}

/// What she answered by coming as far as being asked to speak.
const fn asked(why: Why) -> Outcome {
    match why {
        Why::NotSolved => Outcome::Survey { answer: SurveyAnswer::NotSolved },
        Why::Declined => Outcome::Told,
        Why::WantedPerson(heard_news) => Outcome::WantsPerson { heard_news },
    }
}
