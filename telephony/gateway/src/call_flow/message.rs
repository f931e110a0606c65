//! The tone, the message, and the thanks.

use super::{Action, CallFlow, CallState, Input, People, Step, ThanksPart, Timer};
use crate::prompt::Words;
use crate::{MessageEnd, NoMessageEnd, TalkEnd, Termination};

impl CallFlow {
    pub(super) fn sound_the_tone(self) -> Step {
        let tone = self.play(Words::Tone);
        self.to(CallState::Tone, vec![Action::PrepareRecording, tone])
    }

    pub(super) fn tone(self, input: Input) -> Step {
        match input {
            Input::PromptEnded => self.record(),
            Input::RecorderFailed => {
                self.part(NoMessageEnd::RecorderFailed.into(), Words::Sorry, &[])
            }
            _ => Step::Refused(self),
        }
    }

    fn record(mut self) -> Step {
        self.told.takes = self.told.takes.saturating_add(1);
        let actions = vec![
            Action::StartRecording,
            Action::StartTimer(Timer::MessageLimit),
            Action::StartTimer(Timer::NothingSaid),
        ];
        self.to(CallState::Recording { spoke: false, asked_again: false }, actions)
    }

    pub(super) fn recording(self, spoke: bool, asked_again: bool, input: Input) -> Step {
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
                self.say(CallState::AskingAgain, Words::NothingHeard)
            }
            _ if spoke => Step::Refused(self),
            other => self.silent_ending(other),
        }
    }

    pub(super) fn asking_again(self, input: Input) -> Step {
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

    /// Ways to end a recording in which nobody spoke. What she told before stays.
    fn silent_ending(self, input: Input) -> Step {
        let (end, words) = match input {
            Input::Key('#') | Input::TimeOut(Timer::NothingSaid | Timer::MessageLimit) => {
                (NoMessageEnd::NothingSaid, Words::GoodbyeUnheard)
            }
            Input::MediaLost => (NoMessageEnd::MediaLost, Words::GoodbyeUnheard),
            Input::RecorderFailed => (NoMessageEnd::RecorderFailed, Words::Sorry),
            _ => return Step::Refused(self),
        };
        match self.told.message {
            Some(_) => self.thank_further(vec![Action::StopRecording]),
            None => self.part(end.into(), words, &[Action::StopRecording]),
        }
    }

    fn thank(mut self, end: MessageEnd) -> Step {
        self.told.message = Some(end);
        (self.told.listening, self.told.topics) = (true, None);
        let thanks = self.play(Words::Thanks);
        let actions = vec![
            Action::StopRecording,
            Action::StopTimer(Timer::MessageLimit),
            Action::Understand,
            Action::StartTimer(Timer::Understanding),
            thanks,
        ];
        self.to(CallState::Thanking(ThanksPart::What), actions)
    }

    pub(super) fn thanking(mut self, part: ThanksPart, input: Input) -> Step {
        match (part, input) {
            (_, Input::Key('0')) => self.seek_person(vec![]),
            (ThanksPart::What, Input::PromptEnded | Input::Key(_)) => {
                self.read_back_or_go_on(input)
            }
            (ThanksPart::What, _) => self.noticing(input),
            (ThanksPart::When, Input::PromptEnded) => {
                self.told.promise_heard = true;
                let known = self.told.number_known;
                let how = if known { Words::CallBack } else { Words::HiddenNumber };
                self.say(CallState::Thanking(ThanksPart::How), how)
            }
            (ThanksPart::How, Input::PromptEnded) => {
                let end = self.end_so_far();
                self.end(end, vec![Action::HangUp])
            }
            _ => Step::Refused(self),
        }
    }

    /// By when and how she will be answered.
    pub(super) fn thank_further(self, first: Vec<Action>) -> Step {
        let when = self.play(Words::Promise(self.told.promise));
        self.to(CallState::Thanking(ThanksPart::When), [first, vec![when]].concat())
    }

    /// A line that has only messages does not cut one short for nobody.
    pub(super) fn keeps_speaking(&self) -> bool {
        let speaks = matches!(self.state, CallState::Recording { spoke: true, .. });
        speaks && self.told.people == People::Never
    }

    /// She wants a person instead of going on with her message.
    pub(super) fn leaving_the_message(mut self) -> Step {
        let mut first = vec![Action::StopTimer(Timer::MessageLimit)];
        if self.state != CallState::Tone {
            first.push(Action::StopRecording);
        }
        if matches!(self.state, CallState::Recording { spoke: true, .. }) {
            self.told.message = Some(MessageEnd::AskedForPerson);
        }
        self.seek_person(first)
    }

    /// How the call would have ended if it ended in good order now.
    pub(super) fn end_so_far(&self) -> Termination {
        match self.told.message {
            Some(end) => Termination::MessageLeft(end),
            None if self.told.talked => Termination::Talked(TalkEnd::PersonLost),
            None => Termination::NoMessage(NoMessageEnd::NothingSaid),
        }
    }
}
