//! The door for encrypted streams (RFC 3261 section 26.2).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::transport::channel::ChannelConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::pen::{WAITING, write_all};
use super::tcp::AFTER_FAILURE;
use super::visit::with_plug;
use super::{Hall, Opened, Pen, Visit};
use crate::Transport;
use crate::stack::sip_address;

/// How long a peer may take until the stream is encrypted.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Accepts on one TLS socket.
pub(crate) struct TlsDoor {
    pub(crate) hall: Arc<Hall>,
    pub(crate) listener: TcpListener,
    pub(crate) acceptor: TlsAcceptor,
    /// Connections that may still be opened, over all doors for streams.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl TlsDoor {
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
        if self.hall.admit(source.ip()).is_err() {
            self.hall.counting.dropped_rate.add();
            return;
        }
        let Ok(place) = self.room.clone().try_acquire_owned() else {
            self.hall.counting.dropped_connections.add();
            return;
        };
        let (hall, acceptor) = (self.hall.clone(), self.acceptor.clone());
        let (ended, tasks) = (self.closing.child_token(), self.tasks.clone());
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

/// A stream after its handshake.
pub(crate) struct Encrypted<S> {
    pub(crate) stream: S,
    /// A second hand on the socket below.
    pub(crate) plug: std::net::TcpStream,
    /// The name its certificate was checked for.
    pub(crate) verified: Option<String>,
}

/// Makes an encrypted stream ready to be read, and begins to write to it.
pub(crate) async fn begin_tls<S>(
    hall: Arc<Hall>,
    stream: Encrypted<S>,
    peer: SocketAddr,
    opened: Opened,
    ended: CancellationToken,
    tasks: &TaskTracker,
) -> Option<(Visit, ReadHalf<S>)>
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let Encrypted { stream, plug, verified } = stream;
    let transport = Transport::Tls;
    let (messages, to_write) = mpsc::channel(WAITING);
    let (bytes, more_to_write) = mpsc::channel(WAITING);
    // What comes in takes our own way, not the channel's.
    let (_, nothing) = rsipstack::platform::mpsc::unbounded_channel();
    let address = sip_address(transport, peer);
    let token = Some(ended.clone());
    let connection =
        ChannelConnection::create_connection_bounded(nothing, messages, address, token);
    let connection = connection.await.ok()?;
    let (reading, writing) = tokio::io::split(stream);
    tasks.spawn(write_all(writing, to_write, more_to_write, ended.clone()));
    let pen = Pen::Tls { connection, bytes, verified };
    Some((Visit { hall, peer, transport, opened, pen, plug, ended }, reading))
}
