//! The door for streams.

use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rsipstack::transport::SipConnection;
use rsipstack::transport::stream::StreamConnection;
use rsipstack::transport::tcp::TcpConnection;
use tokio::io::{AsyncReadExt, ReadHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Hall;
use crate::Transport;
use crate::screen::{Frame, Framer, FramingError, Refusal};
use crate::stack::{quiet, sip_address};

/// How long a message may take from its first byte to its last.
const MESSAGE_TIME: Duration = Duration::from_secs(10);

/// How long a connection may say nothing. A phone that keeps one open sends a keep-alive at least
/// every two minutes (RFC 5626 section 4.4.1); one in a call stays silent for the whole call.
const SILENCE: Duration = Duration::from_hours(1);

/// How long a new connection may take to say its first word.
const FIRST_WORD: Duration = Duration::from_secs(30);

/// How long what we wrote may stay unread by the peer's system before the connection is given up.
const UNREAD: Duration = Duration::from_secs(30);

/// How long a silent connection waits until the system asks whether the peer is still there.
const PROBE: Duration = Duration::from_mins(1);

/// How long to wait after the system failed to accept (no descriptors left, as a rule).
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Accepts on one TCP socket.
pub(crate) struct TcpDoor {
    pub(crate) hall: Arc<Hall>,
    pub(crate) listener: TcpListener,
    pub(crate) advertised: SocketAddr,
    /// Connections that may still be opened, over all TCP doors.
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
        let closing = self.closing.child_token();
        self.tasks.spawn(async move {
            let _place = place;
            if let Ok((visit, reading)) =
                Visit::begin(hall, stream, source, advertised, closing).await
            {
                visit.run(reading).await;
            }
        });
    }
}

/// One connection from its first byte to its end.
struct Visit {
    hall: Arc<Hall>,
    source: SocketAddr,
    connection: TcpConnection,
    /// A second hand on the socket: closing by it also ends a write that is stuck.
    plug: std::net::TcpStream,
    /// Cancelled when the connection ends; calls that came by it watch this.
    ended: CancellationToken,
}

impl Visit {
    async fn begin(
        hall: Arc<Hall>,
        stream: TcpStream,
        source: SocketAddr,
        advertised: SocketAddr,
        ended: CancellationToken,
    ) -> std::io::Result<(Self, ReadHalf<TcpStream>)> {
        let socket = socket2::SockRef::from(&stream);
        let keep_alive = socket2::TcpKeepalive::new().with_time(PROBE).with_interval(UNREAD / 3);
        socket.set_tcp_keepalive(&keep_alive)?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(UNREAD))?;
        stream.set_nodelay(true)?;
        let stream = stream.into_std()?;
        let plug = stream.try_clone()?;
        let stream = TcpStream::from_std(stream)?;
        let local = sip_address(Transport::Tcp, advertised);
        let connection = TcpConnection::from_stream(stream, local, Some(ended.clone()))
            .map_err(std::io::Error::other)?;
        let reading = connection.inner.read_half.lock().await.take();
        let reading = reading.ok_or(std::io::ErrorKind::NotConnected)?;
        let visit = Self { hall, source, connection, plug, ended };
        Ok((visit, reading))
    }

    async fn run(self, mut reading: ReadHalf<TcpStream>) {
        let ended = self.ended.clone();
        tokio::select! {
            () = ended.cancelled() => {}
            () = self.read(&mut reading) => {}
        }
        self.ended.cancel();
        // The peer may have closed it before us.
        self.plug.shutdown(Shutdown::Both).ok();
    }

    async fn read(&self, reading: &mut ReadHalf<TcpStream>) {
        let mut framer = Framer::default();
        let mut bytes = [0; 4096];
        let mut message_began = tokio::time::Instant::now();
        let mut silence = FIRST_WORD;
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
        while let Err(wait) = self.hall.admit(self.source.ip()) {
            tokio::time::sleep(wait).await;
        }
        let message = match frame {
            Frame::Ping => return self.send(b"\r\n").await,
            Frame::Message(message) => message,
        };
        let connection = SipConnection::Tcp(self.connection.clone());
        let hall = &self.hall;
        let answer = hall.receive(&message, &connection, Transport::Tcp, self.source);
        if let Some(answer) = answer.await {
            self.send(&answer).await;
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
        if let Some(answer) = self.hall.refuse(&head, &refusal, self.source) {
            self.send(&answer).await;
        }
    }

    async fn send(&self, bytes: &[u8]) {
        // A write that fails ends the reading too.
        quiet(self.connection.send_raw(bytes)).await.ok();
    }
}
