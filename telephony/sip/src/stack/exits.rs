//! Which of several UDP listeners a request of ours leaves by.
//!
//! The stack would send every request in a call by its first UDP listener, whatever the call came
//! by: a phone behind NAT, or a firewall, lets in only what comes from where it called. So the
//! requests of a call name its own listener in their Via, and a datagram leaves by the socket that
//! its Via names.
//!
//! A desk phone behind NAT is reached only at the address it registered from, although its Contact
//! may be an address that we could reach: somebody else's, in our own network. Calls with it are
//! bound to that address.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Request, Via};
use tokio::net::UdpSocket;

use super::ContactBook;

/// How far into a datagram its Via is looked for, in bytes.
const SEARCHED: usize = 1024;

/// The same for the Call-ID, which stands behind the routes.
const SEARCHED_FOR_CALL: usize = 8192;

const UDP: &str = "SIP/2.0/UDP ";

/// The UDP listeners, and the calls that came by each.
#[derive(Default)]
pub(crate) struct Exits {
    sockets: Mutex<Vec<(SocketAddr, Weak<UdpSocket>)>>,
    calls: Mutex<HashMap<String, Leaving>>,
    /// How many of them are bound: as a rule none, and then nothing is looked for.
    bound: AtomicUsize,
}

/// How the requests of one call leave.
#[derive(Clone, Copy)]
struct Leaving {
    listener: SocketAddr,
    /// The one address that all of them go to.
    only_to: Option<SocketAddr>,
}

/// A call leaves by its listener for as long as this lives.
pub(crate) struct Exit {
    book: Arc<ContactBook>,
    call_id: String,
}

impl Exits {
    pub(super) fn add(&self, advertised: SocketAddr, socket: Weak<UdpSocket>) {
        lock(&self.sockets).push((advertised, socket));
    }

    /// Writes into a request of ours the listener that its call came by.
    pub(super) fn name_in(&self, request: &mut Request) {
        let named = request.call_id_header().ok().map(|call_id| call_id.value().to_owned());
        let Some(leaving) = named.and_then(|id| lock(&self.calls).get(&id).copied()) else {
            return;
        };
        let listener = leaving.listener;
        let Ok(via) = request.via_header_mut() else {
            return;
        };
        let rest = via.value().strip_prefix(UDP).and_then(|rest| rest.split_once(';'));
        if let Some((_, parameters)) = rest {
            *via = Via::new(format!("{UDP}{listener};{parameters}"));
        }
    }

    /// The address that this request of ours is bound to.
    pub(super) fn only_way_of(&self, datagram: &[u8]) -> Option<SocketAddr> {
        if datagram.starts_with(b"SIP/") || self.bound.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let head = datagram.get(..SEARCHED_FOR_CALL).unwrap_or(datagram);
        let head = String::from_utf8_lossy(head);
        let call_id = head.lines().find_map(|line| line.strip_prefix("Call-ID: "))?;
        self.only_way_of_call(call_id)
    }

    /// The address that requests of ours in this call are bound to.
    pub(super) fn only_way_of_call(&self, call_id: &str) -> Option<SocketAddr> {
        lock(&self.calls).get(call_id.trim())?.only_to
    }

    /// The socket that a request of ours names; `None` for an answer or an unknown one.
    pub(super) fn named_by(&self, datagram: &[u8]) -> Option<Arc<UdpSocket>> {
        if datagram.starts_with(b"SIP/") {
            return None;
        }
        let head = datagram.get(..SEARCHED).unwrap_or(datagram);
        let head = String::from_utf8_lossy(head);
        let via = head.lines().find_map(|line| line.strip_prefix("Via: ")?.strip_prefix(UDP))?;
        let listener: SocketAddr = via.split(';').next()?.trim().parse().ok()?;
        let sockets = lock(&self.sockets);
        sockets.iter().find(|(address, _)| *address == listener)?.1.upgrade()
    }
}

impl Exit {
    pub(crate) fn enter(book: &Arc<ContactBook>, call_id: &str, listener: SocketAddr) -> Self {
        Self::open(book, call_id, Leaving { listener, only_to: None })
    }

    /// One whose call goes to `peer` whatever the other side's Contact says.
    pub(crate) fn bound(
        book: &Arc<ContactBook>,
        call_id: &str,
        listener: SocketAddr,
        peer: SocketAddr,
    ) -> Self {
        Self::open(book, call_id, Leaving { listener, only_to: Some(peer) })
    }

    fn open(book: &Arc<ContactBook>, call_id: &str, leaving: Leaving) -> Self {
        book.exits.bound.fetch_add(leaving.only_to.is_some().into(), Ordering::Relaxed);
        lock(&book.exits.calls).insert(call_id.to_owned(), leaving);
        Self { book: book.clone(), call_id: call_id.to_owned() }
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        let left = lock(&self.book.exits.calls).remove(&self.call_id);
        let was_bound = left.is_some_and(|leaving| leaving.only_to.is_some());
        self.book.exits.bound.fetch_sub(was_bound.into(), Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
