//! Which of several UDP listeners a request of ours leaves by.
//!
//! The stack would send every request in a call by its first UDP listener, whatever the call came
//! by: a phone behind NAT, or a firewall, lets in only what comes from where it called. So the
//! requests of a call name its own listener in their Via, and a datagram leaves by the socket that
//! its Via names.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Request, Via};
use tokio::net::UdpSocket;

use super::ContactBook;

/// How far into a datagram its Via is looked for, in bytes.
const SEARCHED: usize = 1024;

const UDP: &str = "SIP/2.0/UDP ";

/// The UDP listeners, and the calls that came by each.
#[derive(Default)]
pub(crate) struct Exits {
    sockets: Mutex<Vec<(SocketAddr, Weak<UdpSocket>)>>,
    calls: Mutex<HashMap<String, SocketAddr>>,
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
        let Some(listener) = named.and_then(|id| lock(&self.calls).get(&id).copied()) else {
            return;
        };
        let Ok(via) = request.via_header_mut() else {
            return;
        };
        let rest = via.value().strip_prefix(UDP).and_then(|rest| rest.split_once(';'));
        if let Some((_, parameters)) = rest {
            *via = Via::new(format!("{UDP}{listener};{parameters}"));
        }
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
        lock(&book.exits.calls).insert(call_id.to_owned(), listener);
        Self { book: book.clone(), call_id: call_id.to_owned() }
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        lock(&self.book.exits.calls).remove(&self.call_id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
