//! Our own address, as a trunk sees it (RFC 3581): what behind NAT no look at this machine tells.

use std::net::{IpAddr, SocketAddr};

use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::sip::{Host, Param, Response};

use super::Trunk;
use crate::Transport;
use crate::outward::WayOut;

/// One of our listeners, from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// What we would say our address is.
    pub(super) ours: SocketAddr,
    /// What it is there.
    pub(super) there: SocketAddr,
}

impl Trunk {
    /// Takes from an answer where the trunk sees us; whether that is elsewhere than we said.
    pub(crate) fn learn_from(&self, response: &Response, way: &WayOut) -> bool {
        let Some(there) = seen_in(response, way.ours) else {
            return false;
        };
        let told = self.seen_at(way.ours).unwrap_or(way.ours);
        // A stream's own port is not the one we listen on; only another address means NAT.
        let same = match way.hop.transport {
            Transport::Udp => there == told,
            Transport::Tcp | Transport::Tls => there.ip() == told.ip(),
        };
        if !same {
            tracing::info!(trunk = self.config.name, "the trunk sees us at another address");
            self.learn(Seen { ours: way.ours, there });
        }
        !same
    }

    /// Where the trunk sees our listener `ours`, when it told us.
    pub(crate) fn seen_at(&self, ours: SocketAddr) -> Option<SocketAddr> {
        self.seen().filter(|seen| seen.ours == ours).map(|seen| seen.there)
    }

    /// Where the trunk sees us, when it told us.
    pub(crate) fn seen_as(&self) -> Option<SocketAddr> {
        self.seen().map(|seen| seen.there)
    }
}

/// Where the answer says our request came from: `received` and `rport` of our Via.
fn seen_in(response: &Response, told: SocketAddr) -> Option<SocketAddr> {
    let via = response.top_via_header().ok()?.typed().ok()?;
    let named = match via.uri.host_with_port.host {
        Host::IpAddr(ip) => Some(ip),
        Host::Domain(_) => None,
    };
    let (mut ip, mut port): (Option<IpAddr>, u16) = (None, told.port());
    for param in &via.params {
        match param {
            Param::Received(received) => ip = received.parse().ok(),
            Param::Rport(Some(rport)) => port = *rport,
            _ => {}
        }
    }
    Some(SocketAddr::new(ip.or(named)?, port))
}
