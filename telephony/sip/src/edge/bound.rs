//! Sockets that listen.

use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};

use super::EdgeError;
use crate::{Listen, Transport};

/// Bytes of datagrams that may wait to be read.
const BURST: usize = 1 << 20;

/// A socket that listens.
pub(super) enum Bound {
    Udp(Arc<UdpSocket>),
    Tcp(TcpListener),
    Tls(TcpListener),
}

impl Bound {
    pub(super) async fn bind(listen: Listen) -> Result<(Self, Listen), EdgeError> {
        let bound = match listen.transport {
            Transport::Udp => UdpSocket::bind(listen.address).await.and_then(|socket| {
                // Room for a burst; the system may give less.
                socket2::SockRef::from(&socket).set_recv_buffer_size(BURST).ok();
                Ok((socket.local_addr()?, Self::Udp(Arc::new(socket))))
            }),
            Transport::Tcp | Transport::Tls => {
                let wrap = if listen.transport == Transport::Tls { Self::Tls } else { Self::Tcp };
                let socket = TcpListener::bind(listen.address).await;
                socket.and_then(|socket| Ok((socket.local_addr()?, wrap(socket))))
            }
        };
        let (address, bound) = bound.map_err(|source| EdgeError::Listen { listen, source })?;
        Ok((bound, Listen { address, ..listen }))
    }
}
