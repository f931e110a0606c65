//! Connections the stack writes to; it never reads them.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use rsipstack::platform::net::UdpSocket as StackSocket;
use rsipstack::transport::SipConnection;
use rsipstack::transport::udp::{UdpConnection, UdpInner};
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::{ContactBook, sip_address};
use crate::Transport;

/// The writing side of a UDP listener. Its door owns the socket, so that the port is free as soon
/// as the door is closed, whatever the stack still holds.
struct WriteOnly {
    socket: Weak<UdpSocket>,
    contacts: Arc<ContactBook>,
}

impl WriteOnly {
    fn open(&self) -> std::io::Result<Arc<UdpSocket>> {
        self.socket.upgrade().ok_or(std::io::ErrorKind::NotConnected.into())
    }
}

#[async_trait]
impl StackSocket for WriteOnly {
    /// Never: our door reads this socket.
    async fn recv_from(&self, _: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        std::future::pending().await
    }

    async fn send_to(&self, bytes: &[u8], address: SocketAddr) -> rsipstack::Result<usize> {
        let bound = self.contacts.exits.only_way_of(bytes);
        let Some(address) = bound.or_else(|| self.contacts.route(address)) else {
            let refused = "the address is outside the allowed networks".to_owned();
            return Err(rsipstack::Error::Error(refused));
        };
        let socket = match self.contacts.exits.named_by(bytes) {
            Some(named) => named,
            None => self.open()?,
        };
        Ok(socket.send_to(bytes, address).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.open()?.local_addr()?)
    }
}

/// The connection through which the stack answers what came to `socket`.
pub(crate) async fn udp_connection(
    socket: &Arc<UdpSocket>,
    advertised: SocketAddr,
    contacts: Arc<ContactBook>,
    closing: &CancellationToken,
) -> SipConnection {
    let socket = Arc::downgrade(socket);
    contacts.exits.add(advertised, socket.clone());
    let inner = UdpInner {
        conn: Arc::new(WriteOnly { socket, contacts }),
        addr: sip_address(Transport::Udp, advertised),
    };
    let closing = Some(closing.child_token());
    SipConnection::Udp(UdpConnection::attach(inner, None, closing).await)
}

/// Stands for a listener of streams in the stack's list of our own addresses, where it looks up what to
/// write into Via headers. Nothing is ever sent through it.
struct Signpost(SocketAddr);

#[async_trait]
impl StackSocket for Signpost {
    async fn recv_from(&self, _: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        std::future::pending().await
    }

    async fn send_to(&self, _: &[u8], _: SocketAddr) -> rsipstack::Result<usize> {
        Err(rsipstack::Error::Error("a listener sends nothing".to_owned()))
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.0)
    }
}

/// See [`Signpost`].
pub(crate) async fn stream_signpost(
    transport: Transport,
    advertised: SocketAddr,
    closing: &CancellationToken,
) -> SipConnection {
    let inner =
        UdpInner { conn: Arc::new(Signpost(advertised)), addr: sip_address(transport, advertised) };
    let closing = Some(closing.child_token());
    SipConnection::Udp(UdpConnection::attach(inner, None, closing).await)
}
