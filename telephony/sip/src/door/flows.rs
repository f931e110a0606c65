//! The streams that stand, by who is at their other end.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rsipstack::transport::SipConnection;
use tokio_util::sync::CancellationToken;

use crate::Transport;

type Peer = (Transport, SocketAddr);

/// Finds the stream to a peer, so that a request takes the one that is there: behind NAT there is
/// no other way (RFC 5626).
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<Peer, SipConnection>>);

impl Flows {
    pub(super) fn enter(&self, transport: Transport, peer: SocketAddr, connection: SipConnection) {
        self.lock().insert((transport, peer), connection);
    }

    /// Forgets the stream to a peer unless a newer one took its place.
    pub(super) fn forget_ended(&self, transport: Transport, peer: SocketAddr) {
        let mut flows = self.lock();
        if flows.get(&(transport, peer)).is_some_and(has_ended) {
            flows.remove(&(transport, peer));
        }
    }

    pub(crate) fn find(&self, transport: Transport, peer: SocketAddr) -> Option<SipConnection> {
        self.lock().get(&(transport, peer)).filter(|connection| !has_ended(connection)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Peer, SipConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_ended(connection: &SipConnection) -> bool {
    connection.cancel_token().is_none_or(|token: CancellationToken| token.is_cancelled())
}
