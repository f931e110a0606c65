//! The door for datagrams.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::transport::SipConnection;
use tokio::net::UdpSocket;

use super::Hall;
use crate::Transport;
use crate::screen::MAX_MESSAGE;

/// How long to wait after the system failed to receive, so that a broken socket does not take a
/// whole core.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Reads one UDP socket.
pub(crate) struct UdpDoor {
    pub(crate) hall: Arc<Hall>,
    pub(crate) socket: Arc<UdpSocket>,
    pub(crate) connection: SipConnection,
}

impl UdpDoor {
    /// Reads until the task is dropped.
    pub(crate) async fn run(self) {
        let mut buffer = vec![0; MAX_MESSAGE + 1];
        loop {
            match self.socket.recv_from(&mut buffer).await {
                Ok((length, source)) => self.enter(&buffer[..length], source).await,
                Err(error) => {
                    tracing::debug!(kind = ?error.kind(), "SIP datagram not received");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn enter(&self, bytes: &[u8], source: SocketAddr) {
        if self.hall.is_stranger(source) {
            return;
        }
        if self.hall.admit(source.ip()).is_err() {
            // Datagrams are repeated by their sender, later and slower.
            self.hall.counting.dropped_rate.add();
            return;
        }
        if is_keep_alive(bytes) {
            if bytes == b"\r\n\r\n" {
                self.send(b"\r\n", source).await;
            }
            return;
        }
        let hall = &self.hall;
        let answer = hall.receive(bytes, &self.connection, Transport::Udp, source);
        if let Some(answer) = answer.await {
            self.send(&answer, source).await;
        }
    }

    async fn send(&self, bytes: &[u8], destination: SocketAddr) {
        // An answer that cannot be sent is like one that gets lost: the peer asks again.
        self.socket.send_to(bytes, destination).await.ok();
    }
}

/// Line ends and NULs that phones send to keep a NAT binding open.
fn is_keep_alive(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0))
}
