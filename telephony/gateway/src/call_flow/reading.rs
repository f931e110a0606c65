//! How we understood her, and what she says to that: one key is enough.

use super::{Action, CallFlow, CallState, Confirmed, Input, MOST_TAKES, Step, Timer};
use crate::prompt::Words;

impl CallFlow {
    /// What comes of listening to the message, while something else goes on.
    pub(super) fn noticing(mut self, input: Input) -> Step {
        let state = self.state;
        match input {
            Input::Understood { topics } => self.told.topics = Some(topics),
            Input::NotUnderstood | Input::TimeOut(Timer::Understanding) => {}
            _ => return Step::Refused(self),
        }
        self.told.listening = false;
        self.to(state, vec![Action::StopTimer(Timer::Understanding)])
    }

    /// The thanks are said: what we understood comes next, when it is there.
    pub(super) fn read_back_or_go_on(self, input: Input) -> Step {
        if self.told.topics.is_some() {
            return self.say(CallState::ReadingBack(false), Words::Understood);
        }
        if input != Input::PromptEnded && self.told.listening {
            // She has no time for thanks; a moment more for understanding does no harm.
            return self.to(CallState::Understanding, vec![Action::StopPlaying]);
        }
        self.thank_further(vec![Action::StopTimer(Timer::Understanding)])
    }

    pub(super) fn reading(mut self, input: Input) -> Step {
        let stop = vec![Action::StopTimer(Timer::Key)];
        match (self.state, input) {
            (_, Input::Key('0')) => self.seek_person(stop),
            (CallState::Understanding, Input::Understood { topics }) => {
                self.told.topics = Some(topics);
                self.read_back_or_go_on(input)
            }
            (CallState::ReadingBack(false), Input::PromptEnded) => {
                self.say(CallState::ReadingBack(true), Words::Named("right_or_not"))
            }
            (CallState::ReadingBack(true), Input::PromptEnded) => {
                self.to(CallState::AwaitingAnswer, vec![Action::StartTimer(Timer::Key)])
            }
            (CallState::ReadingBack(_) | CallState::AwaitingAnswer, Input::Key(key)) => {
                self.answered_by(key)
            }
            (CallState::NamingTopic(false), Input::PromptEnded) => {
                self.to(CallState::NamingTopic(true), vec![Action::StartTimer(Timer::Key)])
            }
            (CallState::NamingTopic(_), Input::Key(key)) => self.named_by(key),
            (
                CallState::Understanding,
                Input::NotUnderstood | Input::TimeOut(Timer::Understanding),
            )
            | (
                CallState::AwaitingAnswer | CallState::NamingTopic(true),
                Input::TimeOut(Timer::Key),
            )
            | (CallState::Noting, Input::PromptEnded) => self.thank_further(vec![]),
            (CallState::TellingAgain, Input::PromptEnded | Input::Key(_)) => self.sound_the_tone(),
            _ => Step::Refused(self),
        }
    }

    fn answered_by(mut self, key: char) -> Step {
        let stop = Action::StopTimer(Timer::Key);
        match key {
            '1' => {
                self.told.confirmed = Some(Confirmed::AsUnderstood);
                self.noted(stop)
            }
            '3' if u32::from(self.told.takes) < MOST_TAKES => {
                let ask = self.play(Words::Named("say_again"));
                self.to(CallState::TellingAgain, vec![stop, ask])
            }
            '2' | '3' => {
                let topics = self.play(Words::Topics);
                self.to(CallState::NamingTopic(false), vec![stop, topics])
            }
            _ => Step::Refused(self),
        }
    }

    fn named_by(mut self, key: char) -> Step {
        let topics = self.told.topics.unwrap_or_default();
        let named = key.to_digit(10).and_then(|number| u8::try_from(number).ok());
        match named.filter(|number| (1..=topics).contains(number)) {
            Some(number) => {
                self.told.confirmed = Some(Confirmed::Topic(number));
                self.noted(Action::StopTimer(Timer::Key))
            }
            None => Step::Refused(self),
        }
    }

    fn noted(self, first: Action) -> Step {
        let noted = self.play(Words::Named("noted"));
        self.to(CallState::Noting, vec![first, noted])
    }
}
