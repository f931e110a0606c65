//! Where to send what we say in a call when the phone's own Contact leads nowhere.
//!
//! A phone behind NAT, or one that writes a host name, gives a Contact that we cannot or must not
//! reach. The call came from a source that does reach it: this book leads from one to the other.
//! No DNS is asked: a caller does not decide whom we contact.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rsipstack::transport::SipAddr;
use rsipstack::transport::transport_layer::DomainResolver;

use super::exits::Exits;
use crate::Network;

/// Contacts remembered between a phone's answer and the call that comes of it.
const NOTED: usize = 256;

/// The contacts of the calls in progress; at most one entry per call.
pub(crate) struct ContactBook {
    allowed: Vec<Network>,
    entries: Mutex<HashMap<String, Entry>>,
    /// The last answers to our own calls, oldest first.
    noted: Mutex<VecDeque<(String, SocketAddr)>>,
    /// Where each trunk is, by its name.
    trunks: Mutex<BTreeMap<String, Whereabouts>>,
    /// Calls in progress by where they come from.
    callers: Mutex<HashMap<IpAddr, usize>>,
    /// Which UDP listener a call leaves by.
    pub(super) exits: Exits,
}

/// Where the calls of one trunk come from.
#[derive(Default)]
struct Whereabouts {
    configured: Vec<Network>,
    username: String,
    /// What its names lead to now.
    found: Vec<IpAddr>,
}

impl Whereabouts {
    fn contain(&self, address: IpAddr) -> bool {
        let found = self.found.contains(&address.to_canonical());
        found || self.configured.iter().any(|network| network.contains(address))
    }
}

struct Entry {
    source: SocketAddr,
    calls: usize,
}

/// An entry in the book for as long as its call lasts.
pub(crate) struct ContactEntry {
    book: Arc<ContactBook>,
    contact: String,
}

impl ContactBook {
    pub(crate) fn new(allowed: Vec<Network>) -> Self {
        let (entries, noted, trunks, callers, exits) = Default::default();
        Self { allowed, entries, noted, trunks, callers, exits }
    }

    /// A trunk is at these addresses from now on; they may talk to us.
    pub(crate) fn admit_trunk(&self, name: &str, found: Vec<IpAddr>) {
        lock(&self.trunks).entry(name.to_owned()).or_default().found = found;
    }

    /// A trunk that is configured: which networks its calls come from beside its own addresses,
    /// and who we are there.
    pub(crate) fn add_trunk(&self, name: &str, configured: Vec<Network>, username: String) {
        let trunk = Whereabouts { configured, username, found: Vec::new() };
        lock(&self.trunks).insert(name.to_owned(), trunk);
    }

    /// The trunk that brings a call from `address` for `called`.
    /// Several accounts with one carrier share its addresses: then the called user decides.
    pub(crate) fn trunk_of(&self, address: IpAddr, called: &str) -> Option<String> {
        let trunks = lock(&self.trunks);
        let there = || trunks.iter().filter(|(_, trunk)| trunk.contain(address));
        let named = there().find(|(_, trunk)| trunk.username == called);
        let (name, _) = named.or_else(|| there().next())?;
        Some(name.clone())
    }

    /// Remembers for a while that a phone which answered our call is reached by `source`.
    pub(super) fn note(&self, contact: &str, source: SocketAddr) {
        let mut noted = lock(&self.noted);
        let contact = contact.to_ascii_lowercase();
        noted.retain(|(known, _)| *known != contact);
        if noted.len() == NOTED {
            noted.pop_front();
        }
        noted.push_back((contact, source));
    }

    /// Whether we may send to this address at all.
    pub(crate) fn may_reach(&self, address: SocketAddr) -> bool {
        let ip = address.ip();
        self.allowed.iter().any(|network| network.contains(ip))
            || lock(&self.trunks).values().any(|trunk| trunk.contain(ip))
    }

    /// Remembers that `contact` (host and port) is reached by `source`.
    pub(crate) fn enter(self: &Arc<Self>, contact: &str, source: SocketAddr) -> ContactEntry {
        let contact = contact.to_ascii_lowercase();
        let mut entries = lock(&self.entries);
        let entry = entries.entry(contact.clone()).or_insert(Entry { source, calls: 0 });
        entry.source = source;
        entry.calls += 1;
        ContactEntry { book: self.clone(), contact }
    }

    /// Counts a call from `source` for as long as what it returns lives.
    pub(crate) fn count_call(self: &Arc<Self>, source: SocketAddr) -> CallerEntry {
        let address = source.ip().to_canonical();
        *lock(&self.callers).entry(address).or_insert(0) += 1;
        CallerEntry { book: self.clone(), address }
    }

    /// Whether a call with that address is in progress.
    pub(crate) fn is_in_call(&self, address: IpAddr) -> bool {
        lock(&self.callers).contains_key(&address.to_canonical())
    }

    fn source_of(&self, contact: &str) -> Option<SocketAddr> {
        let contact = contact.to_ascii_lowercase();
        if let Some(entry) = lock(&self.entries).get(&contact) {
            return Some(entry.source);
        }
        let noted = lock(&self.noted);
        noted.iter().find(|(known, _)| *known == contact).map(|(_, source)| *source)
    }

    /// Where a datagram for `address` goes: there, to the source of its call, or nowhere.
    pub(crate) fn route(&self, address: SocketAddr) -> Option<SocketAddr> {
        if self.may_reach(address) {
            return Some(address);
        }
        let with_port = self.source_of(&address.to_string());
        with_port.or_else(|| match address.port() {
            5060 => self.source_of(&address.ip().to_string()),
            _ => None,
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call in progress with somebody.
pub(crate) struct CallerEntry {
    book: Arc<ContactBook>,
    address: IpAddr,
}

impl Drop for CallerEntry {
    fn drop(&mut self) {
        let mut callers = lock(&self.book.callers);
        if let Some(calls) = callers.get_mut(&self.address) {
            *calls -= 1;
            if *calls == 0 {
                callers.remove(&self.address);
            }
        }
    }
}

impl Drop for ContactEntry {
    fn drop(&mut self) {
        let mut entries = lock(&self.book.entries);
        if let Some(entry) = entries.get_mut(&self.contact) {
            entry.calls -= 1;
            if entry.calls == 0 {
                entries.remove(&self.contact);
            }
        }
    }
}

/// Answers the stack's questions for host names from the book.
pub(crate) struct Resolver(pub(crate) Arc<ContactBook>);

#[async_trait]
impl DomainResolver for Resolver {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        match self.0.source_of(&target.addr.to_string()) {
            Some(source) => Ok(SipAddr { r#type: target.r#type, addr: source.into() }),
            None => {
                Err(rsipstack::Error::DnsResolutionError("host names are not looked up".to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_contact_is_known_while_a_call_has_it() {
        let book = Arc::new(ContactBook::new(vec!["10.0.0.0/8".parse().unwrap()]));
        let hidden = at("192.168.1.2:5062");
        assert_eq!(book.route(hidden), None);
        let first = book.enter("192.168.1.2:5062", at("10.0.0.1:9000"));
        let second = book.enter("192.168.1.2:5062", at("10.0.0.1:9001"));
        assert_eq!(book.route(hidden), Some(at("10.0.0.1:9001")));
        drop(second);
        assert_eq!(book.route(hidden), Some(at("10.0.0.1:9001")));
        drop(first);
        assert_eq!(book.route(hidden), None);
        assert_eq!(book.route(at("10.9.9.9:1")), Some(at("10.9.9.9:1")));
    }
}
