//! The doors: sockets that read, screen and hand over.

mod tcp;
mod udp;

pub(crate) use tcp::TcpDoor;
pub(crate) use udp::UdpDoor;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::counters::Counting;
use crate::screen::{judge, Answerer, SourceRates, Verdict};
use crate::stack::{ContactBook, Stack};

/// What all doors share: who may enter, how fast, and where it leads.
pub(crate) struct Hall {
    pub(crate) stack: Arc<Stack>,
    pub(crate) counting: Arc<Counting>,
    contacts: Arc<ContactBook>,
    answerer: Answerer,
    rates: Mutex<SourceRates>,
}

impl Hall {
    pub(crate) fn new(stack: Arc<Stack>, counting: Arc<Counting>, per_second: u32) -> Self {
        Self {
            contacts: stack.contacts.clone(),
            stack,
            counting,
            answerer: Answerer::default(),
            rates: Mutex::new(SourceRates::new(per_second, Instant::now())),
        }
    }

    fn is_stranger(&self, source: SocketAddr) -> bool {
        let stranger = !self.contacts.may_reach(source);
        if stranger {
            self.counting.dropped_stranger.add();
        }
        stranger
    }

    fn admit(&self, source: IpAddr) -> Result<(), Duration> {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.admit(source, Instant::now())
    }

    fn judge(&self, bytes: &[u8], source: SocketAddr) -> Verdict {
        judge(bytes, source, &self.answerer, &self.counting)
    }
}
