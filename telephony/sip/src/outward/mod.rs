//! The ways out: connections for requests that we begin.
//!
//! Streams are opened here and read by the same doors as those that came in, so that what a peer
//! asks on a connection of ours passes the same screen.

mod tls;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::{Auth, Param, Request, Response, Scheme, SipMessage, Uri};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::io::AsyncRead;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dial::status_of;
use crate::door::{Encrypted, Hall, Opened, Pen, Visit, begin_tcp, begin_tls, with_plug};
use crate::stack::{Exit, Stack, quiet, sip_address, stack_transport, transport_of};
use crate::{Binding, Listen, Transport};

pub(crate) use tls::Authorities;

/// How long a stream may take to open, its encryption included.
const OPENING: Duration = Duration::from_secs(5);

/// The next place on the way to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hop {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
    /// What its certificate must say, for TLS; without one, its address.
    pub(crate) name: Option<String>,
    /// Who signed its certificate; `None` for the public authorities.
    pub(crate) ca_file: Option<PathBuf>,
}

/// Why there is no way to a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoWay {
    #[error("no listener for this transport and address family")]
    NoListener,
    #[error("the address is outside the allowed networks")]
    Stranger,
    #[error("the connection was refused or timed out")]
    NotOpened,
}

/// An open way to a hop.
#[derive(Clone)]
pub(crate) struct WayOut {
    pub(crate) connection: SipConnection,
    pub(crate) hop: Hop,
    /// Where the peer reaches us by this way.
    pub(crate) ours: SocketAddr,
    /// What writes to the stream, if it is one.
    pen: Option<Pen>,
    /// Whose end it is when the stream breaks.
    broken: Broken,
}

/// What to do when the stream of a way broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// Another one to the same place does as well.
    OpenAgain,
    /// Nobody listens where the stream came from; its Contact may do.
    AskContact,
    /// There is no other way: NAT, or a phone that listens nowhere.
    GiveUp,
}

/// How often a NAT on the way is reminded of us: half of the least that is asked of it for
/// datagrams (RFC 5626 section 4.4.2), and for streams (section 4.4.1).
const REMIND_DATAGRAMS: Duration = Duration::from_secs(25);
const REMIND_STREAMS: Duration = Duration::from_secs(95);

impl WayOut {
    pub(crate) fn destination(&self) -> SipAddr {
        sip_address(self.hop.transport, self.hop.address)
    }

    /// What stands in the Via of a request that goes this way.
    pub(crate) fn sent_by(&self) -> SipAddr {
        sip_address(self.hop.transport, self.ours)
    }

    /// Binds the datagrams of a call to this way, wherever its Contact leads; streams lead where
    /// they lead.
    pub(crate) fn bind(&self, outward: &Outward, call_id: &str) -> Option<Exit> {
        let contacts = &outward.hall.stack.contacts;
        let datagrams = self.hop.transport == Transport::Udp;
        datagrams.then(|| Exit::bound(contacts, call_id, self.ours, self.hop.address))
    }

    /// Ends with the stream; datagrams have none.
    pub(crate) fn flow(&self) -> Option<CancellationToken> {
        if self.connection.is_reliable() { self.connection.cancel_token() } else { None }
    }

    /// Sends a request of ours, and waits for its final answer; `None` when none came.
    pub(crate) async fn exchange(&self, stack: &Stack, request: Request) -> Option<Response> {
        let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
        let (endpoint, connection) = (stack.endpoint.clone(), Some(self.connection.clone()));
        let destination = self.destination();
        let exchange = quiet(async move {
            let mut transaction = Transaction::new_client(key, request, endpoint, connection);
            transaction.destination = Some(destination);
            transaction.send().await.ok()?;
            while let Some(message) = transaction.receive().await {
                match message {
                    SipMessage::Response(response) if status_of(&response) >= 200 => {
                        return Some(response);
                    }
                    _ => {}
                }
            }
            None
        });
        tokio::select! {
            response = exchange => response,
            () = self.lost() => None,
        }
    }

