//! Finds the ladder a message belongs to.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use super::{Direction, Ladder, RefusedCall, Rung};
use crate::Transport;

/// Ladders kept of INVITEs that did not become calls, or not yet.
const RECENT: usize = 64;

/// How far into a message its Call-ID is looked for, in bytes.
const SEARCHED: usize = 8192;

/// The ladders of the calls in progress and of the last refused ones.
pub(crate) struct LadderBook {
    /// Messages kept for one call; 0 keeps none.
    limit: usize,
    hashing: RandomState,
    shelves: Mutex<Shelves>,
}

#[derive(Default)]
struct Shelves {
    calls: HashMap<u64, Ladder>,
    recent: VecDeque<(u64, Ladder)>,
}

impl Shelves {
    fn find(&self, key: u64) -> Option<&Ladder> {
        let recent = || self.recent.iter().rev().find(|(other, _)| *other == key);
        self.calls.get(&key).or_else(|| recent().map(|(_, ladder)| ladder))
    }

    fn keep_recent(&mut self, key: u64, ladder: Ladder) {
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((key, ladder));
    }
}

impl LadderBook {
    /// A book whose ladders hold `limit` messages each.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, hashing: RandomState::new(), shelves: Mutex::default() }
    }

    /// A message on the wire. An INVITE that starts a call starts a ladder; other messages are
    /// kept when their call has one.
    pub(crate) fn note(
        &self,
        bytes: &[u8],
        direction: Direction,
        transport: Transport,
        peer: SocketAddr,
    ) {
        if self.limit == 0 {
            return;
        }
        let Some(marks) = Marks::of(bytes) else {
            return;
        };
        let key = self.key(marks.call_id);
        let found = self.lock().find(key).cloned();
        let ladder = match found {
            Some(ladder) => ladder,
            None if marks.starts_call => {
                let ladder = Ladder::new(self.limit);
                self.lock().keep_recent(key, ladder.clone());
                ladder
            }
            None => return,
        };
        ladder.add(Rung::new(bytes, direction, transport, peer));
    }

    /// A message the stack sends; its bytes are made only when they are wanted. `begins` says that
    /// it is an INVITE of ours which starts a call.
    pub(crate) fn note_sent(
        &self,
        call_id: &str,
        begins: bool,
        to: (Option<Transport>, Option<SocketAddr>),
        bytes: impl FnOnce() -> Vec<u8>,
    ) {
        if self.limit == 0 {
            return;
        }
        let key = self.key(call_id.as_bytes());
        let found = self.lock().find(key).cloned();
        let ladder = match found {
            Some(ladder) => ladder,
            None if begins => {
                let ladder = Ladder::new(self.limit);
                self.lock().keep_recent(key, ladder.clone());
                ladder
            }
            None => return,
        };
        let latest = ladder.latest();
        let transport = latest.map(|(transport, _)| transport).or(to.0);
        let peer = to.1.or(latest.map(|(_, peer)| peer));
        if let (Some(transport), Some(peer)) = (transport, peer) {
            ladder.add(Rung::new(&bytes(), Direction::Out, transport, peer));
        }
    }

    /// The ladder of an INVITE that becomes a call; it stays until [`LadderBook::close`].
    pub(crate) fn claim(&self, call_id: &str) -> Ladder {
        let key = self.key(call_id.as_bytes());
        let mut shelves = self.lock();
        let at = shelves.recent.iter().position(|(other, _)| *other == key);
        let ladder = at.and_then(|at| shelves.recent.remove(at)).map(|(_, ladder)| ladder);
        let ladder = ladder.unwrap_or_else(|| Ladder::new(self.limit));
        if self.limit > 0 {
            shelves.calls.insert(key, ladder.clone());
        }
        ladder
    }

    /// The call is over. Its handles keep the ladder; one that was never answered stays among the
    /// last, where its refusal and the ACK find it.
    pub(crate) fn close(&self, call_id: &str, answered: bool) {
        let key = self.key(call_id.as_bytes());
        let mut shelves = self.lock();
        if let Some(ladder) = shelves.calls.remove(&key)
            && !answered
        {
            shelves.keep_recent(key, ladder);
        }
    }

    /// The last refused calls, newest first.
    pub(crate) fn refused(&self) -> Vec<RefusedCall> {
        let recent: Vec<Ladder> =
            self.lock().recent.iter().rev().map(|(_, ladder)| ladder.clone()).collect();
        let refused = recent.into_iter().filter_map(|ladder| {
            let (id, status) = ladder.refusal()?;
            Some(RefusedCall { id, status, ladder })
        });
        refused.collect()
    }

    fn key(&self, call_id: &[u8]) -> u64 {
        self.hashing.hash_one(call_id)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a message tells without being parsed.
struct Marks<'a> {
    call_id: &'a [u8],
    starts_call: bool,
}

