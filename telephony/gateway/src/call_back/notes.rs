//! A call-back as it is told to the host.

use jiff::Timestamp;
use mostik_sip::DialFailure;
use uuid::Uuid;

use super::flow::{CallBackFlow, Input, Timer};
use super::{CallBackOrder, CallBackReport, Outcome};
use crate::outgoing::NotPlaced;
use crate::{CallFacts, CompletedCall, NoMessageEnd, NotAnswered, PressedKeys, Termination};

/// A call that is about to be placed, as it would be told if everything ended now.
pub(super) fn beginning(order: &CallBackOrder) -> CompletedCall {
    let outcome = Outcome::BrokenOff { heard_news: false };
    CompletedCall {
        id: format!("call_{}", Uuid::now_v7().simple()),
        line: order.line.clone(),
        caller: order.callee(),
        language: order.language,
        arrived_at: Timestamp::now(),
        answered_at: None,
        tone_at: None,
        ended_at: Timestamp::now(),
        termination: Termination::NoMessage(NoMessageEnd::Interrupted),
        promise: None,
        recording: None,
        codec: String::new(),
        keys: PressedKeys::default(),
        facts: CallFacts::default(),
        call_back: Some(CallBackReport {
            about: order.about.clone(),
            attempt: order.attempt,
            outcome,
        }),
        topic: None,
        talks: Vec::new(),
        waited: None,
        hand_ons: 0,
        place_kept: None,
        turn: None,
    }
}

/// What it means for a call-back that it was not answered.
pub(crate) const fn not_placed(why: &NotPlaced) -> (Outcome, NotAnswered) {
    match why {
        NotPlaced::Failed(failure) => match failure {
            DialFailure::Busy => (Outcome::Busy, NotAnswered::Busy),
            DialFailure::NoAnswer => (Outcome::NoAnswer, NotAnswered::NobodyThere),
            DialFailure::Declined => (Outcome::Declined, NotAnswered::Declined),
            DialFailure::UnknownNumber => (Outcome::UnknownNumber, NotAnswered::UnknownLine),
            DialFailure::NoCommonMedia => (Outcome::Failed, NotAnswered::NoCommonAudio),
            DialFailure::ShuttingDown | DialFailure::Cancelled => {
                (Outcome::Failed, NotAnswered::Shutdown)
            }
            _ => (Outcome::Failed, NotAnswered::NotCarried),
        },
        NotPlaced::Order(_) | NotPlaced::NoWay(_) => (Outcome::Failed, NotAnswered::NotCarried),
        NotPlaced::Ports(_) => (Outcome::Failed, NotAnswered::NoPorts),
        NotPlaced::Audio(_) => (Outcome::Failed, NotAnswered::NoCommonAudio),
    }
}

/// How an answered call-back ended, told like any call.
pub(super) fn termination(flow: CallBackFlow, last: Input, tone: bool) -> Termination {
    if let Some(message) = flow.message {
        return message.into();
    }
    let end = match (flow.outcome_so_far(), last) {
        (Outcome::Mailbox, _) => NoMessageEnd::Mailbox,
        (_, Input::TrunkFailed) => NoMessageEnd::TrunkError,
        (_, Input::Shutdown) => NoMessageEnd::Shutdown,
        (_, Input::TimeOut(Timer::CallLimit)) => NoMessageEnd::Limit,
        (_, Input::RemoteHungUp) if tone => NoMessageEnd::HungUpAfterTone,
        (Outcome::HungUp { .. }, _) => NoMessageEnd::HungUpBeforeTone,
        _ => NoMessageEnd::Told,
    };
    end.into()
}