    /// Resolves when the stream is gone; datagrams have none.
    pub(crate) async fn lost(&self) {
        match self.flow() {
            Some(flow) => flow.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Keeps the way open until dropped (RFC 5626 section 3.5): line ends that mean nothing.
    pub(crate) async fn keep_alive(&self) {
        let pause = if self.pen.is_some() { REMIND_STREAMS } else { REMIND_DATAGRAMS };
        loop {
            tokio::time::sleep(pause).await;
            match (&self.pen, &self.connection) {
                (Some(pen), _) => pen.write(b"\r\n\r\n").await,
                (None, SipConnection::Udp(socket)) => {
                    let sent = quiet(socket.send_raw(b"\r\n\r\n", &self.destination())).await;
                    // One that is not sent is like one that gets lost.
                    sent.ok();
                }
                (None, _) => return std::future::pending().await,
            }
        }
    }

    /// Where the peer sends its own requests.
    pub(crate) fn contact(&self, user: &str, learned: Option<SocketAddr>) -> Uri {
        let params = match self.hop.transport {
            Transport::Udp => vec![],
            stream => vec![Param::Transport(stack_transport(stream))],
        };
        let auth = (!user.is_empty()).then(|| Auth { user: user.to_owned(), password: None });
        Uri {
            scheme: Some(Scheme::Sip),
            auth,
            host_with_port: learned.unwrap_or(self.ours).into(),
            params,
            ..Uri::default()
        }
    }
}

/// Opens ways and finds those that are open.
pub(crate) struct Outward {
    pub(crate) hall: Arc<Hall>,
    /// Our listeners: the address that peers are told, and the connection that sends from there.
    pub(crate) listeners: Vec<(Listen, SipConnection)>,
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
    /// Whether a peer may tell us what our address is: not when it is configured.
    pub(crate) learns: bool,
    pub(crate) authorities: Authorities,
}

impl Outward {
    /// A way to the hop: for streams the one that stands, or a new one.
    pub(crate) async fn reach(&self, hop: &Hop) -> Result<WayOut, NoWay> {
        if !self.hall.stack.contacts.may_reach(hop.address) {
            return Err(NoWay::Stranger);
        }
        let listener = self.listener(hop.transport, hop.address.ip());
        if hop.transport == Transport::Udp {
            let (listen, connection) = listener.ok_or(NoWay::NoListener)?;
            let (connection, ours) = (connection.clone(), listen.address);
            let broken = Broken::OpenAgain;
            return Ok(WayOut { connection, hop: hop.clone(), ours, pen: None, broken });
        }
        let told = listener.map(|(listen, _)| listen.address);
        let standing = self.hall.flows.find(hop.transport, hop.address);
        if let Some(pen) = standing.filter(|pen| pen.leads_to(hop.name.as_deref())) {
            let ours = told.unwrap_or(self.first_address(hop.address));
            let connection = pen.connection();
            let (pen, broken) = (Some(pen), Broken::OpenAgain);
            return Ok(WayOut { connection, hop: hop.clone(), ours, pen, broken });
        }
        let opened = tokio::time::timeout(OPENING, self.open(hop, told)).await;
        opened.map_err(|_| NoWay::NotOpened)?
    }

    /// The way back to who came by `connection` from `source`.
    pub(crate) fn back_by(&self, connection: &SipConnection, source: SocketAddr) -> WayOut {
        let transport = transport_of(connection);
        let by = connection.get_addr().get_socketaddr().ok();
        let same = |(listen, _): &&(Listen, SipConnection)| {
            listen.transport == transport && Some(listen.address) == by
        };
        let listener = self.listeners.iter().find(same);
        let listener = listener.or_else(|| self.listener(transport, source.ip()));
        let ours = listener.map_or(self.first_address(source), |(listen, _)| listen.address);
        let hop = Hop { transport, address: source, name: None, ca_file: None };
        let (connection, broken) = (connection.clone(), Broken::AskContact);
        WayOut { connection, hop, ours, pen: None, broken }
    }

    /// The way back to a desk phone, by the very connection that it registered by and no other.
    pub(crate) fn back_to(&self, phone: &Binding) -> Option<WayOut> {
        let way = self.back_by(phone.flow.as_ref()?, phone.source);
        Some(WayOut { broken: Broken::GiveUp, ..way })
    }

    /// A way that takes the place of `way`, whose stream broke, to the other end of a call; `next`
    /// is where the call says it goes.
    pub(crate) async fn mend(&self, way: &WayOut, next: Option<SocketAddr>) -> Option<WayOut> {
        let hop = match way.broken {
            Broken::OpenAgain => way.hop.clone(),
            Broken::AskContact => Hop { address: next?, ..way.hop.clone() },
            Broken::GiveUp => return None,
        };
        self.reach(&hop).await.ok()
    }

    /// What stands after the `@` in our own address when no trunk says otherwise.
    pub(crate) fn own_host(&self) -> String {
        self.first_address(SocketAddr::from(([127, 0, 0, 1], 5060))).to_string()
    }

    /// The listener that fits; another family's never reaches there.
    fn listener(&self, transport: Transport, to: IpAddr) -> Option<&(Listen, SipConnection)> {
        let to = to.to_canonical();
        let fits = |listen: &Listen| {
            listen.transport == transport && listen.address.is_ipv4() == to.is_ipv4()
        };
        self.listeners.iter().find(|(listen, _)| fits(listen))
    }

    fn first_address(&self, otherwise: SocketAddr) -> SocketAddr {
        self.listeners.first().map_or(otherwise, |(listen, _)| listen.address)
    }

    async fn open(&self, hop: &Hop, told: Option<SocketAddr>) -> Result<WayOut, NoWay> {
        let stream = TcpStream::connect(hop.address).await.map_err(|_| NoWay::NotOpened)?;
        let local = stream.local_addr().map_err(|_| NoWay::NotOpened)?;
        let ours = told.unwrap_or(local);
        let (hall, peer) = (self.hall.clone(), hop.address);
        let ended = self.closing.child_token();
        let pen = if hop.transport == Transport::Tls {
            let stream = self.encrypt(hop, stream).await.ok_or(NoWay::NotOpened)?;
            let begun = begin_tls(hall, stream, peer, Opened::ByUs, ended, &self.tasks).await;
            let (visit, reading) = begun.ok_or(NoWay::NotOpened)?;
            self.read(visit, reading)
        } else {
            let begun = begin_tcp(hall, stream, peer, ours, Opened::ByUs, ended).await;
            let (visit, reading) = begun.map_err(|_| NoWay::NotOpened)?;
            self.read(visit, reading)
        };
        let (connection, pen, broken) = (pen.connection(), Some(pen), Broken::OpenAgain);
        Ok(WayOut { connection, hop: hop.clone(), ours, pen, broken })
    }

    async fn encrypt(
        &self,
        hop: &Hop,
        stream: TcpStream,
    ) -> Option<Encrypted<TlsStream<TcpStream>>> {
        let (stream, plug) = with_plug(stream).ok()?;
        let name = hop.name.clone().unwrap_or_else(|| hop.address.ip().to_string());
        let encrypted = self.authorities.encrypt(stream, &name, hop.ca_file.as_deref()).await?;
        Some(Encrypted { stream: encrypted, plug, verified: Some(name) })
    }

    fn read(&self, visit: Visit, reading: impl AsyncRead + Unpin + Send + 'static) -> Pen {
        let pen = visit.pen();
        visit.announce();
        self.tasks.spawn(async move { visit.run(reading).await });
        pen
    }
}
