//! Calls are explained for a while, not for ever.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use mostik_store::{Clock as _, KeepCalls, Store, StoreError, SystemClock};

use crate::config;

/// How often is looked for what is too old.
const EVERY: Duration = Duration::from_hours(1);

/// Forgets what is too old, now and again, for as long as it is run.
pub(crate) async fn forget(store: Arc<dyn Store>, phone: KeptFor) {
    loop {
        match forget_once(store.as_ref(), phone).await {
            Ok(0) => {}
            Ok(pruned) => tracing::info!(pruned, "old calls are explained no longer"),
            Err(error) => tracing::warn!(%error, "old calls cannot be forgotten yet"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn forget_once(store: &dyn Store, phone: KeptFor) -> Result<u64, StoreError> {
    let age = SignedDuration::from_hours(24 * i64::from(phone.days));
    let keep = KeepCalls { since: SystemClock.now() - age, newest: phone.calls };
    let mut pruned = 0;
    loop {
        match store.prune_calls(keep).await? {
            0 => return Ok(pruned),
            some => pruned += some,
        }
    }
}

/// How long calls stay explained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptFor {
    days: u16,
    calls: u32,
}

impl From<&config::Phone> for KeptFor {
    fn from(phone: &config::Phone) -> Self {
        Self { days: phone.explained_days, calls: phone.explained_calls }
    }
}
