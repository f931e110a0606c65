//! One call to several phones at once: the first that answers has it (RFC 3261 section 16.7).

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::{DialEvent, DialFailure, OutgoingCall};

/// Rings all of them. Who is not needed any more is dropped, which cancels it, or hangs up on a
/// phone that answers in that very moment.
pub(super) async fn ring_together(phones: Vec<OutgoingCall>, report: mpsc::Sender<DialEvent>) {
    let alone = phones.len() == 1;
    let mut ringing: FuturesUnordered<_> = phones.into_iter().map(next_of).collect();
    let (mut tried, mut rang) = (false, false);
    let mut failure = None;
    loop {
        let next = tokio::select! {
            next = ringing.next() => next,
            () = report.closed() => return,
        };
        let Some((phone, event)) = next else {
            break;
        };
        let news = match event {
            DialEvent::Answered(..) => {
                report.send(event).await.ok();
                return;
            }
            DialEvent::Failed(why) => {
                failure = Some(failure.map_or(why, |other| telling(other, why)));
                continue;
            }
            DialEvent::Trying => !std::mem::replace(&mut tried, true),
            DialEvent::EarlyMedia(_) if alone => true,
            DialEvent::EarlyMedia(_) | DialEvent::Ringing => !std::mem::replace(&mut rang, true),
        };
        if news {
            // What several phones play cannot be heard at once: that is ringing.
            let early = matches!(event, DialEvent::EarlyMedia(_)) && !alone;
            let event = if early { DialEvent::Ringing } else { event };
            report.send(event).await.ok();
        }
        ringing.push(next_of(phone));
    }
    let failure = failure.unwrap_or(DialFailure::Unreachable);
    report.send(DialEvent::Failed(failure)).await.ok();
}

async fn next_of(mut phone: OutgoingCall) -> (OutgoingCall, DialEvent) {
    let event = phone.next().await;
    (phone, event)
}

/// Which of two failures says more about the person who was called.
fn telling(one: DialFailure, other: DialFailure) -> DialFailure {
    let weight = |failure: &DialFailure| match failure {
        DialFailure::Cancelled | DialFailure::ShuttingDown => 5,
        DialFailure::Declined => 4,
        DialFailure::Busy => 3,
        DialFailure::NoAnswer => 2,
        DialFailure::Unreachable | DialFailure::TooManyCalls => 0,
        _ => 1,
    };
    if weight(&other) > weight(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::SessionText;

    struct Rung {
        tell: mpsc::Sender<DialEvent>,
        given_up: CancellationToken,
    }

    fn phone() -> (OutgoingCall, Rung) {
        let (tell, events) = mpsc::channel(16);
        let given_up = CancellationToken::new();
        let call = OutgoingCall::new("call".into(), events, given_up.clone());
        (call, Rung { tell, given_up })
    }

    fn ring(count: usize) -> (Vec<Rung>, mpsc::Receiver<DialEvent>) {
        let (calls, rung): (Vec<_>, Vec<_>) = (0..count).map(|_| phone()).unzip();
        let (report, events) = mpsc::channel(16);
        tokio::spawn(ring_together(calls, report));
        (rung, events)
    }

    #[tokio::test]
    async fn ringing_is_told_once_and_the_last_failure_ends_it() {
        let (rung, mut events) = ring(2);
        for phone in &rung {
            phone.tell.send(DialEvent::Ringing).await.unwrap();
        }
        assert!(matches!(events.recv().await, Some(DialEvent::Ringing)));
        rung[0].tell.send(DialEvent::Failed(DialFailure::Declined)).await.unwrap();
        rung[1].tell.send(DialEvent::Failed(DialFailure::Unreachable)).await.unwrap();
        let Some(DialEvent::Failed(why)) = events.recv().await else { panic!("no end") };
        assert_eq!(why, DialFailure::Declined);
        assert!(events.recv().await.is_none());
    }

    #[tokio::test]
    async fn what_one_phone_plays_is_heard_and_what_several_play_is_ringing() {
        for (count, heard) in [(1, true), (2, false)] {
            let (rung, mut events) = ring(count);
            let early = DialEvent::EarlyMedia(SessionText("v=0".into()));
            rung[0].tell.send(early).await.unwrap();
            let event = events.recv().await;
            assert_eq!(matches!(event, Some(DialEvent::EarlyMedia(_))), heard, "{event:?}");
        }
    }

    #[tokio::test]
    async fn all_are_cancelled_when_nobody_waits_any_more() {
        let (rung, events) = ring(2);
        drop(events);
        for phone in &rung {
            phone.given_up.cancelled().await;
        }
    }
}
