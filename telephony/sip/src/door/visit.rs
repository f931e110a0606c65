//! One stream from its first byte to its end, whoever opened it.

use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{Hall, Pen};
use crate::Transport;
use crate::screen::{Frame, Framer, FramingError, Refusal};

/// How long a message may take from its first byte to its last.
const MESSAGE_TIME: Duration = Duration::from_secs(10);

/// How long a connection may say nothing. A phone that keeps one open sends a keep-alive at least
/// every two minutes (RFC 5626 section 4.4.1); one in a call stays silent for the whole call.
const SILENCE: Duration = Duration::from_hours(1);

/// How long a new connection may take to say its first word.
const FIRST_WORD: Duration = Duration::from_secs(30);

/// How long what we wrote may stay unread by the peer's system before the connection is given up.
pub(super) const UNREAD: Duration = Duration::from_secs(30);

/// How long a silent connection waits until the system asks whether the peer is still there.
const PROBE: Duration = Duration::from_mins(1);

/// Who opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The peer, who wants something.
    ByPeer,
    /// We; the peer may stay silent.
    ByUs,
}

/// Sets what keeps dead peers from holding a connection; returns the stream and a second hand on
/// the socket: closing by it also ends a write that is stuck.
pub(crate) fn with_plug(stream: TcpStream) -> std::io::Result<(TcpStream, std::net::TcpStream)> {
    let socket = socket2::SockRef::from(&stream);
    let keep_alive = socket2::TcpKeepalive::new().with_time(PROBE).with_interval(UNREAD / 3);
    socket.set_tcp_keepalive(&keep_alive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNREAD))?;
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let plug = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, plug))
}

/// A connection that is read.
pub(crate) struct Visit {
    pub(super) hall: Arc<Hall>,
    pub(super) peer: SocketAddr,
    pub(super) transport: Transport,
    pub(super) opened: Opened,
    pub(super) pen: Pen,
    pub(super) plug: std::net::TcpStream,
    /// Cancelled when the connection ends; calls that came by it watch this.
    pub(super) ended: CancellationToken,
}

impl Visit {
    /// What writes to this stream.
    pub(crate) fn pen(&self) -> Pen {
        self.pen.clone()
    }

    /// Lets requests of ours find this stream from now on.
    pub(crate) fn announce(&self) {
        self.hall.flows.enter(self.transport, self.peer, self.pen());
    }

    /// Reads until the peer, a limit or the edge ends it.
    pub(crate) async fn run(self, mut reading: impl AsyncRead + Unpin) {
        self.announce();
        let ended = self.ended.clone();
        tokio::select! {
            () = ended.cancelled() => {}
            () = self.read(&mut reading) => {}
        }
        self.ended.cancel();
        self.hall.flows.forget_ended(self.transport, self.peer);
        // The peer may have closed it before us.
        self.plug.shutdown(Shutdown::Both).ok();
    }

    async fn read(&self, reading: &mut (impl AsyncRead + Unpin)) {
        let mut framer = Framer::default();
        let mut bytes = [0; 4096];
        let mut message_began = tokio::time::Instant::now();
        let mut silence = match self.opened {
            Opened::ByPeer => FIRST_WORD,
            Opened::ByUs => SILENCE,
        };
        loop {
            let deadline = if framer.is_mid_message() {
                message_began + MESSAGE_TIME
            } else {
                tokio::time::Instant::now() + silence
            };
            let Ok(Ok(length @ 1..)) =
                tokio::time::timeout_at(deadline, reading.read(&mut bytes)).await
            else {
                return;
            };
            if !framer.is_mid_message() {
                message_began = tokio::time::Instant::now();
            }
            framer.push(&bytes[..length]);
            loop {
                match framer.next() {
                    Ok(None) => break,
                    Ok(Some(frame)) => {
                        self.enter(frame).await;
                        silence = SILENCE;
                        message_began = tokio::time::Instant::now();
                    }
                    Err(error) => return self.give_up(error).await,
                }
            }
        }
    }

    async fn enter(&self, frame: Frame) {
        // A stream is not repeated: instead of dropping, read on later.
        while let Err(wait) = self.hall.admit(self.peer.ip()) {
            tokio::time::sleep(wait).await;
        }
        let message = match frame {
            Frame::Ping => return self.pen.write(b"\r\n").await,
            Frame::Message(message) => message,
        };
        let connection = self.pen.connection();
        let answer = self.hall.receive(&message, &connection, self.transport, self.peer);
        if let Some(answer) = answer.await {
            self.pen.write(&answer).await;
        }
    }

    /// Says what is wrong where it can be said, before the connection closes.
    async fn give_up(&self, error: FramingError) {
        let (head, refusal) = match error {
            FramingError::TooLong(Some(head)) => (head, Refusal::too_long()),
            FramingError::Length(head) => (head, Refusal::length_needed()),
            FramingError::NotSip | FramingError::TooLong(None) => {
                self.hall.counting.dropped_malformed.add();
                return;
            }
        };
        if let Some(answer) = self.hall.refuse(&head, &refusal, self.peer) {
            self.pen.write(&answer).await;
        }
    }
}
