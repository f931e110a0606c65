//! The calls in progress that somebody at a desk may want something of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::CallOrder;

/// Orders that one call has not read yet.
const MOST_ORDERS: usize = 8;

/// By the names of the calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct InProgress(Arc<Mutex<HashMap<String, mpsc::Sender<CallOrder>>>>);

/// A call's ear for orders; who drops it hears no more.
#[derive(Debug)]
pub(crate) struct Orders {
    call: String,
    heard: mpsc::Receiver<CallOrder>,
    calls: InProgress,
}

impl InProgress {
    pub(crate) fn listen(&self, call: &str) -> Orders {
        let (orders, heard) = mpsc::channel(MOST_ORDERS);
        self.calls().insert(call.to_owned(), orders);
        Orders { call: call.to_owned(), heard, calls: self.clone() }
    }

    /// Says whether there is such a call, and it can take one more order.
    pub(crate) fn order(&self, call: &str, order: CallOrder) -> bool {
        self.calls().get(call).is_some_and(|orders| orders.try_send(order).is_ok())
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<CallOrder>>> {
        // A map of senders is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Orders {
    /// Waits for the next order. Cancel-safe.
    pub(crate) async fn next(&mut self) -> CallOrder {
        match self.heard.recv().await {
            Some(order) => order,
            // Another call of this name listens now, which no call should.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        self.calls.calls().remove(&self.call);
    }
}
