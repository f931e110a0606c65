//! The edge as a whole: start, shut down, look at.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::counters::Counting;
use crate::{Counters, EdgeConfig, IncomingCall, Listen, Transport};

/// A running SIP edge. Dropping it closes the sockets at once; prefer [`Edge::shutdown`].
pub struct Edge {
    listening: Vec<Listen>,
    counting: Arc<Counting>,
    closing: CancellationToken,
}

/// Why an edge did not start.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// No place to listen is configured.
    #[error("the SIP edge has nowhere to listen; set for example \"udp:127.0.0.1:5060\"")]
    NowhereToListen,
    /// The address is taken, or not ours.
    #[error("cannot listen for SIP on {listen}: {source}")]
    Listen {
        /// The place that was asked for.
        listen: Listen,
        /// What the system said.
        source: io::Error,
    },
}

impl Edge {
    /// Listens and hands every acceptable call to the receiver. When the receiver is dropped or
    /// full, callers are told 503.
    pub async fn start(
        config: EdgeConfig,
    ) -> Result<(Self, mpsc::Receiver<IncomingCall>), EdgeError> {
        if config.listen.is_empty() {
            return Err(EdgeError::NowhereToListen);
        }
        let mut listening = Vec::new();
        for listen in config.listen {
            let bound = match listen.transport {
                Transport::Udp => tokio::net::UdpSocket::bind(listen.address)
                    .await
                    .and_then(|socket| socket.local_addr()),
                Transport::Tcp => tokio::net::TcpListener::bind(listen.address)
                    .await
                    .and_then(|socket| socket.local_addr()),
            };
            let address = bound.map_err(|source| EdgeError::Listen { listen, source })?;
            listening.push(Listen { address, ..listen });
        }
        let (_, calls) = mpsc::channel(config.max_calls.max(1));
        let edge = Self {
            listening,
            counting: Arc::default(),
            closing: CancellationToken::new(),
        };
        Ok((edge, calls))
    }

    /// Where it really listens: port 0 replaced by the port the system gave.
    pub fn listening(&self) -> Vec<Listen> {
        self.listening.clone()
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.counting.snapshot()
    }

    /// Refuses new calls with 503, lets calls in progress end for at most `grace`, hangs up the
    /// rest, and closes the sockets.
    pub async fn shutdown(self, grace: Duration) {
        tokio::time::timeout(grace, std::future::ready(())).await.ok();
        self.closing.cancel();
    }
}