impl<'a> Marks<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.get(..SEARCHED).unwrap_or(bytes).trim_ascii_start();
        let mut call_id = None;
        let mut tagged = false;
        for line in bytes.split(|b| *b == b'\n') {
            let line = line.trim_ascii_end();
            if line.is_empty() {
                break;
            }
            if let Some(value) = value_of(line, b"call-id", b"i") {
                call_id = call_id.or(Some(value));
            } else if let Some(value) = value_of(line, b"to", b"t") {
                tagged |= value.windows(5).any(|at| at.eq_ignore_ascii_case(b";tag="));
            }
        }
        let starts_call = bytes.starts_with(b"INVITE ") && !tagged;
        Some(Self { call_id: call_id.filter(|id| !id.is_empty())?, starts_call })
    }
}

/// The value of a header line of that name, in its long or its compact form.
fn value_of<'a>(line: &'a [u8], name: &[u8], compact: &[u8]) -> Option<&'a [u8]> {
    let length = line.iter().take(name.len() + 4).position(|b| *b == b':')?;
    let found = line[..length].trim_ascii_end();
    let fits = found.eq_ignore_ascii_case(name) || found.eq_ignore_ascii_case(compact);
    fits.then(|| line[length + 1..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer() -> SocketAddr {
        "127.0.0.1:5071".parse().unwrap()
    }

    fn invite(call_id: &str) -> Vec<u8> {
        format!("INVITE sip:a@b SIP/2.0\r\nTo: <sip:a@b>\r\nCall-ID: {call_id}\r\n\r\n").into()
    }

    fn refusal(call_id: &str) -> Vec<u8> {
        format!(
            "SIP/2.0 486 Busy Here\r\nFrom: <sip:c@d>;tag=1\r\nCall-ID: {call_id}\r\n\
             CSeq: 1 INVITE\r\n\r\n"
        )
        .into()
    }

    fn hear(book: &LadderBook, bytes: &[u8]) {
        book.note(bytes, Direction::In, Transport::Udp, peer());
    }

    #[test]
    fn only_an_invite_starts_a_ladder() {
        let book = LadderBook::new(10);
        hear(&book, b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\n");
        hear(&book, b"INVITE sip:a@b SIP/2.0\r\nt: <sip:a@b>;tag=x\r\ni: 1\r\n\r\n");
        assert!(book.lock().recent.is_empty());
        hear(&book, &invite("1"));
        hear(&book, b"ACK sip:a@b SIP/2.0\r\ni : 1\r\n\r\n");
        assert_eq!(book.claim("1").entries().len(), 2);
    }

    #[test]
    fn a_flood_of_invites_keeps_only_the_last() {
        let book = LadderBook::new(10);
        let call = {
            hear(&book, &invite("call"));
            book.claim("call")
        };
        for number in 0..10_000 {
            hear(&book, &invite(&number.to_string()));
        }
        assert_eq!(book.lock().recent.len(), RECENT);
        hear(&book, b"BYE sip:a@b SIP/2.0\r\nCall-ID: call\r\n\r\n");
        assert_eq!(call.entries().len(), 2);
        book.close("call", true);
        assert!(book.lock().calls.is_empty());
        hear(&book, b"BYE sip:a@b SIP/2.0\r\nCall-ID: call\r\n\r\n");
        assert_eq!(call.entries().len(), 2);
    }

    #[test]
    fn a_refused_call_stays_among_the_last_and_an_answered_one_does_not() {
        let book = LadderBook::new(10);
        for call_id in ["refused", "answered"] {
            let text = String::from_utf8(invite(call_id)).unwrap();
            hear(&book, text.replace("To:", "From: <sip:c@d>;tag=1\r\nTo:").as_bytes());
            book.claim(call_id);
        }
        book.note(&refusal("refused"), Direction::Out, Transport::Udp, peer());
        book.close("refused", false);
        book.close("answered", true);
        let refused = book.refused();
        assert_eq!(refused.len(), 1);
        assert_eq!((refused[0].status, refused[0].ladder.entries().len()), (486, 2));
        assert!(refused[0].id.starts_with("sip-"));
    }

    #[test]
    fn a_long_call_keeps_its_beginning_and_its_end() {
        let book = LadderBook::new(10);
        hear(&book, &invite("1"));
        let ladder = book.claim("1");
        for number in 0..50 {
            hear(
                &book,
                format!("INFO sip:a@b SIP/2.0\r\nCall-ID: 1\r\nX: {number}\r\n\r\n").as_bytes(),
            );
        }
        let entries = ladder.entries();
        assert_eq!((entries.len(), ladder.missed()), (10, 41));
        assert!(entries[0].start_line.starts_with("INVITE "));
        let last = String::from_utf8_lossy(&ladder.lock().kept[9].bytes).into_owned();
        assert!(last.contains("X: 49"), "{last}");
    }

    #[test]
    fn zero_keeps_nothing() {
        let book = LadderBook::new(0);
        hear(&book, &invite("1"));
        assert!(book.claim("1").entries().is_empty());
        assert!(book.lock().recent.is_empty() && book.lock().calls.is_empty());
    }
}
