//! A call-back as it is told to the host.

use mostik_sip::DialFailure;
use uuid::Uuid;

use super::flow::{CallBackFlow, Input, Timer};
use super::{CallBackOrder, CallBackReport, Outcome};
use crate::outgoing::NotPlaced;
use crate::{CallFacts, CompletedCall, NoMessageEnd, NotAnswered, Termination};

/// A call that is about to be placed, as it would be told if everything ended now.
pub(super) fn beginning(order: &CallBackOrder) -> CompletedCall {
    let id = format!("call_{}", Uuid::now_v7().simple());
    let (line, callee) = (order.line.clone(), order.callee());
    let report = CallBackReport {
        about: order.about.clone(),
        attempt: order.attempt,
        outcome: Outcome::BrokenOff { heard_news: false },
    };
    let call = CompletedCall::beginning(id, line, callee, order.language, CallFacts::default());
    CompletedCall { call_back: Some(report), ..call }
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
