//! The edge as a whole: start, shut down, look at.

mod bound;
mod opening;

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::counters::Counting;
use crate::dial::Dialler;
use crate::door::{CertificateError, Certificates};
use crate::ladder::LadderBook;
use crate::registrar::Registrar;
use crate::{
    Binding, Counters, Dial, DialError, EdgeConfig, IncomingCall, LineOut, Listen, OutgoingCall,
    RefusedCall, Route, TrunkConfigError, TrunkState, TrunkStatus,
};
use bound::Bound;

/// How long the goodbyes of a shutdown may take.
const LAST_GOODBYES: Duration = Duration::from_secs(2);

/// A running SIP edge. Dropping it closes the sockets at once; prefer [`Edge::shutdown`].
pub struct Edge {
    listening: Vec<Listen>,
    counting: Arc<Counting>,
    ladders: Arc<LadderBook>,
    registrar: Option<Arc<Registrar>>,
    max_calls: u32,
    places: Arc<Semaphore>,
    leaving: Arc<AtomicBool>,
    hurry: CancellationToken,
    tasks: TaskTracker,
    /// Ends every task of the edge when the edge is dropped.
    closing: DropGuard,
    /// The tasks that keep trunks registered, and what tells them to leave.
    keepers: TaskTracker,
    unregistering: CancellationToken,
    /// What TLS listeners prove themselves with, when there are any.
    certificates: OnceLock<Arc<Certificates>>,
    /// Places calls; filled when the edge opens.
    dialler: OnceLock<Arc<Dialler>>,
}

