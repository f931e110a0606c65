//! A person is a key away: looking for one, waiting, talking, being handed on.

use super::{
    Action, CallFlow, CallState, Input, NobodyWhy, Part, People, PersonGone, Place, QueuePart,
    Step, Timer,
};
use crate::prompt::Words;
use crate::{TalkEnd, Termination};

/// The music between two announcements is heard so often.
const MUSIC_BETWEEN: u8 = 2;

impl CallFlow {
    pub(super) fn seek_person(self, first: Vec<Action>) -> Step {
        match self.told.people {
            People::Never => self.nobody(NobodyWhy::Away, first),
            People::Closed => self.nobody(NobodyWhy::Closed, first),
            People::Perhaps => {
                let connecting = self.play(Words::Named("connecting"));
                let seek = vec![
                    Action::StopTimer(Timer::CallLimit),
                    Action::StartTimer(Timer::Waiting),
                    Action::SeekPerson,
                    connecting,
                ];
                self.to(CallState::Connecting, [first, seek].concat())
            }
        }
    }

    fn nobody(self, why: NobodyWhy, first: Vec<Action>) -> Step {
        let words = self.play(Words::Named(match why {
            NobodyWhy::Closed => "nobody_closed",
            NobodyWhy::Away => "nobody_away",
            NobodyWhy::Busy => "nobody_free",
        }));
        self.to(CallState::ToldNobody, [first, vec![words]].concat())
    }

    /// Nobody came: a message, if she has not left one.
    pub(super) fn without_a_person(self) -> Step {
        match self.told.message {
            Some(_) => self.thank_further(vec![]),
            None => self.ask_for_a_message(vec![]),
        }
    }

    fn ask_for_a_message(self, first: Vec<Action>) -> Step {
        let promised = self.script.has(Part::Promise);
        self.greet_with(if promised { Part::Promise } else { Part::AfterTheTone }, first)
    }

    pub(super) fn waiting(mut self, input: Input) -> Step {
        let over = || vec![Action::StopTimer(Timer::Waiting), Action::StartTimer(Timer::CallLimit)];
        let left = || [vec![Action::StopSeeking], over()].concat();
        match (self.state, input) {
            (state, Input::Place(place)) => {
                self.told.place = Some(place);
                self.to(state, vec![])
            }
            (_, Input::Person) => self.talk(),
            (_, Input::SentOn) => {
                let end = Termination::Talked(TalkEnd::SentOn);
                self.end(end, [over(), vec![Action::HangUp]].concat())
            }
            (_, Input::Nobody(why)) => self.nobody(why, over()),
            (_, Input::TimeOut(Timer::Waiting)) => self.nobody(NobodyWhy::Busy, left()),
            (_, Input::Key('1')) if self.told.may_keep_place && self.told.place.is_some() => {
                self.told.place = None;
                let keep = [vec![Action::KeepPlace], left()].concat();
                let end = match self.told.message {
                    Some(message) => message.into(),
                    None => Termination::Talked(TalkEnd::PlaceKept),
                };
                self.part(end, Words::Named("place_kept"), &keep)
            }
            (_, Input::Key('2')) => match self.told.message {
                Some(_) => self.thank_further(left()),
                None => self.ask_for_a_message(left()),
            },
            (CallState::Connecting, Input::PromptEnded) => self.queued(QueuePart::Music(1)),
            (CallState::Queued(part), Input::PromptEnded) => self.queued_on(part),
            _ => Step::Refused(self),
        }
    }

    fn queued_on(self, part: QueuePart) -> Step {
        let place = self.told.place;
        let next = match part {
            QueuePart::Music(times) if times < MUSIC_BETWEEN => QueuePart::Music(times + 1),
            QueuePart::Music(_) if place.is_some() => QueuePart::Ahead,
            QueuePart::Ahead if place.is_some_and(|place| place.minutes.is_some()) => {
                QueuePart::Minutes
            }
            QueuePart::Music(_) | QueuePart::Ahead | QueuePart::Minutes => QueuePart::Offer,
            QueuePart::Offer => QueuePart::Music(1),
        };
        self.queued(next)
    }

    fn queued(self, part: QueuePart) -> Step {
        let Place { ahead, minutes } = self.told.place.unwrap_or(Place { ahead: 0, minutes: None });
        let words = match part {
            QueuePart::Music(_) => Words::Music,
            QueuePart::Ahead => Words::Ahead(ahead),
            QueuePart::Minutes => Words::Minutes(minutes.unwrap_or_default()),
            QueuePart::Offer if self.told.may_keep_place => Words::Named("offer_call_back"),
            QueuePart::Offer => Words::Named("offer_message"),
        };
        self.say(CallState::Queued(part), words)
    }

    fn talk(mut self) -> Step {
        self.told.talked = true;
        self.told.place = None;
        let actions = vec![
            Action::StopPlaying,
            Action::StopTimer(Timer::Waiting),
            Action::StartTimer(Timer::Talking),
            Action::Bridge,
        ];
        self.to(CallState::Talking(false), actions)
    }

    pub(super) fn talking(mut self, seeking: bool, input: Input) -> Step {
        match input {
            Input::HandOn if !seeking && self.told.hand_ons >= self.script.most_hand_ons => {
                let refused = self.tell_person("no_more_hand_ons");
                self.to(CallState::Talking(false), vec![refused])
            }
            Input::HandOn if !seeking => {
                self.to(CallState::Talking(true), vec![Action::SeekColleague])
            }
            Input::Person if seeking => {
                self.told.hand_ons += 1;
                self.to(CallState::Talking(false), vec![Action::Bridge])
            }
            Input::Nobody(_) if seeking => {
                let alone = self.tell_person("no_colleague");
                self.to(CallState::Talking(false), vec![alone])
            }
            Input::PersonGone(PersonGone::HungUp) if !seeking => {
                let end = Termination::Talked(TalkEnd::PersonHungUp);
                self.part(end, Words::Named("goodbye"), &[Action::Unbridge])
            }
            // Either it broke, or she was left to a colleague who is still being rung.
            Input::PersonGone(_) => self.seek_again(seeking),
            _ => Step::Refused(self),
        }
    }

    fn seek_again(self, handed_on: bool) -> Step {
        let words = if handed_on { "handing_on" } else { "call_is_lost" };
        let play = self.play(Words::Named(words));
        let actions = vec![
            Action::Unbridge,
            Action::StopTimer(Timer::Talking),
            Action::StartTimer(Timer::Waiting),
            Action::SeekPerson,
            play,
        ];
        self.to(CallState::Connecting, actions)
    }

    const fn tell_person(&self, name: &'static str) -> Action {
        let prompt = crate::Prompt { language: self.told.language, words: Words::Named(name) };
        Action::TellPerson(prompt)
    }
}
