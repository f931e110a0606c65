//! A call in which the caller hears herself.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mostik_sip::CallEvent;

use crate::facts::steps;
use crate::gateway::Shared;
use crate::reception::Line;
use crate::reoffer::{reanswered, reoffered};
use crate::{AudioFacts, CompletedCall, NoMessageEnd};

/// Nobody needs longer to hear that she is heard.
const LONGEST: Duration = Duration::from_mins(1);

/// Sends back what is heard until somebody has had enough; `told` is the call as it began.
pub(crate) async fn run(shared: Arc<Shared>, mut told: CompletedCall, line: Line) {
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
            CallEvent::Reoffer { offer } => {
                reoffered(&call, &session, &mut negotiation, offer).await;
            }
            CallEvent::Reanswer { answer } => reanswered(&session, &negotiation, &answer).await,
            CallEvent::Transfer(_) => {
                call.refuse_transfer(603).await.ok();
            }
            CallEvent::Key(_) => {}
        }
    }
    told.ended_at = Timestamp::now();
    told.termination = NoMessageEnd::EchoTest.into();
    told.facts.audio = Some(AudioFacts::of(&session.quality().await));
    let ladder = call.ladder();
    call.hang_up().await;
    told.facts.ladder = steps(&ladder);
    shared.delivery.mention(told).await;
}
