//! One call by several trunks: the next is tried when one cannot take it.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::letter::Letter;
use super::start::{Dialler, Goal, letter_by_trunk};
use super::{Dial, DialError, DialEvent, DialFailure, OutgoingCall};
use crate::trunk::Trunk;

/// The same order, written for one trunk.
pub(super) struct Copy {
    trunk: Arc<Trunk>,
    letter: Letter,
}

/// Writes the order for each trunk, so that what is wrong with it is found before anything is
/// sent.
pub(super) fn copies(order: &Dial, trunks: Vec<Arc<Trunk>>) -> Result<Vec<Copy>, DialError> {
    let copy = |trunk: Arc<Trunk>| {
        let letter = letter_by_trunk(order, &trunk)?;
        Ok(Copy { trunk, letter })
    };
    trunks.into_iter().map(copy).collect()
}

impl Dialler {
    /// Tries the trunks one after the other, all in the time of the order.
    pub(super) async fn try_in_turn(
        self,
        order: Dial,
        copies: Vec<Copy>,
        (id, give_up): (String, CancellationToken),
        report: mpsc::Sender<DialEvent>,
    ) {
        let end = Instant::now() + order.ring_for;
        let mut failure = DialFailure::Unreachable;
        for Copy { trunk, letter } in copies {
            let ring_for = end.saturating_duration_since(Instant::now());
            let order = Dial { ring_for, ..order.clone() };
            let give_up = give_up.child_token();
            let call = self.place(&order, Goal::Trunk(trunk), letter, id.clone(), give_up);
            match relay(call, &report).await {
                Some(why) => failure = why,
                None => return,
            }
            if !is_of_the_trunk(failure) || end <= Instant::now() {
                break;
            }
        }
        report.send(DialEvent::Failed(failure)).await.ok();
    }
}

/// Passes on what happens until the call fails; `None` when it was answered, or nobody listens.
async fn relay(mut call: OutgoingCall, report: &mpsc::Sender<DialEvent>) -> Option<DialFailure> {
    loop {
        let event = tokio::select! {
            event = call.next() => event,
            () = report.closed() => return None,
        };
        let answered = matches!(event, DialEvent::Answered(..));
        if let DialEvent::Failed(why) = event {
            return Some(why);
        }
        report.send(event).await.ok()?;
        if answered {
            return None;
        }
    }
}

/// Whether another trunk may do better: this one, and not who was called, is the reason.
fn is_of_the_trunk(failure: DialFailure) -> bool {
    match failure {
        DialFailure::Unreachable
        | DialFailure::Unavailable { .. }
        | DialFailure::Unauthorized
        | DialFailure::Broken => true,
        DialFailure::Refused { status } => (500..600).contains(&status),
        DialFailure::Busy
        | DialFailure::NoAnswer
        | DialFailure::Declined
        | DialFailure::UnknownNumber
        | DialFailure::NoCommonMedia
        | DialFailure::RedirectedElsewhere
        | DialFailure::Cancelled
        | DialFailure::TooManyCalls
        | DialFailure::ShuttingDown => false,
    }
}
