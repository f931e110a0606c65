//! Where to send what we say in a call when the phone's own Contact leads nowhere.
//!
//! A phone behind NAT, or one that writes a host name, gives a Contact that we cannot or must not
//! reach. The call came from a source that does reach it: this book leads from one to the other.
//! No DNS is asked: a caller does not decide whom we contact.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rsipstack::transport::SipAddr;
use rsipstack::transport::transport_layer::DomainResolver;

use crate::Network;

/// The contacts of the calls in progress; at most one entry per call.
pub(crate) struct ContactBook {
    allowed: Vec<Network>,
    entries: Mutex<HashMap<String, Entry>>,
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
        Self { allowed, entries: Mutex::default() }
    }

    /// Whether we may send to this address at all.
    pub(crate) fn may_reach(&self, address: SocketAddr) -> bool {
        let ip = address.ip();
        self.allowed.iter().any(|network| network.contains(ip))
    }

    /// Remembers that `contact` (host and port) is reached by `source`.
    pub(crate) fn enter(self: &Arc<Self>, contact: &str, source: SocketAddr) -> ContactEntry {
        let contact = contact.to_ascii_lowercase();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.entry(contact.clone()).or_insert(Entry { source, calls: 0 });
        entry.source = source;
        entry.calls += 1;
        ContactEntry { book: self.clone(), contact }
    }

    fn source_of(&self, contact: &str) -> Option<SocketAddr> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&contact.to_ascii_lowercase())?;
        Some(entry.source)
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

impl Drop for ContactEntry {
    fn drop(&mut self) {
        let mut entries = self.book.entries.lock().unwrap_or_else(PoisonError::into_inner);
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
