//! Keeping the stack from logging what people say and who they are.

use std::pin::Pin;
use std::task::{Context, Poll};

use tracing::subscriber::NoSubscriber;

/// Runs a future of the stack, and drops it, without its logs: it writes whole messages, with
/// names, numbers and addresses, at level `info`. What matters of it we count and log ourselves.
pub(crate) fn quiet<F: Future>(future: F) -> Quiet<F> {
    Quiet(Some(Box::pin(future)))
}

/// The same for what the stack does at once.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    tracing::subscriber::with_default(NoSubscriber::new(), work)
}

/// A thing of the stack that is dropped without its logs.
pub(crate) struct Silenced<T>(Option<T>);

impl<T> Silenced<T> {
    pub(crate) fn new(thing: T) -> Self {
        Self(Some(thing))
    }

    /// The thing, which is there until it is dropped.
    pub(crate) fn get(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }
}

impl<T> Drop for Silenced<T> {
    fn drop(&mut self) {
        quietly(|| self.0 = None);
    }
}

/// See [`quiet`].
pub(crate) struct Quiet<F>(Option<Pin<Box<F>>>);

impl<F: Future> Future for Quiet<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(future) => quietly(|| future.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Quiet<F> {
    fn drop(&mut self) {
        quietly(|| self.0 = None);
    }
}
