//! The writing side of a stream.

use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::stream::StreamConnection;
use rsipstack::transport::tcp::TcpConnection;
use rsipstack::transport::{SipConnection, TransportEvent};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::visit::UNREAD;
use crate::stack::quiet;

/// Messages that may wait to be written to one encrypted stream.
pub(super) const WAITING: usize = 64;

/// What writes to one stream, for the stack and for the door.
#[derive(Clone)]
pub(crate) enum Pen {
    /// The stack's own.
    Tcp(TcpConnection),
    /// Our task writes what it is given; the stack sees a channel.
    Tls {
        connection: ChannelConnection,
        bytes: mpsc::Sender<Vec<u8>>,
        /// The name its certificate was checked for.
        verified: Option<String>,
    },
}

impl Pen {
    pub(crate) fn connection(&self) -> SipConnection {
        match self {
            Self::Tcp(connection) => SipConnection::Tcp(connection.clone()),
            Self::Tls { connection, .. } => SipConnection::Channel(connection.clone()),
        }
    }

    /// Whether a request for the host `name` may take this stream; without one any may.
    pub(crate) fn leads_to(&self, name: Option<&str>) -> bool {
        match self {
            Self::Tcp(_) => true,
            Self::Tls { verified, .. } => name.is_none() || verified.as_deref() == name,
        }
    }

    /// Writes bytes that are no message of the stack. A write that fails ends the reading too.
    pub(crate) async fn write(&self, bytes: &[u8]) {
        match self {
            Self::Tcp(connection) => {
                quiet(connection.send_raw(bytes)).await.ok();
            }
            Self::Tls { bytes: queue, .. } => {
                queue.send(bytes.to_vec()).await.ok();
            }
        }
    }
}

/// Writes to an encrypted stream what the stack and the door want written, until it ends.
pub(super) async fn write_all(
    mut stream: impl AsyncWrite + Unpin,
    mut messages: mpsc::Receiver<TransportEvent>,
    mut bytes: mpsc::Receiver<Vec<u8>>,
    ended: CancellationToken,
) {
    loop {
        let next = tokio::select! {
            () = ended.cancelled() => None,
            message = messages.recv() => message.map(|event| match event {
                TransportEvent::Incoming(message, _, _) => message.to_bytes(),
                TransportEvent::New(_) | TransportEvent::Closed(_) => Vec::new(),
            }),
            bytes = bytes.recv() => bytes,
        };
        let Some(next) = next else {
            break;
        };
        let writing = async {
            stream.write_all(&next).await?;
            stream.flush().await
        };
        let written = tokio::select! {
            () = ended.cancelled() => break,
            written = tokio::time::timeout(UNREAD, writing) => written,
        };
        if !matches!(written, Ok(Ok(()))) {
            break;
        }
    }
    ended.cancel();
    // A polite end; the socket is closed all the same.
    tokio::time::timeout(std::time::Duration::from_secs(1), stream.shutdown()).await.ok();
}
