//! Those who answer callers: who is there, how long it takes, and what the desk sees of it.

use std::time::Duration;

use mostik_domain::{CallId, Change, Decision, LiveCall, LiveStage, OrderWhat, Presence, Words};
use mostik_gateway::{CallOrder, CallProgress, Person, Staff, Stage};
use mostik_store::StoreError;
use tokio::sync::{Mutex, broadcast};

use super::{Phone, meeting::language_of};

/// Fewer waits than this tell nothing about the next one (checklist #188).
const ENOUGH_WAITS: usize = 20;
/// The latest waits, of which the middle one is told.
const LATEST_WAITS: u32 = 50;

impl Phone {
    pub(super) async fn who_is_there(&self, line: &str) -> Staff {
        let now = self.intake.clock.now();
        let open = self.intake.hours.is_open(now);
        let Some(line) = self.line(line) else { return Staff { open, people: Vec::new() } };
        let attendance = self.intake.store.attendance().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "who is there is not known; all are rung");
            Vec::new()
        });
        let there =
            |person: &&Person| Presence::of(&person.name, &attendance) == Presence::Available;
        Staff { open, people: line.operators.iter().filter(there).cloned().collect() }
    }

    /// The middle one of the latest waits, as far as there are enough to say so.
    pub(super) async fn usual_wait_on(&self, line: &str) -> Option<Duration> {
        let waits = self.intake.store.recent_waits(line, LATEST_WAITS).await.ok()?;
        if waits.len() < ENOUGH_WAITS {
            return None;
        }
        let mut lengths: Vec<u64> = waits.iter().map(|waited| waited.milliseconds).collect();
        lengths.sort_unstable();
        lengths.get(lengths.len() / 2).copied().map(Duration::from_millis)
    }

    /// What the phone does now, for the desk; never worth failing a call.
    pub(super) async fn show(&self, progress: &CallProgress) {
        let Ok(id) = progress.call.replace('-', "").parse::<CallId>() else { return };
        let change = match live_stage(progress) {
            Some(stage) => Change::SaveLiveCall(LiveCall {
                id,
                line: progress.line.clone(),
                caller: Words::new(progress.caller.uri.as_str()),
                customer: self.known(progress).await,
                language: language_of(progress.language),
                stage,
                since: progress.since,
                arrived_at: progress.arrived_at,
                hand_ons: progress.hand_ons,
            }),
            None => Change::EndLiveCall(id),
        };
        let now = self.intake.clock.now();
        let shown = self.intake.store.submit(Decision::nothing().and(change), now).await;
        if let Err(error) = shown {
            tracing::warn!(%error, "the desk does not see where a call is");
        }
    }

    async fn known(&self, progress: &CallProgress) -> Option<mostik_domain::CustomerId> {
        let address = super::caller::address_of(&progress.caller)?;
        let last = self.intake.store.latest_feedback_of(&address).await.ok()??;
        Some(last.customer)
    }

    /// Nothing of before lives: for the start of the process that has the phone.
    pub async fn opens(&self) -> Result<(), StoreError> {
        let now = self.intake.clock.now();
        self.intake.store.submit(Decision::nothing().and(Change::NoLiveCalls), now).await?;
        self.found_calling().await
    }
}

fn live_stage(progress: &CallProgress) -> Option<LiveStage> {
    Some(match &progress.stage {
        Stage::Waiting { ahead } => LiveStage::Waiting {
            place: u32::try_from(*ahead).unwrap_or(u32::MAX).saturating_add(1),
            since: progress.since,
        },
        Stage::Ringing { person } => LiveStage::Ringing { operator: person.clone() },
        Stage::Talking { person } => LiveStage::Talking { operator: person.clone() },
        Stage::Over => return None,
    })
}

/// Takes what the desk orders from the store, each order once.
#[derive(Debug)]
pub(super) struct DeskOrders(Mutex<Reading>);

#[derive(Debug)]
struct Reading {
    changes: broadcast::Receiver<mostik_store::Changed>,
    /// Whether something may have been ordered since it was last looked.
    stale: bool,
    orders: Vec<(String, CallOrder)>,
}

impl DeskOrders {
    pub(super) fn of(store: &dyn mostik_store::Store) -> Self {
        Self(Mutex::new(Reading { changes: store.changes(), stale: true, orders: Vec::new() }))
    }

    /// Waits for the next order. Cancel-safe: an order leaves the list only when it is returned.
    pub(super) async fn next(&self, phone: &Phone) -> (String, CallOrder) {
        let mut reading = self.0.lock().await;
        loop {
            if let Some(order) = reading.orders.pop() {
                return order;
            }
            if !reading.stale {
                reading.wait().await;
                continue;
            }
            match phone.orders_of_the_desk().await {
                Ok(orders) => {
                    reading.orders = orders;
                    reading.stale = false;
                }
                Err(error) => {
                    tracing::warn!(%error, "orders of the desk cannot be read");
                    reading.wait().await;
                }
            }
        }
    }
}

impl Reading {
    async fn wait(&mut self) {
        self.stale = match self.changes.recv().await {
            Ok(changed) => changed.calls,
            Err(broadcast::error::RecvError::Lagged(_)) => true,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        };
    }
}

impl Phone {
    /// Those that are open, the newest first; taken from the list, so that none is obeyed twice.
    async fn orders_of_the_desk(&self) -> Result<Vec<(String, CallOrder)>, StoreError> {
        let now = self.intake.clock.now();
        let mut orders = self.intake.store.desk_orders(now).await?;
        let done = |decision: Decision, order: &mostik_domain::DeskOrder| {
            decision.and(Change::OrderDone(order.id))
        };
        if !orders.is_empty() {
            let taken = orders.iter().fold(Decision::nothing(), done);
            self.intake.store.submit(taken, now).await?;
        }
        orders.reverse();
        Ok(orders.into_iter().map(|order| (order.call.to_string(), obeyed(order))).collect())
    }
}

fn obeyed(order: mostik_domain::DeskOrder) -> CallOrder {
    match order.what {
        OrderWhat::HandOn { to } => CallOrder::HandOn { to },
        OrderWhat::HangUp => CallOrder::HangUp,
        OrderWhat::TakeNow => CallOrder::TakeNow { by: order.by },
    }
}
