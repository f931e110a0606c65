//! What an edge needs to know to listen.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::{Network, RegistrarConfig, TlsFiles, TrunkConfig};

/// How SIP messages travel (RFC 3261 section 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams; the stack repeats what gets lost.
    Udp,
    /// A stream per peer.
    Tcp,
    /// A stream per peer, encrypted, the server proven by its certificate.
    Tls,
}

impl Transport {
    /// The token used in Via headers and in the `transport` parameter of an address.
    pub fn token(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        })
    }
}

/// One place where phones reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listen {
    /// How.
    pub transport: Transport,
    /// Where; port 0 asks the system for a free one.
    pub address: SocketAddr,
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.transport, self.address)
    }
}

/// Everything that can be set on an edge.
#[derive(Clone, Debug)]
pub struct EdgeConfig {
    /// Where to listen; at least one.
    pub listen: Vec<Listen>,
    /// The address that phones reach us by when it is not the one we listen on (behind NAT).
    pub public_address: Option<IpAddr>,
    /// Who may talk to us; everybody else is ignored without an answer.
    pub allowed_networks: Vec<Network>,
    /// Messages a second that one source address may send; 0 = no limit.
    pub requests_per_second: u32,
    /// Messages a second from all sources together; 0 = no limit. Who is in a call is not counted,
    /// so that a flood does not touch calls in progress.
    pub total_requests_per_second: u32,
    /// Calls at one time; one more is told 503 with Retry-After.
    pub max_calls: usize,
    /// Messages kept of each call to explain it later; 0 keeps none.
    pub ladder_entries: usize,
    /// Whether every caller may ask to be transferred (REFER) and to take the place of another
    /// call (Replaces); a trunk may be allowed to by itself.
    pub may_refer: bool,
    /// How long a target may say nothing at all to a call of ours before the next one is tried.
    /// A server that needs time says 100 within 200 ms (RFC 3261 section 17.2.1).
    pub first_word: Duration,
    /// Lets desk phones register; `None` refuses REGISTER.
    pub registrar: Option<RegistrarConfig>,
    /// The certificate for TLS listeners, which need one.
    pub tls: Option<TlsFiles>,
    /// Carriers and PBXs.
    pub trunks: Vec<TrunkConfig>,
    /// Who is asked for host names; empty asks whom the system asks.
    pub name_servers: Vec<SocketAddr>,
}

impl Default for EdgeConfig {
    /// Loopback only, UDP and TCP on the standard port 5060.
    fn default() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 5060));
        Self {
            listen: [Transport::Udp, Transport::Tcp]
                .map(|transport| Listen { transport, address })
                .to_vec(),
            public_address: None,
            allowed_networks: Network::loopback(),
            requests_per_second: 200,
            total_requests_per_second: 5000,
            max_calls: 100,
            ladder_entries: 100,
            may_refer: false,
            first_word: Duration::from_secs(4),
            registrar: None,
            tls: None,
            trunks: Vec::new(),
            name_servers: Vec::new(),
        }
    }
}
