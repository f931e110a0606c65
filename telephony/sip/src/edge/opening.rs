//! From bound sockets to a running edge.

use std::net::IpAddr;
use std::sync::Arc;

use rsipstack::transaction::TransactionReceiver;
use rsipstack::transport::SipConnection;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::bound::Bound;
use super::{Edge, EdgeError};
use crate::dial::Dialler;
use crate::door::{Certificates, Hall, StreamDoor, Threshold, UdpDoor};
use crate::locate::Locator;
use crate::outward::{Authorities, Outward};
use crate::reception::{Reception, ReceptionParts};
use crate::stack::{ContactBook, Stack, advertised, stream_signpost, udp_connection};
use crate::trunk::{Directory, Keeper};
use crate::{EdgeConfig, IncomingCall, Listen, Transport, TrunkConfigError};

/// TCP connections beside one for each call.
const SPARE_CONNECTIONS: usize = 256;

/// A listener with the stack's way to write from it, and the address that phones are told.
struct Door {
    bound: Bound,
    connection: SipConnection,
    advertised: Listen,
}

impl Edge {
    pub(super) async fn open(
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
        let directory = Arc::new(directory);
        let doors = doors(bound, config.public_address, &contacts, closing).await;
        let (stack, incoming) = self.stack(&doors, contacts, closing);
        let welcome = (self.places.clone(), self.leaving.clone());
        let hall = Arc::new(Hall::new(stack.clone(), self.counting.clone(), welcome, config));
        let outward = self.outward(&doors, &hall, config, authorities, closing);
        let reception = Reception::open(ReceptionParts {
            stack,
            counting: self.counting.clone(),
            places: self.places.clone(),
            leaving: self.leaving.clone(),
            hurry: self.hurry.clone(),
            tasks: self.tasks.clone(),
            closing: closing.clone(),
            advertised: doors.iter().map(|door| door.advertised).collect(),
            registrar: self.registrar.clone(),
            outward: outward.clone(),
            directory: directory.clone(),
            may_refer: config.may_refer,
            calls,
        });
        self.until_closed(closing, reception.clone().run(incoming));
        self.keep_trunks(&directory, &outward, closing);
        let registrar = self.registrar.clone();
        let first_word = config.first_word;
        let dialler = Dialler { reception, outward, directory, registrar, first_word };
        self.dialler.set(Arc::new(dialler)).ok();
        self.open_doors(doors, &hall, config.max_calls, certificates, closing)
    }

    /// The stack over all doors, its timers running, and the requests it finds new.
    fn stack(
        &self,
        doors: &[Door],
        contacts: Arc<ContactBook>,
        closing: &CancellationToken,
    ) -> (Arc<Stack>, TransactionReceiver) {
        let connections = doors.iter().map(|door| door.connection.clone()).collect();
        let built = Stack::build(connections, contacts, self.ladders.clone(), closing);
        let Some((stack, incoming)) = built else {
            unreachable!("a new stack has its queue of requests");
        };
        let stack = Arc::new(stack);
        let timers = stack.clone();
        self.until_closed(closing, async move { timers.run().await });
        (stack, incoming)
    }

    /// What opens ways out by the same doors.
    fn outward(
        &self,
        doors: &[Door],
        hall: &Arc<Hall>,
        config: &EdgeConfig,
        authorities: Authorities,
        closing: &CancellationToken,
    ) -> Arc<Outward> {
        let listener = |door: &Door| (door.advertised, door.connection.clone());
        Arc::new(Outward {
            hall: hall.clone(),
            listeners: doors.iter().map(listener).collect(),
            tasks: self.tasks.clone(),
            closing: closing.clone(),
            learns: config.public_address.is_none(),
            authorities,
        })
    }

    fn keep_trunks(
        &self,
        directory: &Arc<Directory>,
        outward: &Arc<Outward>,
        closing: &CancellationToken,
    ) {
        for trunk in directory.all() {
            let keeper = Keeper {
                trunk: trunk.clone(),
                directory: directory.clone(),
                outward: outward.clone(),
                leaving: self.unregistering.clone(),
            };
            self.keepers.spawn(closing.clone().run_until_cancelled_owned(keeper.run()));
        }
    }

    fn open_doors(
        &self,
        doors: Vec<Door>,
        hall: &Arc<Hall>,
        max_calls: usize,
        certificates: Option<&Arc<Certificates>>,
        closing: &CancellationToken,
    ) -> Result<(), EdgeError> {
        let room = Arc::new(Semaphore::new(max_calls + SPARE_CONNECTIONS));
        let stream_door = |listener, threshold| StreamDoor {
            hall: hall.clone(),
            listener,
            threshold,
            room: room.clone(),
            closing: closing.clone(),
            tasks: self.tasks.clone(),
        };
        for door in doors {
            let (connection, hall) = (door.connection, hall.clone());
            match door.bound {
                Bound::Udp(socket) => {
                    self.until_closed(closing, UdpDoor { hall, socket, connection }.run());
                }
                Bound::Tcp(listener) => {
                    let threshold = Threshold::Plain(door.advertised.address);
                    self.until_closed(closing, stream_door(listener, threshold).run());
                }
                Bound::Tls(listener) => {
                    let certificates =
                        certificates.ok_or(EdgeError::NoCertificate(door.advertised));
                    let acceptor = certificates?.server_config()?.into();
                    let threshold = Threshold::Tls(acceptor);
                    self.until_closed(closing, stream_door(listener, threshold).run());
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
async fn doors(
    bound: Vec<(Bound, Listen)>,
    public: Option<IpAddr>,
    contacts: &Arc<ContactBook>,
    closing: &CancellationToken,
) -> Vec<Door> {
    let mut doors = Vec::with_capacity(bound.len());
    for (bound, listen) in bound {
        let address = advertised(listen, public);
        let connection = match &bound {
            Bound::Udp(socket) => udp_connection(socket, address, contacts.clone(), closing).await,
            Bound::Tcp(_) | Bound::Tls(_) => {
                stream_signpost(listen.transport, address, closing).await
            }
        };
        doors.push(Door { bound, connection, advertised: Listen { address, ..listen } });
    }
    doors
}
