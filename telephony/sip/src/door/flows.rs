//! The streams that stand, by who is at their other end.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::Pen;
use crate::Transport;

type Peer = (Transport, SocketAddr);

/// Finds the stream to a peer, so that a request takes the one that is there: behind NAT there is
/// no other way (RFC 5626).
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<Peer, Pen>>);

impl Flows {
    pub(super) fn enter(&self, transport: Transport, peer: SocketAddr, pen: Pen) {
        self.lock().insert((transport, peer), pen);
    }

    /// Forgets the stream to a peer unless a newer one took its place.
    pub(super) fn forget_ended(&self, transport: Transport, peer: SocketAddr) {
        let mut flows = self.lock();
        if flows.get(&(transport, peer)).is_some_and(has_ended) {
            flows.remove(&(transport, peer));
        }
    }

    pub(crate) fn find(&self, transport: Transport, peer: SocketAddr) -> Option<Pen> {
        self.lock().get(&(transport, peer)).filter(|pen| !has_ended(pen)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Peer, Pen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_ended(pen: &Pen) -> bool {
    pen.connection().cancel_token().is_none_or(|token: CancellationToken| token.is_cancelled())
}
