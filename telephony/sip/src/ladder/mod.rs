//! The messages of a call in order, for whoever asks later why it went as it went.
//!
//! While a call runs its messages are only copied, cut to size. Reading and redaction wait until
//! somebody asks. What is handed out names no person and holds no secret: see [`LadderEntry`].

mod book;
mod mask;
mod redaction;

pub(crate) use book::LadderBook;

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use crate::Transport;

/// Bytes kept of one message.
const MAX_BYTES: usize = 2048;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the peer to us.
    In,
    /// From us to the peer.
    Out,
}

/// One message of a call, redacted: user parts and display names keep their shape only (letters
/// become `x`, digits `9`), credentials and keys are gone, of a session description only the codec
/// and address lines stay.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct LadderEntry {
    /// When, in microseconds since 1970-01-01 UTC.
    pub at_micros: u64,
    /// Which way.
    pub direction: Direction,
    /// How it travelled: `udp`, `tcp` and so on.
    pub transport: String,
    /// The other end on the network.
    pub peer: SocketAddr,
    /// The request line or status line.
    pub start_line: String,
    /// Name and value of each header, in order.
    pub headers: Vec<(String, String)>,
    /// The `m=`, `c=` and codec lines of a session description.
    pub media: Vec<String>,
    /// Length of the whole message in bytes.
    pub bytes: usize,
    /// Whether the message was longer than what is kept of it.
    pub cut: bool,
}

impl fmt::Debug for LadderEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LadderEntry")
            .field("direction", &self.direction)
            .field("headers", &self.headers.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// A call that did not come to be: refused by the screen, by a limit or by the application.
#[derive(Clone, Debug)]
pub struct RefusedCall {
    /// The id the call has, or would have had, as [`crate::IncomingCall::id`].
    pub id: String,
    /// The status it was refused with.
    pub status: u16,
    /// Its messages.
    pub ladder: Ladder,
}

/// The messages of one call: a handle that stays readable after the call.
#[derive(Clone)]
pub struct Ladder(Arc<Mutex<Rungs>>);

/// A message as it was copied.
struct Rung {
    at: SystemTime,
    direction: Direction,
    transport: Transport,
    peer: SocketAddr,
    bytes: Box<[u8]>,
    length: usize,
}

struct Rungs {
    kept: VecDeque<Rung>,
    limit: usize,
    missed: u64,
}

impl Rung {
    fn new(bytes: &[u8], direction: Direction, transport: Transport, peer: SocketAddr) -> Self {
        let kept = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        let at = SystemTime::now();
        Self { at, direction, transport, peer, bytes: kept.into(), length: bytes.len() }
    }
}

impl Ladder {
    /// An empty ladder of at most `limit` messages.
    pub(crate) fn new(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(Rungs { kept: VecDeque::new(), limit, missed: 0 })))
    }

    /// The messages so far, oldest first. Of a call with more than is kept, the first and the last
    /// ones stay.
    pub fn entries(&self) -> Vec<LadderEntry> {
        self.lock().kept.iter().map(redaction::redacted).collect()
    }

    /// Messages that found no room.
    pub fn missed(&self) -> u64 {
        self.lock().missed
    }

    /// Keeps the beginning and the end: how a call was set up and how it ended say most.
    fn add(&self, rung: Rung) {
        let mut rungs = self.lock();
        if rungs.limit == 0 {
            return;
        }
        if rungs.kept.len() >= rungs.limit {
            let middle = rungs.limit / 2;
            rungs.kept.remove(middle);
            rungs.missed += 1;
        }
        rungs.kept.push_back(rung);
    }

    /// How and with whom the last message was exchanged.
    fn latest(&self) -> Option<(Transport, SocketAddr)> {
        self.lock().kept.back().map(|rung| (rung.transport, rung.peer))
    }

    /// The failure the call was told, and its opaque id.
    fn refusal(&self) -> Option<(String, u16)> {
        let rungs = self.lock();
        let id = redaction::opaque_id(rungs.kept.front()?)?;
        let mut outgoing = rungs.kept.iter().rev().filter(|rung| rung.direction == Direction::Out);
        let status = outgoing.find_map(|rung| redaction::invite_failure(&rung.bytes))?;
        Some((id, status))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Rungs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ladder({} messages)", self.lock().kept.len())
    }
}
