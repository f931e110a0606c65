//! The door for plain streams.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::transport::tcp::TcpConnection;
use tokio::io::ReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::visit::with_plug;
use super::{Hall, Opened, Pen, Visit};
use crate::Transport;
use crate::stack::sip_address;

/// How long to wait after the system failed to accept (no descriptors left, as a rule).
pub(super) const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Accepts on one TCP socket.
pub(crate) struct TcpDoor {
    pub(crate) hall: Arc<Hall>,
    pub(crate) listener: TcpListener,
    pub(crate) advertised: SocketAddr,
    /// Connections that may still be opened, over all doors for streams.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl TcpDoor {
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
        let Ok(place) = self.room.clone().try_acquire_owned() else {
            self.hall.counting.dropped_connections.add();
            return;
        };
        let hall = self.hall.clone();
        let advertised = self.advertised;
        let ended = self.closing.child_token();
        self.tasks.spawn(async move {
            let _place = place;
            let opened = Opened::ByPeer;
            let begun = begin_tcp(hall, stream, source, advertised, opened, ended).await;
            if let Ok((visit, reading)) = begun {
                visit.run(reading).await;
            }
        });
    }
}

/// Makes a connected stream ready to be read.
pub(crate) async fn begin_tcp(
    hall: Arc<Hall>,
    stream: TcpStream,
    peer: SocketAddr,
    local: SocketAddr,
    opened: Opened,
    ended: CancellationToken,
) -> std::io::Result<(Visit, ReadHalf<TcpStream>)> {
    let (stream, plug) = with_plug(stream)?;
    let transport = Transport::Tcp;
    let local = sip_address(transport, local);
    let connection = TcpConnection::from_stream(stream, local, Some(ended.clone()))
        .map_err(std::io::Error::other)?;
    let reading = connection.inner.read_half.lock().await.take();
    let reading = reading.ok_or(std::io::ErrorKind::NotConnected)?;
    let pen = Pen::Tcp(connection);
    Ok((Visit { hall, peer, transport, opened, pen, plug, ended }, reading))
}
