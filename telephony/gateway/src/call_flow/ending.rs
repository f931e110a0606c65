//! The ways out.

use super::{Action, CallFlow, CallState, Input, Step};
use crate::prompt::Words;
use crate::{MessageEnd, NoMessageEnd, TalkEnd, Termination};

impl CallFlow {
    /// Says goodbye.
    pub(super) fn part(self, end: Termination, words: Words, first: &[Action]) -> Step {
        let actions = [first, &[self.play(words)]].concat();
        self.to(CallState::Parting(end), actions)
    }

    pub(super) fn end(self, termination: Termination, actions: Vec<Action>) -> Step {
        self.to(CallState::Ended(termination), actions)
    }

    /// Ends at once, wherever the call is.
    pub(super) fn broken_off(self, input: Input) -> Step {
        let mut actions = Vec::new();
        match self.state {
            CallState::Recording { .. } | CallState::AskingAgain => {
                actions.push(Action::StopRecording);
            }
            CallState::Connecting | CallState::Queued(_) => actions.push(Action::StopSeeking),
            CallState::Talking(_) => actions.push(Action::Unbridge),
            _ => {}
        }
        if !matches!(input, Input::RemoteHungUp | Input::TrunkFailed) {
            actions.push(Action::HangUp);
        }
        let end = self.broken_off_by(input);
        self.end(end, actions)
    }

    fn broken_off_by(&self, input: Input) -> Termination {
        match (self.state, self.told.message) {
            (CallState::Parting(end), _) => end,
            (CallState::Talking(_), _) => Termination::Talked(match input {
                Input::RemoteHungUp => TalkEnd::CallerHungUp,
                Input::TrunkFailed => TalkEnd::TrunkError,
                Input::Shutdown => TalkEnd::Shutdown,
                _ => TalkEnd::Limit,
            }),
            (CallState::Recording { spoke: true, .. }, _) => {
                Termination::MessageLeft(match input {
                    Input::RemoteHungUp => MessageEnd::CallerHungUp,
                    Input::TrunkFailed => MessageEnd::TrunkError,
                    Input::Shutdown => MessageEnd::Shutdown,
                    _ => MessageEnd::Limit,
                })
            }
            (_, Some(end)) => Termination::MessageLeft(end),
            (_, None) if self.told.talked => Termination::Talked(TalkEnd::PersonLost),
            (state, None) => Termination::NoMessage(match (input, state) {
                (Input::RemoteHungUp, CallState::Recording { .. } | CallState::AskingAgain) => {
                    NoMessageEnd::HungUpAfterTone
                }
                (Input::RemoteHungUp, CallState::Connecting | CallState::Queued(_)) => {
                    NoMessageEnd::HungUpWaiting
                }
                (Input::RemoteHungUp, _) => NoMessageEnd::HungUpBeforeTone,
                (Input::TrunkFailed, _) => NoMessageEnd::TrunkError,
                (Input::Shutdown, _) => NoMessageEnd::Shutdown,
                _ => NoMessageEnd::Limit,
            }),
        }
    }
}
