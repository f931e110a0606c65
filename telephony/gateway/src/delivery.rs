//! Handing ended calls to the host until it has kept them.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::journal::Journal;
use crate::{CallHost, CompletedCall, HostError};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A host that takes longer is asked again; keeping a call twice is harmless to it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Knows the host, and where a call waits until the host has it.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) host: Arc<dyn CallHost>,
    pub(crate) journal: Journal,
    /// Given up on then: the note stays, and the call is told again at the next start.
    pub(crate) closing: CancellationToken,
}

impl Delivery {
    /// Asks the host once.
    pub(crate) async fn attempt(&self, call: &CompletedCall) -> Result<(), HostError> {
        match tokio::time::timeout(PATIENCE, self.host.completed(call.clone())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(HostError::new("no answer in time")),
        }
        let (journal, id) = (self.journal.clone(), call.id.clone());
        let removed = tokio::task::spawn_blocking(move || journal.remove(&id)).await;
        if !matches!(removed, Ok(Ok(()))) {
            tracing::warn!(call = call.id, "the note of a kept call stays: it will be told again");
        }
        Ok(())
    }

    /// Tells the host of a call that brought nothing: once, it is not worth a place on disk.
    pub(crate) async fn mention(&self, call: CompletedCall) {
        let told = tokio::time::timeout(PATIENCE, self.host.completed(call)).await;
        if !matches!(told, Ok(Ok(()))) {
            tracing::warn!("a call that was not answered is not kept");
        }
    }

    /// Asks the host until it has the call, ever more patiently.
    pub(crate) async fn deliver(&self, call: CompletedCall) {
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.attempt(&call).await {
            tracing::warn!(call = call.id, %error, "the host did not keep a call; trying again");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.closing.cancelled() => return,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
