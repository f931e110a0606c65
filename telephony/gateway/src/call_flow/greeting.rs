//! From the answer to the tone: who we are, how it stands, what the keys do.

use super::{Action, CallFlow, CallState, Choice, Input, Part, People, Step, Timer};
use crate::SpokenLanguage;
use crate::prompt::{Prompt, Words};

impl CallFlow {
    pub(super) fn answered(self) -> Step {
        self.on_from(None, vec![Action::StartTimer(Timer::CallLimit)])
    }

    pub(super) fn greeting(mut self, part: Part, input: Input) -> Step {
        match input {
            Input::PromptEnded => {
                self.told.promise_heard |= part == Part::Promise;
                let more_keys = match part {
                    Part::Language => self.applies(Part::Menu),
                    Part::Menu => !self.applies(Part::Zero),
                    Part::Zero => true,
                    _ => false,
                };
                if more_keys {
                    let wait = vec![Action::StartTimer(Timer::Key)];
                    return self.to(CallState::AwaitingKey(part), wait);
                }
                self.on_from(Some(part), vec![])
            }
            Input::Key(key) => self.key_in_greeting(part, key),
            _ => Step::Refused(self),
        }
    }

    /// Something was said, and she may answer by a key.
    pub(super) fn awaiting_key(self, part: Part, input: Input) -> Step {
        match input {
            Input::TimeOut(Timer::Key) => self.on_from(Some(part), vec![]),
            Input::Key(key) => self.key_in_greeting(part, key),
            _ => Step::Refused(self),
        }
    }

    fn key_in_greeting(self, part: Part, key: char) -> Step {
        if key == '0' {
            return self.seek_person(vec![Action::StopTimer(Timer::Key)]);
        }
        let menu = self.applies(Part::Menu);
        if menu && matches!(part, Part::Menu | Part::Zero) {
            return self.key_in_menu(key);
        }
        if menu && self.script.is_before(Part::Menu, part) {
            return self.sound_the_tone();
        }
        match self.language_of(key) {
            Some(language) if language != self.told.language => self.turned_to(language),
            _ if menu => self.greet_with(Part::Menu, vec![Action::StopTimer(Timer::Key)]),
            _ => self.sound_the_tone(),
        }
    }

    fn key_in_menu(self, key: char) -> Step {
        let stop = vec![Action::StopTimer(Timer::Key)];
        match self.script.choice(key) {
            Some(Choice::Message) => self.greet_with(Part::AfterTheTone, stop),
            Some(Choice::Person) => self.seek_person(stop),
            Some(Choice::Again) => self.greet_with(Part::Menu, stop),
            // A slip of the finger: time to try again.
            None => self.to(
                CallState::AwaitingKey(Part::Zero),
                vec![Action::StopPlaying, Action::StartTimer(Timer::Key)],
            ),
        }
    }

    fn language_of(&self, key: char) -> Option<SpokenLanguage> {
        let chosen = match key {
            '1' => SpokenLanguage::Russian,
            '2' => SpokenLanguage::English,
            _ => return None,
        };
        self.script.has(Part::Language).then_some(chosen)
    }

    fn turned_to(mut self, language: SpokenLanguage) -> Step {
        self.told.language = language;
        self.on_from(None, vec![Action::StopTimer(Timer::Key)])
    }

    /// The next part that applies to this call, or the tone.
    fn on_from(self, part: Option<Part>, first: Vec<Action>) -> Step {
        let next = self.script.after(part).find(|part| self.applies(*part));
        match next {
            Some(next) => self.greet_with(next, first),
            None => self.sound_the_tone(),
        }
    }

    pub(super) fn greet_with(self, part: Part, first: Vec<Action>) -> Step {
        let language = match part {
            // For those who do not understand the rest.
            Part::Language => self.told.language.other(),
            _ => self.told.language,
        };
        let words = match part {
            Part::LastProblem => Words::LastProblem,
            Part::Outage => Words::Outage,
            Part::Welcome => Words::Welcome,
            Part::Closed => Words::Named("closed"),
            Part::Language => Words::LanguageHint,
            Part::Menu => Words::Named("menu"),
            Part::Zero => Words::Named("zero"),
            Part::Promise => Words::Promise(self.told.promise),
            Part::AfterTheTone => Words::AfterTheTone,
        };
        let play = Action::Play(Prompt { language, words });
        self.to(CallState::Greeting(part), [first, vec![play]].concat())
    }

    fn applies(&self, part: Part) -> bool {
        if !self.script.has(part) {
            return false;
        }
        match part {
            Part::LastProblem => self.told.last_problem,
            Part::Outage => self.told.outage,
            Part::Closed => self.told.people == People::Closed,
            Part::Menu | Part::Zero => self.told.people == People::Perhaps,
            _ => true,
        }
    }
}