/// Why an edge did not start.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// No place to listen is configured.
    #[error("the SIP edge has nowhere to listen; set for example \"udp:127.0.0.1:5060\"")]
    NowhereToListen,
    /// The address is taken, or not ours.
    #[error("cannot listen for SIP on {listen}: {source}")]
    Listen {
        /// The place that was asked for.
        listen: Listen,
        /// What the system said.
        source: io::Error,
    },
    /// The limit on calls is zero or beyond what can be counted.
    #[error("max_calls must be from 1 to 1000000")]
    MaxCalls,
    /// A trunk is configured wrong.
    #[error(transparent)]
    Trunk(#[from] TrunkConfigError),
    /// The certificate of the TLS listeners cannot be used.
    #[error("TLS: {0}")]
    Certificate(#[from] CertificateError),
    /// A TLS listener has nothing to prove itself with.
    #[error("cannot listen on {0} without a certificate; set the certificate and key files")]
    NoCertificate(Listen),
}

impl Edge {
    /// Listens and hands every acceptable call to the receiver. When the receiver is dropped or
    /// full, callers are told 503.
    pub async fn start(
        config: EdgeConfig,
    ) -> Result<(Self, mpsc::Receiver<IncomingCall>), EdgeError> {
        if config.listen.is_empty() {
            return Err(EdgeError::NowhereToListen);
        }
        let max_calls = u32::try_from(config.max_calls).ok();
        let max_calls = max_calls.filter(|calls| (1..=1_000_000).contains(calls));
        let max_calls = max_calls.ok_or(EdgeError::MaxCalls)?;
        let mut bound = Vec::with_capacity(config.listen.len());
        for listen in &config.listen {
            bound.push(Bound::bind(*listen).await?);
        }
        let closing = CancellationToken::new();
        let (offer, calls) = mpsc::channel(config.max_calls);
        let edge = Self {
            listening: bound.iter().map(|(_, listen)| *listen).collect(),
            counting: Arc::default(),
            ladders: Arc::new(LadderBook::new(config.ladder_entries)),
            registrar: config
                .registrar
                .clone()
                .map(|phones| Arc::new(Registrar::new(phones, Instant::now()))),
            max_calls,
            places: Arc::new(Semaphore::new(config.max_calls)),
            leaving: Arc::default(),
            hurry: CancellationToken::new(),
            tasks: TaskTracker::new(),
            closing: closing.clone().drop_guard(),
            keepers: TaskTracker::new(),
            unregistering: CancellationToken::new(),
            certificates: OnceLock::new(),
            dialler: OnceLock::new(),
        };
        edge.open(bound, &config, offer, &closing).await?;
        for listen in &edge.listening {
            tracing::info!(%listen, "SIP edge listens");
        }
        Ok((edge, calls))
    }

    /// Where it really listens: port 0 replaced by the port the system gave.
    pub fn listening(&self) -> Vec<Listen> {
        self.listening.clone()
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.counting.snapshot()
    }

    /// The last INVITEs that were refused, newest first, each with its messages.
    pub fn refused_calls(&self) -> Vec<RefusedCall> {
        self.ladders.refused()
    }

    /// Where the desk phone `user` can be rung now, the freshest registration first.
    pub fn registered(&self, user: &str) -> Vec<Binding> {
        let registrar = self.registrar.as_ref();
        registrar.map(|phones| phones.registered(user, Instant::now())).unwrap_or_default()
    }

    /// Registrations of desk phones that stand now.
    pub fn registrations(&self) -> usize {
        self.registrar.as_ref().map_or(0, |phones| phones.count(Instant::now()))
    }

    /// Calls in progress: offered, ringing or answered.
    pub fn calls_in_progress(&self) -> usize {
        (self.max_calls as usize).saturating_sub(self.places.available_permits())
    }

    /// Places a call; its progress comes from [`OutgoingCall::next`]. An error means that nothing
    /// was sent.
    #[expect(clippy::needless_pass_by_value, reason = "an order is used up by placing it")]
    pub fn dial(&self, order: Dial) -> Result<OutgoingCall, DialError> {
        match self.dialler.get() {
            Some(dialler) => dialler.dial(&order),
            None => Err(DialError::NotOpen),
        }
    }

    /// How the trunks are, by name.
    pub fn trunks(&self) -> Vec<TrunkStatus> {
        self.dialler.get().map(|dialler| dialler.directory.statuses()).unwrap_or_default()
    }

    /// A handle that places calls by this edge, for those who do not own it.
    pub fn line_out(&self) -> LineOut {
        self.dialler.get().map(LineOut::of).unwrap_or_default()
    }

    /// The address that the trunk of this route sees us at, when none is configured and it told us:
    /// the one for our own session description.
    pub fn public_address_by(&self, route: &Route) -> Option<IpAddr> {
        self.dialler.get()?.public_address_by(route)
    }

    /// Tells of every change of a trunk's registration; `None` when no trunk has this name.
    pub fn watch_trunk(&self, name: &str) -> Option<watch::Receiver<TrunkState>> {
        let trunk = self.dialler.get()?.directory.find(name)?;
        Some(trunk.state.subscribe())
    }

    /// Reads the certificate of the TLS listeners again. The files are also watched: this is for
    /// those who will not wait ten seconds. After an error the old one stays in use.
    pub fn reload_certificates(&self) -> Result<(), CertificateError> {
        self.certificates.get().ok_or(CertificateError::NotListening)?.reload()
    }

    /// Refuses new calls with 503, lets calls in progress end for at most `grace`, hangs up the
    /// rest, and closes the sockets.
    pub async fn shutdown(self, grace: Duration) {
        self.leaving.store(true, Ordering::SeqCst);
        let all_ended = self.places.acquire_many(self.max_calls);
        if tokio::time::timeout(grace, all_ended).await.is_err() {
            tracing::info!(calls = self.calls_in_progress(), "hanging up calls in progress");
            self.hurry.cancel();
            let all_ended = self.places.acquire_many(self.max_calls);
            tokio::time::timeout(LAST_GOODBYES, all_ended).await.ok();
        }
        self.unregistering.cancel();
        self.keepers.close();
        tokio::time::timeout(LAST_GOODBYES, self.keepers.wait()).await.ok();
        drop(self.closing);
        self.tasks.close();
        tokio::time::timeout(LAST_GOODBYES, self.tasks.wait()).await.ok();
    }
}
