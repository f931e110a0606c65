//! The edge as a whole: start, shut down, look at.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rsipstack::transport::SipConnection;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::counters::Counting;
use crate::dial::Dialler;
use crate::door::{CertificateError, Certificates, Hall, TcpDoor, TlsDoor, UdpDoor};
use crate::ladder::LadderBook;
use crate::locate::Locator;
use crate::outward::{Authorities, Outward};
use crate::reception::{Reception, ReceptionParts};
use crate::registrar::Registrar;
use crate::stack::{ContactBook, Stack, advertised, stream_signpost, udp_connection};
use crate::trunk::{Directory, Keeper};
use crate::{
    Binding, Counters, Dial, DialError, EdgeConfig, IncomingCall, Listen, OutgoingCall,
    RefusedCall, Transport, TrunkConfigError, TrunkState, TrunkStatus,
};

/// How long the goodbyes of a shutdown may take.
const LAST_GOODBYES: Duration = Duration::from_secs(2);

/// TCP connections beside one for each call.
const SPARE_CONNECTIONS: usize = 256;

/// Bytes of datagrams that may wait to be read.
const BURST: usize = 1 << 20;

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
    dialler: OnceLock<Dialler>,
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

/// A socket that listens.
enum Bound {
    Udp(Arc<UdpSocket>),
    Tcp(TcpListener),
    Tls(TcpListener),
}

impl Bound {
    async fn bind(listen: Listen) -> Result<(Self, Listen), EdgeError> {
        let bound = match listen.transport {
            Transport::Udp => UdpSocket::bind(listen.address).await.and_then(|socket| {
                // Room for a burst; the system may give less.
                socket2::SockRef::from(&socket).set_recv_buffer_size(BURST).ok();
                Ok((socket.local_addr()?, Self::Udp(Arc::new(socket))))
            }),
            Transport::Tcp | Transport::Tls => {
                let wrap = if listen.transport == Transport::Tls { Self::Tls } else { Self::Tcp };
                let socket = TcpListener::bind(listen.address).await;
                socket.and_then(|socket| Ok((socket.local_addr()?, wrap(socket))))
            }
        };
        let (address, bound) = bound.map_err(|source| EdgeError::Listen { listen, source })?;
        Ok((bound, Listen { address, ..listen }))
    }
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

    async fn open(
        &self,
        bound: Vec<(Bound, Listen)>,
        config: &EdgeConfig,
        calls: mpsc::Sender<IncomingCall>,
        closing: &CancellationToken,
    ) -> Result<(), EdgeError> {
        let contacts = Arc::new(ContactBook::new(config.allowed_networks.clone()));
        let certificates = self.certificates(config)?;
        if let Some(certificates) = certificates {
            self.until_closed(closing, certificates.clone().watch());
        }
        let authorities = authorities(config)?;
        let locator = Locator::new(&config.name_servers);
        let directory = Directory::new(config.trunks.clone(), locator, contacts.clone())?;
        let (connections, advertised) =
            connect(&bound, config.public_address, &contacts, closing).await;
        let Some((stack, incoming)) =
            Stack::build(connections.clone(), contacts, self.ladders.clone(), closing)
        else {
            unreachable!("a new stack has its queue of requests");
        };
        let stack = Arc::new(stack);
        let timers = stack.clone();
        self.until_closed(closing, async move { timers.run().await });
        let reception = Reception::open(ReceptionParts {
            stack: stack.clone(),
            counting: self.counting.clone(),
            places: self.places.clone(),
            leaving: self.leaving.clone(),
            hurry: self.hurry.clone(),
            tasks: self.tasks.clone(),
            closing: closing.clone(),
            advertised: advertised.clone(),
            registrar: self.registrar.clone(),
            may_refer: config.may_refer,
            calls,
        });
        self.until_closed(closing, reception.clone().run(incoming));
        let hall = Hall::new(
            stack,
            self.counting.clone(),
            (self.places.clone(), self.leaving.clone()),
            config,
        );
        let hall = Arc::new(hall);
        let outward = Arc::new(Outward {
            hall: hall.clone(),
            listeners: advertised.iter().copied().zip(connections.clone()).collect(),
            tasks: self.tasks.clone(),
            closing: closing.clone(),
            learns: config.public_address.is_none(),
            authorities,
        });
        let directory = Arc::new(directory);
        for trunk in directory.all() {
            let keeper = Keeper {
                trunk: trunk.clone(),
                directory: directory.clone(),
                outward: outward.clone(),
                leaving: self.unregistering.clone(),
            };
            self.keepers.spawn(closing.clone().run_until_cancelled_owned(keeper.run()));
        }
        self.dialler.set(Dialler { reception, outward, directory }).ok();
        let room = Arc::new(Semaphore::new(config.max_calls + SPARE_CONNECTIONS));
        for (((bound, _), connection), advertised) in
            bound.into_iter().zip(connections).zip(advertised)
        {
            let hall = hall.clone();
            match bound {
                Bound::Udp(socket) => {
                    let door = UdpDoor { hall, socket, connection };
                    self.until_closed(closing, door.run());
                }
                Bound::Tls(listener) => {
                    let Some(certificates) = certificates else {
                        continue;
                    };
                    let door = TlsDoor {
                        hall,
                        listener,
                        acceptor: certificates.server_config()?.into(),
                        room: room.clone(),
                        closing: closing.clone(),
                        tasks: self.tasks.clone(),
                    };
                    self.until_closed(closing, door.run());
                }
                Bound::Tcp(listener) => {
                    let door = TcpDoor {
                        hall,
                        listener,
                        advertised: advertised.address,
                        room: room.clone(),
                        closing: closing.clone(),
                        tasks: self.tasks.clone(),
                    };
                    self.until_closed(closing, door.run());
                }
            }
        }
        Ok(())
    }

