//! Keeping the stack from logging what people say and who they are.

use std::future::Future;

use tracing::instrument::{WithDispatch, WithSubscriber};
use tracing::subscriber::NoSubscriber;

/// Runs a future of the stack without its logs: it writes whole messages, with names, numbers and
/// addresses, at level `info`. What matters of it we count and log ourselves.
pub(crate) fn quiet<F: Future>(future: F) -> WithDispatch<F> {
    future.with_subscriber(NoSubscriber::new())
}

/// The same for what the stack does at once.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    tracing::subscriber::with_default(NoSubscriber::new(), work)
}
