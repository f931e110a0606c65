//! The turn of a caller who kept her place and hung up: a person is found first, then she is
//! called, and nobody waits with music for nobody.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::call_back::{Outcome, not_placed};
use crate::conversation::Conversation;
use crate::gateway::Shared;
use crate::live_line::{LineEvent, LiveLine};
use crate::outgoing::{Leg, OutgoingOrder};
use crate::switchboard::{News, Side, Wish};
use crate::{CallFacts, CallPlan, CompletedCall, Prompt, Words};

/// A kept place.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The host's name of it, told back with everything that becomes of it.
    pub about: String,
    /// The line whose queue it is in.
    pub line: String,
    /// Since when she waits.
    pub since: Timestamp,
    /// How she is called.
    pub order: OutgoingOrder,
    /// How the call goes on should she lose the person again.
    pub plan: CallPlan,
}

/// Why she and a person were not brought together this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnEnd {
    /// Nobody could take her; she was not called.
    NobodyThere,
    /// The host did not want her to be called any more.
    Withdrawn,
    /// She was called, and did not answer.
    Missed(Outcome),
    /// The person hung up before she answered.
    PersonLeft,
}

/// Carries one turn to its end.
pub(crate) async fn conduct(shared: Arc<Shared>, turn: Turn) {
    let about = turn.about.clone();
    let id = format!("call_{}", Uuid::now_v7().simple());
    tracing::Span::current().record("id", id.as_str());
    if let Err(end) = Box::pin(bring_together(&shared, turn, id)).await {
        tracing::info!(?end, about, "a kept place waits on");
        shared.host.turn_over(&about, end).await;
    }
}

async fn bring_together(shared: &Arc<Shared>, turn: Turn, id: String) -> Result<(), TurnEnd> {
    let mut side = tokio::select! {
        side = person(shared, &turn, &id) => side?,
        () = shared.hurry.cancelled() => {
            shared.switchboard.leave(&id).await;
            return Err(TurnEnd::Withdrawn);
        }
    };
    if !shared.host.about_to_call(&turn.about).await {
        return Err(TurnEnd::Withdrawn);
    }
    let language = turn.plan.language;
    if let Some(music) = shared.prompts.clip(Prompt { language, words: Words::Music }) {
        side.line.play(music).await;
    }
    let leg = tokio::select! {
        placed = shared.calls_out.place(turn.order.clone(), |_| {}) => {
            placed.map_err(|why| TurnEnd::Missed(not_placed(&why).0))?
        }
        () = hangs_up(&mut side.line) => return Err(TurnEnd::PersonLeft),
        () = shared.hurry.cancelled() => return Err(TurnEnd::PersonLeft),
    };
    side.line.stop_playing().await;
    let told = answered(&turn, id, &leg);
    Conversation::of_turn(Arc::clone(shared), told, turn, leg, side).run_turn().await;
    Ok(())
}

async fn person(shared: &Shared, turn: &Turn, id: &str) -> Result<Side, TurnEnd> {
    let wish = Wish {
        call: id.to_owned(),
        line: turn.line.clone(),
        since: turn.since,
        instead_of: None,
        only: None,
    };
    let mut news = shared.switchboard.seek(wish, turn.plan.language).await;
    loop {
        match news.recv().await {
            Some(News::Person(side)) => return Ok(*side),
            // A PBX takes over calls that are there, and she is not.
            Some(News::SendOn { person, .. }) => shared.switchboard.not_sent(id, &person).await,
            Some(News::Place(_) | News::Ringing(_)) => {}
            Some(News::Nobody(_)) | None => return Err(TurnEnd::NobodyThere),
        }
    }
}

/// Returns when the other side is gone.
async fn hangs_up(line: &mut LiveLine) {
    loop {
        let arrived = line.arrival().await;
        if let Some(LineEvent::HungUp | LineEvent::Broken | LineEvent::Shutdown) =
            line.deal_with(arrived).await
        {
            return;
        }
    }
}

fn answered(turn: &Turn, id: String, leg: &Leg) -> CompletedCall {
    let setup_milliseconds = Some(leg.setup_milliseconds);
    let facts = CallFacts { setup_milliseconds, ..CallFacts::default() };
    let (line, callee) = (turn.line.clone(), turn.order.callee());
    let call = CompletedCall::beginning(id, line, callee, turn.plan.language, facts);
    CompletedCall {
        answered_at: Some(call.arrived_at),
        codec: leg.media.codec.name().into(),
        turn: Some(turn.about.clone()),
        ..call
    }
}