    /// The certificate of the TLS listeners, if there are any.
    fn certificates(&self, config: &EdgeConfig) -> Result<Option<&Arc<Certificates>>, EdgeError> {
        let needs = |listen: &&Listen| listen.transport == Transport::Tls;
        let Some(listen) = config.listen.iter().find(needs) else {
            return Ok(None);
        };
        let files = config.tls.clone().ok_or(EdgeError::NoCertificate(*listen))?;
        let loaded = Certificates::load(files)?;
        Ok(Some(self.certificates.get_or_init(|| loaded)))
    }

    fn until_closed(
        &self,
        closing: &CancellationToken,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let closing = closing.clone();
        self.tasks.spawn(async move {
            closing.run_until_cancelled(work).await;
        });
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
    pub fn dial(&self, order: Dial) -> Result<OutgoingCall, DialError> {
        match self.dialler.get() {
            Some(dialler) => dialler.dial(order),
            None => Err(DialError::NotOpen),
        }
    }

    /// How the trunks are, by name.
    pub fn trunks(&self) -> Vec<TrunkStatus> {
        self.dialler.get().map(|dialler| dialler.directory.statuses()).unwrap_or_default()
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

/// The authorities of trunks that bring their own.
fn authorities(config: &EdgeConfig) -> Result<Authorities, TrunkConfigError> {
    let mut authorities = Authorities::default();
    for trunk in &config.trunks {
        if let Some(file) = &trunk.ca_file {
            authorities.add(file).map_err(|error| TrunkConfigError::CaFile {
                trunk: trunk.name.clone(),
                reason: error.to_string(),
            })?;
        }
    }
    Ok(authorities)
}

/// One connection for the stack, and one address that phones are told, for each socket.
async fn connect(
    bound: &[(Bound, Listen)],
    public: Option<IpAddr>,
    contacts: &Arc<ContactBook>,
    closing: &CancellationToken,
) -> (Vec<SipConnection>, Vec<Listen>) {
    let mut connections = Vec::with_capacity(bound.len());
    let mut told = Vec::with_capacity(bound.len());
    for (bound, listen) in bound {
        let address = advertised(*listen, public);
        connections.push(match bound {
            Bound::Udp(socket) => udp_connection(socket, address, contacts.clone(), closing).await,
            Bound::Tcp(_) | Bound::Tls(_) => {
                stream_signpost(listen.transport, address, closing).await
            }
        });
        told.push(Listen { address, ..*listen });
    }
    (connections, told)
}
