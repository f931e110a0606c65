//! Plain streams.

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::transport::tcp::TcpConnection;
use tokio::io::ReadHalf;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::visit::with_plug;
use super::{Hall, Opened, Pen, Visit};
use crate::Transport;
use crate::stack::sip_address;

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
