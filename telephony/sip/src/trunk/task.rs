//! The task that keeps one trunk registered.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::presence::is_there;
use super::register::{Account, Refused};
use super::timing::{chance, refresh_after, wait_after};
use super::{Directory, Trunk, TrunkFailure, TrunkState};
use crate::outward::{Hop, Outward, WayOut};

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long one address may take to answer before the next is tried: well beyond what repeating
/// a lost datagram needs, well below the 32 s of the transaction.
const ONE_ADDRESS: Duration = Duration::from_secs(10);

/// How often where the trunk is, is looked up when it need not be registered with.
const LOOK_UP: Duration = Duration::from_mins(5);

/// Keeps one trunk registered until `leaving`.
pub(crate) struct Keeper {
    pub(crate) trunk: Arc<Trunk>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) outward: Arc<Outward>,
    pub(crate) leaving: CancellationToken,
}

/// A registration that stands.
struct Standing {
    way: WayOut,
    lasts: Duration,
}

impl Keeper {
    pub(crate) async fn run(self) {
        if !self.trunk.config.register {
            self.leaving.run_until_cancelled(self.stay_located()).await;
            return;
        }
        let mut account = Account::new();
        let mut failures = 0;
        let mut last_way = None;
        while !self.leaving.is_cancelled() {
            let registering = self.register(&mut account, last_way.as_ref());
            let Some(outcome) = self.leaving.run_until_cancelled(registering).await else {
                break;
            };
            match outcome {
                Ok(standing) => {
                    failures = 0;
                    self.report_registered(&standing);
                    last_way = Some(standing.way.clone());
                    self.stay(&standing).await;
                }
                Err(why) => {
                    failures += 1;
                    let (shortest, longest) =
                        (self.trunk.config.min_back_off, self.trunk.config.max_back_off);
                    let wait = wait_after(failures, shortest, longest, chance());
                    self.report_failed(why, wait);
                    self.leaving.run_until_cancelled(tokio::time::sleep(wait)).await;
                }
            }
        }
        self.leave(account, last_way).await;
    }

    /// Knows where a trunk is that we do not register with, since its calls come from there; and
    /// asks it whether it is there.
    async fn stay_located(&self) {
        loop {
            match self.directory.locate(&self.trunk).await {
                Ok(hops) => self.ask_one_of(&hops).await,
                Err(error) => {
                    let trunk = &self.trunk.config.name;
                    tracing::warn!(trunk, %error, "the trunk cannot be found");
                }
            }
            // What name servers say is kept for as long as they say.
            tokio::time::sleep(self.trunk.config.ask_every.unwrap_or(LOOK_UP)).await;
        }
    }

    async fn ask_one_of(&self, hops: &[Hop]) {
        if self.trunk.config.ask_every.is_none() {
            return;
        }
        let mut answers = false;
        for hop in hops {
            let asking = tokio::time::timeout(ONE_ADDRESS, self.is_there(hop));
            answers = asking.await.unwrap_or(false);
            if answers {
                break;
            }
        }
        self.trunk.note_whether_it_answers(answers);
    }

    async fn is_there(&self, hop: &Hop) -> bool {
        let Ok(way) = self.outward.reach(hop).await else {
            return false;
        };
        let stack = &self.outward.hall.stack;
        is_there(stack, &self.trunk, &way, self.outward.learns).await
    }

    /// Registers with the first address that grants it; the last one that did goes first.
    async fn register(
        &self,
        account: &mut Account,
        last: Option<&WayOut>,
    ) -> Result<Standing, TrunkFailure> {
        if !matches!(*self.trunk.state.borrow(), TrunkState::Registered { .. }) {
            self.trunk.state.send_replace(TrunkState::Registering);
        }
        let found = self.directory.locate(&self.trunk).await;
        let mut hops = found.map_err(TrunkFailure::NotFound)?;
        if let Some(last) = last {
            hops.sort_by_key(|hop| hop.address != last.hop.address);
        }
        let mut failure = TrunkFailure::Unreachable;
        for hop in &hops {
            let trying = tokio::time::timeout(ONE_ADDRESS, self.register_at(account, hop));
            match trying.await.unwrap_or(Err(Refused::Here(TrunkFailure::Unreachable))) {
                Ok(standing) => return Ok(standing),
                Err(Refused::Everywhere(why)) => return Err(why),
                Err(Refused::Here(why)) => failure = why,
            }
        }
        Err(failure)
    }

    async fn register_at(&self, account: &mut Account, hop: &Hop) -> Result<Standing, Refused> {
        let unreachable = Refused::Here(TrunkFailure::Unreachable);
        let way = self.outward.reach(hop).await.map_err(|_| unreachable)?;
        let stack = &self.outward.hall.stack;
        let grant = account.register(stack, &self.trunk, &way, self.outward.learns).await?;
        Ok(Standing { way, lasts: grant.lasts })
    }

    fn report_registered(&self, standing: &Standing) {
        let trunk = &self.trunk.config.name;
        if !matches!(*self.trunk.state.borrow(), TrunkState::Registered { .. }) {
            tracing::info!(trunk, seconds = standing.lasts.as_secs(), "trunk registered");
        }
        let until = SystemTime::now() + standing.lasts;
        let target = standing.way.hop.address;
        self.trunk.state.send_replace(TrunkState::Registered { until, target });
    }

    fn report_failed(&self, why: TrunkFailure, wait: Duration) {
        let trunk = &self.trunk.config.name;
        tracing::warn!(trunk, %why, retry_seconds = wait.as_secs(), "trunk not registered");
        let retry_at = SystemTime::now() + wait;
        self.trunk.state.send_replace(TrunkState::Failed { why, retry_at });
        self.trunk.forget_where_we_are();
    }

    /// Until it is time to register again: the time has come, or the stream broke.
    async fn stay(&self, standing: &Standing) {
        let broken = async {
            match standing.way.flow() {
                Some(flow) => {
                    flow.cancelled().await;
                    // Not all of a carrier's clients at once (RFC 5626 section 4.5).
                    tokio::time::sleep(Duration::from_secs(1).mul_f64(chance())).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.leaving.cancelled() => {}
            () = tokio::time::sleep(refresh_after(standing.lasts, chance())) => {}
            () = broken => {}
            () = standing.way.keep_alive() => {}
        }
    }

    async fn leave(&self, mut account: Account, last: Option<WayOut>) {
        if let Some(way) = last {
            let stack = &self.outward.hall.stack;
            let goodbye = account.unregister(stack, &self.trunk, &way);
            tokio::time::timeout(GOODBYE, goodbye).await.ok();
        }
        self.trunk.state.send_replace(TrunkState::Unregistered);
    }
}
