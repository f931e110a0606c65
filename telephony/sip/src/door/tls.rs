//! Encrypted streams (RFC 3261 section 26.2).

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::transport::channel::ChannelConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::pen::{WAITING, write_all};
use super::{Hall, Opened, Pen, Visit};
use crate::Transport;
use crate::stack::sip_address;

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
