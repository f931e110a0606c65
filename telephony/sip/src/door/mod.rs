//! The doors: sockets that read, screen and hand over.

mod certificates;
mod flows;
mod pen;
mod streams;
mod tcp;
mod tls;
mod udp;
mod visit;

pub use certificates::{CertificateError, TlsFiles};

pub(crate) use certificates::{Certificates, read_certificates};
pub(crate) use flows::Flows;
pub(crate) use pen::Pen;
pub(crate) use streams::{StreamDoor, Threshold};
pub(crate) use tcp::begin_tcp;
pub(crate) use tls::{Encrypted, begin_tls};
pub(crate) use udp::UdpDoor;
pub(crate) use visit::{Opened, Visit, with_plug};

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rsipstack::transport::SipConnection;
use tokio::sync::Semaphore;

use crate::counters::{Count, Counting};
use crate::ladder::Direction;
use crate::screen::{Answerer, Offered, RawMessage, Refusal, SourceRates, Verdict, judge};
use crate::stack::{ContactBook, HandedOver, Stack};
use crate::{EdgeConfig, Transport};

/// What all doors share: who may enter, how fast, and where it leads.
pub(crate) struct Hall {
    pub(crate) stack: Arc<Stack>,
    pub(crate) counting: Arc<Counting>,
    pub(crate) flows: Flows,
    contacts: Arc<ContactBook>,
    /// Places for calls, and whether none is given away any more.
    places: Arc<Semaphore>,
    leaving: Arc<AtomicBool>,
    answerer: Answerer,
    offered: Offered,
    rates: Mutex<SourceRates>,
}

impl Hall {
    pub(crate) fn new(
        stack: Arc<Stack>,
        counting: Arc<Counting>,
        (places, leaving): (Arc<Semaphore>, Arc<AtomicBool>),
        config: &EdgeConfig,
    ) -> Self {
        Self {
            places,
            leaving,
            contacts: stack.contacts.clone(),
            stack,
            counting,
            flows: Flows::default(),
            answerer: Answerer::default(),
            offered: Offered {
                registration: config.registrar.is_some(),
                secure: config.listen.iter().any(|listen| listen.transport == Transport::Tls),
            },
            rates: Mutex::new(SourceRates::new(
                config.requests_per_second,
                config.total_requests_per_second,
                Instant::now(),
            )),
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
        let in_call = self.contacts.is_in_call(source);
        let now = Instant::now();
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.admit(source, now)?;
        if in_call { Ok(()) } else { rates.admit_among_all(now) }
    }

    /// Judges one message and hands it over when it may pass; returns what to answer at once.
    async fn receive(
        &self,
        bytes: &[u8],
        connection: &SipConnection,
        transport: Transport,
        source: SocketAddr,
    ) -> Option<Vec<u8>> {
        let ladders = &self.stack.ladders;
        ladders.note(bytes, Direction::In, transport, source);
        let answer = self.judge(bytes, connection, transport, source).await;
        if let Some(answer) = &answer {
            ladders.note(answer, Direction::Out, transport, source);
        }
        answer
    }

    async fn judge(
        &self,
        bytes: &[u8],
        connection: &SipConnection,
        transport: Transport,
        source: SocketAddr,
    ) -> Option<Vec<u8>> {
        match judge(bytes, source, &self.answerer, self.offered, &self.counting) {
            Verdict::Pass(message) => {
                let welcome = self.welcome();
                let given =
                    self.stack.hand_over(&message, connection, transport, source, welcome.is_ok());
                match (given.await, welcome) {
                    (HandedOver::Taken, _) => None,
                    (HandedOver::Unwelcome, Err(count)) => {
                        count.add();
                        self.answer(&message, &Refusal::later(), source)
                    }
                    (HandedOver::Unwelcome | HandedOver::Unreadable, _) => {
                        self.refuse(&message, &Refusal::unreadable(), source)
                    }
                }
            }
            Verdict::Answer(answer) => Some(answer),
            Verdict::Drop => None,
        }
    }

    /// Whether a new call may come; else what counts its refusal.
    fn welcome(&self) -> Result<(), &Count> {
        if self.leaving.load(Ordering::SeqCst) {
            return Err(&self.counting.refused_shutting_down);
        }
        match self.places.available_permits() {
            0 => Err(&self.counting.refused_busy),
            _ => Ok(()),
        }
    }

    fn answer(&self, bytes: &[u8], refusal: &Refusal, source: SocketAddr) -> Option<Vec<u8>> {
        let message = RawMessage::parse(bytes).ok()?;
        self.answerer.answer(&message, refusal, source, bytes.len())
    }

    /// The refusal of a message, where it can be given.
    fn refuse(&self, bytes: &[u8], refusal: &Refusal, source: SocketAddr) -> Option<Vec<u8>> {
        let answer = self.answer(bytes, refusal, source);
        match answer {
            Some(_) => refusal.count(&self.counting),
            None => self.counting.dropped_malformed.add(),
        }
        answer
    }
}
