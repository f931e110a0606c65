//! A call in which the caller hears herself.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mostik_sip::CallEvent;

use crate::facts::steps;
use crate::gateway::Shared;
use crate::reception::{Line, refusal_of};
use crate::{AudioFacts, CompletedCall, NoMessageEnd};

/// Nobody needs longer to hear that she is heard.
const LONGEST: Duration = Duration::from_mins(1);

/// Sends back what is heard until somebody has had enough; `told` is the call as it began.
pub(crate) async fn run(shared: Arc<Shared>, told: CompletedCall, line: Line) {
    let Line { mut call, mut negotiation, session, heard: _heard, .. } = line;
    session.echo().await;
    let over = tokio::time::sleep(LONGEST);
    tokio::pin!(over);
    loop {
        let event = tokio::select! {
            event = call.next_event() => event,
            () = &mut over => break,
            () = shared.hurry.cancelled() => break,
        };
        match event {
            CallEvent::Ended(_) => break,
            CallEvent::Reoffer { offer: Some(offer) } => match negotiation.answer(&offer) {
                Ok((sdp, media)) => {
                    session.renegotiated(media).await;
                    call.accept_reoffer(sdp).await.ok();
                }
                Err(error) => {
                    call.refuse_reoffer(refusal_of(&error)).await.ok();
                }
            },
            CallEvent::Reoffer { offer: None } => {
                call.accept_reoffer(negotiation.offer()).await.ok();
            }
            CallEvent::Transfer(_) => {
                call.refuse_transfer(603).await.ok();
            }
            CallEvent::Reanswer { .. } | CallEvent::Key(_) => {}
        }
    }
    let mut told = told;
    told.ended_at = Timestamp::now();
    told.termination = NoMessageEnd::EchoTest.into();
    told.facts.audio = Some(AudioFacts::of(&session.quality().await));
    let ladder = call.ladder();
    call.hang_up().await;
    told.facts.ladder = steps(&ladder);
    shared.delivery.mention(told).await;
}
