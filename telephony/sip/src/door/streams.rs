//! The door for streams: accepts them, plain or encrypted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::tcp::begin_tcp;
use super::tls::{Encrypted, begin_tls};
use super::visit::with_plug;
use super::{Hall, Opened};

/// How long to wait after the system failed to accept (no descriptors left, as a rule).
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// How long a peer may take until the stream is encrypted.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Accepts on one socket.
pub(crate) struct StreamDoor {
    pub(crate) hall: Arc<Hall>,
    pub(crate) listener: TcpListener,
    pub(crate) threshold: Threshold,
    /// Connections that may still be opened, over all doors for streams.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// What a stream goes through before its first message.
#[derive(Clone)]
pub(crate) enum Threshold {
    /// Nothing; phones know this listener by that address.
    Plain(SocketAddr),
    /// The handshake of RFC 3261 section 26.2.
    Tls(TlsAcceptor),
}

impl StreamDoor {
    /// Accepts until the task is dropped.
    pub(crate) async fn run(self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, source)) => self.enter(stream, source),
                Err(error) => {
                    tracing::debug!(kind = ?error.kind(), "SIP connection not accepted");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    fn enter(&self, stream: TcpStream, source: SocketAddr) {
        if self.hall.is_stranger(source) {
            return;
        }
        // Encrypting costs more than any message.
        let costly = matches!(self.threshold, Threshold::Tls(_));
        if costly && self.hall.admit(source.ip()).is_err() {
            self.hall.counting.dropped_rate.add();
            return;
        }
        let Ok(place) = self.room.clone().try_acquire_owned() else {
            self.hall.counting.dropped_connections.add();
            return;
        };
        match self.threshold.clone() {
            Threshold::Plain(advertised) => self.enter_plain(stream, source, advertised, place),
            Threshold::Tls(acceptor) => self.enter_encrypted(stream, source, acceptor, place),
        }
    }

    fn enter_plain(
        &self,
        stream: TcpStream,
        source: SocketAddr,
        advertised: SocketAddr,
        place: OwnedSemaphorePermit,
    ) {
        let (hall, ended) = (self.hall.clone(), self.closing.child_token());
        self.tasks.spawn(async move {
            let _place = place;
            let opened = Opened::ByPeer;
            let begun = begin_tcp(hall, stream, source, advertised, opened, ended).await;
            if let Ok((visit, reading)) = begun {
                visit.run(reading).await;
            }
        });
    }

    fn enter_encrypted(
        &self,
        stream: TcpStream,
        source: SocketAddr,
        acceptor: TlsAcceptor,
        place: OwnedSemaphorePermit,
    ) {
        let (hall, ended) = (self.hall.clone(), self.closing.child_token());
        let tasks = self.tasks.clone();
        self.tasks.spawn(async move {
            let _place = place;
            let Ok((stream, plug)) = with_plug(stream) else {
                return;
            };
            let handshake = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream));
            let Some(Ok(Ok(stream))) = ended.run_until_cancelled(handshake).await else {
                return;
            };
            let stream = Encrypted { stream, plug, verified: None };
            let begun = begin_tls(hall, stream, source, Opened::ByPeer, ended, &tasks).await;
            if let Some((visit, reading)) = begun {
                visit.run(reading).await;
            }
        });
    }
}
