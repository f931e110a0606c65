//! Callers who keep their places in the queue: whose turn it is, and what became of it.

use std::{
    collections::{HashMap, HashSet},
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{CallBack, CallBackId, CallBackState, Change, Decision, ReturnPath, Unreached};
use mostik_gateway::{
    CallPlan, CompletedCall, Turn, TurnEnd, call_back::Outcome, outgoing::OutgoingOrder,
};
use mostik_store::{Changed, Store, StoreError};
use tokio::{
    sync::{Mutex, broadcast},
    time::timeout,
};

use super::{CallBackPlan, Phone, PhoneLine, meeting::spoken_in, spoken_promise};

/// Looked at least so often: a try may be due, the office may have opened.
const LOOK: Duration = Duration::from_secs(15);
/// When nobody was there for her, or a person hung up before she answered.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// A place that was kept so long ago means nothing any more.
const LONGEST_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Which turns are being taken, and when to look for more.
#[derive(Debug)]
pub(super) struct Turns {
    /// Held by the one who waits for the next turn.
    changes: Mutex<broadcast::Receiver<Changed>>,
    taken: std::sync::Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    in_hand: HashSet<CallBackId>,
    /// Not before.
    resting: HashMap<CallBackId, Timestamp>,
}

impl Turns {
    pub(super) fn of(store: &dyn Store) -> Self {
        Self { changes: Mutex::new(store.changes()), taken: std::sync::Mutex::default() }
    }

    /// Waits for the next turn. Cancel-safe: a turn is in hand only when it is returned.
    pub(super) async fn next(&self, phone: &Phone) -> Turn {
        let Some(plan) = &phone.call_back else { return std::future::pending().await };
        let mut changes = self.changes.lock().await;
        loop {
            match phone.due(plan).await {
                Ok(Some((id, turn))) => {
                    self.taken().in_hand.insert(id);
                    return turn;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "kept places cannot be read"),
            }
            // Whatever changes, and after a while in any case.
            timeout(LOOK, change(&mut changes)).await.ok();
        }
    }

    fn done(&self, id: CallBackId, not_before: Option<Timestamp>) {
        let mut taken = self.taken();
        taken.in_hand.remove(&id);
        match not_before {
            Some(at) => taken.resting.insert(id, at),
            None => taken.resting.remove(&id),
        };
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Two collections of ids are whole at every moment.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn change(changes: &mut broadcast::Receiver<Changed>) {
    loop {
        match changes.recv().await {
            Ok(changed) if !changed.calls => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Taken {
    fn may_begin(&self, place: &CallBack, now: Timestamp) -> bool {
        let due = match &place.state {
            CallBackState::Waiting { not_before } => not_before.is_none_or(|at| at <= now),
            _ => false,
        };
        let rested = self.resting.get(&place.id).is_none_or(|at| *at <= now);
        due && rested && !self.in_hand.contains(&place.id)
    }
}

impl Phone {
    /// The first in the queue whose turn can be taken now.
    async fn due(&self, plan: &CallBackPlan) -> Result<Option<(CallBackId, Turn)>, StoreError> {
        let now = self.intake.clock.now();
        for place in self.intake.store.call_backs().await? {
            if !self.turns.taken().may_begin(&place, now) {
                continue;
            }
            let Some(line) = self.line(&place.line) else { continue };
            if now.duration_since(place.in_queue_since) > LONGEST_KEPT {
                self.save(place.given_up(Unreached::TooLate, now)).await?;
                continue;
            }
            let staff = self.who_is_there(&place.line).await;
            if !staff.open || staff.people.is_empty() {
                continue;
            }
            match plan.whom.may_call(&return_path(&place)) {
                Ok(target) => {
                    let mut order = OutgoingOrder::new(target.to.reveal().to_owned(), target.route);
                    order.from.clone_from(&plan.caller_id);
                    order.ring_for = plan.ring_for;
                    return Ok(Some((place.id, self.turn(&place, line, order))));
                }
                Err(why) => {
                    tracing::info!(%why, "who kept her place may not be called");
                    self.save(place.given_up(Unreached::NotAllowed, now)).await?;
                }
            }
        }
        Ok(None)
    }

    fn turn(&self, place: &CallBack, line: &PhoneLine, order: OutgoingOrder) -> Turn {
        let now = self.intake.clock.now();
        let hours = &self.intake.hours;
        let promise = spoken_promise::choose(now, hours, self.intake.response_minutes);
        let plan = CallPlan {
            script: line.script.clone(),
            people: mostik_gateway::call_flow::People::Perhaps,
            longest_wait: line.longest_wait,
            ..CallPlan::message(spoken_in(place.language), promise, line.max_message)
        };
        let (about, line) = (place.id.to_string(), place.line.clone());
        Turn { about, line, since: place.in_queue_since, order, plan }
    }

    /// Noted before her phone rings, so that a crash cannot make two calls of one unseen.
    pub(super) async fn notes_the_call(&self, about: &str) -> bool {
        let now = self.intake.clock.now();
        let noted = self.change_place(about, |place| place.calling(now)).await;
        if let Err(error) = &noted {
            tracing::warn!(%error, "who kept her place is not called");
        }
        matches!(noted, Ok(true))
    }

    pub(super) async fn turn_ended(&self, about: &str, end: TurnEnd) {
        let Ok(id) = about.parse::<CallBackId>() else { return };
        let now = self.intake.clock.now();
        let changed = match end {
            TurnEnd::NobodyThere | TurnEnd::Withdrawn => Ok(true),
            TurnEnd::PersonLeft => self.change_place(about, |place| place.again(now)).await,
            TurnEnd::Missed(outcome) => self.missed(about, outcome, now).await,
        };
        if let Err(error) = changed {
            tracing::error!(%error, about, "what became of a kept place is not noted");
        }
        self.turns.done(id, Some(now + PAUSE));
    }

    async fn missed(
        &self,
        about: &str,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let next = |made: u8| {
            let plan = self.call_back.as_ref()?;
            plan.next_attempt(u32::from(made), now)
        };
        self.change_place(about, |place| match next(place.attempts) {
            Some(at) => place.again(at),
            None => place.given_up(unreached(outcome), now),
        })
        .await
    }

    /// She and a person talked; the place that was kept for that.
    pub(super) async fn turn_reached(
        &self,
        about: &str,
        call: &CompletedCall,
    ) -> Result<Option<CallBack>, StoreError> {
        let at = call.answered_at.unwrap_or(call.arrived_at);
        self.change_place(about, |place| place.reached(at)).await?;
        let Ok(id) = about.parse() else { return Ok(None) };
        self.turns.done(id, None);
        self.intake.store.call_back(id).await
    }

    /// The phone opens: who was being called when it stopped waits again, and it is told.
    pub(super) async fn found_calling(&self) -> Result<(), StoreError> {
        for place in self.intake.store.call_backs().await? {
            if matches!(place.state, CallBackState::Calling { .. }) {
                tracing::warn!(place = %place.id, "was perhaps called before the stop");
                self.save(place.found_calling()).await?;
            }
        }
        Ok(())
    }

    /// Says whether it was changed: another state refuses.
    async fn change_place(
        &self,
        about: &str,
        change: impl FnOnce(CallBack) -> Result<CallBack, mostik_domain::Refused>,
    ) -> Result<bool, StoreError> {
        let missing = || StoreError::NotFound { what: about.to_owned() };
        let id: CallBackId = about.parse().map_err(|_| missing())?;
        let place = self.intake.store.call_back(id).await?.ok_or_else(missing)?;
        self.save(change(place)).await
    }

    async fn save(
        &self,
        place: Result<CallBack, mostik_domain::Refused>,
    ) -> Result<bool, StoreError> {
        let Ok(place) = place else { return Ok(false) };
        let now = self.intake.clock.now();
        let save = Decision::nothing().and(Change::SaveCallBack(place));
        self.intake.store.submit(save, now).await?;
        Ok(true)
    }
}

pub(super) fn return_path(place: &CallBack) -> ReturnPath {
    ReturnPath::Reply { address: place.address.clone(), room: place.came_by.clone() }
}

const fn unreached(outcome: Outcome) -> Unreached {
    match outcome {
        Outcome::Busy | Outcome::Declined => Unreached::Busy,
        Outcome::Mailbox => Unreached::Mailbox,
        Outcome::Failed | Outcome::UnknownNumber => Unreached::CarrierFailed,
        _ => Unreached::NoAnswer,
    }
}
