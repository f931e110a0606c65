//! Tells the host where calls with people are, without any call waiting for it.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{CallHost, CallProgress};

/// Progress that the host has not heard yet.
const MOST_WAITING: usize = 1024;

/// The way to the host.
#[derive(Clone)]
pub(crate) struct ProgressTeller(mpsc::Sender<CallProgress>);

impl ProgressTeller {
    pub(crate) fn start(host: Arc<dyn CallHost>) -> Self {
        let (tell, mut told) = mpsc::channel::<CallProgress>(MOST_WAITING);
        tokio::spawn(async move {
            while let Some(progress) = told.recv().await {
                host.progressed(&progress).await;
            }
        });
        Self(tell)
    }

    /// A host that is far behind misses some: its pages are not worth a caller's waiting.
    pub(crate) fn tell(&self, progress: CallProgress) {
        if self.0.try_send(progress).is_err() {
            tracing::warn!("the progress of a call was not told");
        }
    }
}
