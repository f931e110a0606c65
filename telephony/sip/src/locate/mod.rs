//! From a configured host to the addresses to try, in order (RFC 3263).
//!
//! Only names from the configuration are looked up: what a caller writes decides nothing. The
//! transport is configured too, so NAPTR records are not asked for.

mod order;
mod srv;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

use crate::Transport;
use crate::outward::Hop;
use order::in_order_to_try;
use srv::services_of;

/// How long all look-ups for one host may take.
const LOOKING: Duration = Duration::from_secs(8);

/// How long one question to one name server may take.
const ASKING: Duration = Duration::from_secs(2);

/// Servers of one service, and addresses of one server, that are tried.
const MAX_SERVERS: usize = 8;
const MAX_ADDRESSES: usize = 4;

/// A host as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// A name or an IP address.
    pub(crate) host: String,
    /// Without a port, SRV records say it, or the transport's standard one is taken.
    pub(crate) port: Option<u16>,
    pub(crate) transport: Transport,
}

impl Place {
    fn standard_port(&self) -> u16 {
        match self.transport {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
        }
    }

    fn hop(&self, address: SocketAddr) -> Hop {
        let name = (self.transport == Transport::Tls).then(|| self.host.clone());
        Hop { transport: self.transport, address, name, ca_file: None }
    }
}

/// Why a host has no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LocateError {
    /// The name servers know no such host.
    #[error("the host name has no address")]
    NoAddress,
    /// The name servers did not answer in time.
    #[error("the name servers did not answer in time")]
    TimedOut,
    /// The service is said not to exist (an SRV record with the target `.`).
    #[error("the host says that it does not offer this transport")]
    NotOffered,
    /// The system has no usable name server.
    #[error("no name server is configured")]
    NoNameServer,
}

/// Asks name servers; answers are kept for as long as they say.
#[derive(Clone)]
pub(crate) struct Locator(Option<Arc<TokioResolver>>);

impl Locator {
    /// Asks `name_servers`, or those of the system when there are none.
    pub(crate) fn new(name_servers: &[SocketAddr]) -> Self {
        let mut options = ResolverOpts::default();
        options.timeout = ASKING;
        options.attempts = 2;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        let provider = TokioRuntimeProvider::default();
        let builder = if name_servers.is_empty() {
            TokioResolver::builder(provider).ok()
        } else {
            let servers = name_servers.iter().map(|address| {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                server
            });
            let config = ResolverConfig::from_name_servers(servers.collect());
            Some(TokioResolver::builder_with_config(config, provider))
        };
        let resolver = builder.and_then(|builder| builder.with_options(options).build().ok());
        if resolver.is_none() {
            tracing::warn!("no usable name server; only IP addresses can be dialled");
        }
        Self(resolver.map(Arc::new))
    }

    /// The hops to try for a place, best first; never empty.
    pub(crate) async fn hops(&self, place: &Place) -> Result<Vec<Hop>, LocateError> {
        let bare = place.host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            let port = place.port.unwrap_or_else(|| place.standard_port());
            return Ok(vec![place.hop(SocketAddr::new(ip, port))]);
        }
        let resolver = self.0.as_ref().ok_or(LocateError::NoNameServer)?;
        let found = tokio::time::timeout(LOOKING, look_up(resolver, place)).await;
        let addresses = found.map_err(|_| LocateError::TimedOut)??;
        if addresses.is_empty() {
            return Err(LocateError::NoAddress);
        }
        Ok(addresses.into_iter().map(|address| place.hop(address)).collect())
    }
}

async fn look_up(resolver: &TokioResolver, place: &Place) -> Result<Vec<SocketAddr>, LocateError> {
    if let Some(port) = place.port {
        return addresses_of(resolver, &place.host, port).await;
    }
    let services = services_of(resolver, place.transport, &place.host).await?;
    if services.is_empty() {
        return addresses_of(resolver, &place.host, place.standard_port()).await;
    }
    let mut addresses = Vec::new();
    for service in in_order_to_try(services).into_iter().take(MAX_SERVERS) {
        // One server that cannot be found does not hide the others.
        let found = addresses_of(resolver, &service.target, service.port).await;
        addresses.extend(found.unwrap_or_default());
    }
    Ok(addresses)
}

async fn addresses_of(
    resolver: &TokioResolver,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, LocateError> {
    // The final dot keeps the system's search list out of it.
    let name = format!("{}.", host.trim_end_matches('.'));
    match resolver.lookup_ip(name).await {
        Ok(found) => {
            let found = found.iter().take(MAX_ADDRESSES);
            Ok(found.map(|ip| SocketAddr::new(ip, port)).collect())
        }
        Err(error) if error.is_no_records_found() => Err(LocateError::NoAddress),
        Err(_) => Err(LocateError::TimedOut),
    }
}
