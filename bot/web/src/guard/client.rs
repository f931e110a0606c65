use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

/// Headers by which a reverse proxy shows itself.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Whose requests are counted together: an IPv4 address, or the /64 network of
/// an IPv6 one, which is what one customer of a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(client(peer(parts), &parts.headers))
    }
}

fn peer(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical())
}

/// The last entry of `X-Forwarded-For` is believed only when the peer is on this
/// machine: then it is the reverse proxy, which put its own client last.
fn client(peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|address| address.trim().parse::<IpAddr>().ok());
    let address = forwarded.filter(|_| peer.is_loopback()).unwrap_or(peer);
    ClientAddress(match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    })
}

/// True for a program on this machine that no proxy stands for.
pub(crate) fn is_direct_loopback(parts: &Parts) -> bool {
    peer(parts).is_loopback() && !FORWARDED.iter().any(|name| parts.headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().expect("a header"));
        }
        client(peer.parse().expect("an address"), &headers).0.to_string()
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        assert_eq!(of("203.0.113.5", &[]), "203.0.113.5");
        assert_eq!(of("203.0.113.5", &["198.51.100.1"]), "203.0.113.5");
        assert_eq!(of("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["6.6.6.6, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["6.6.6.6", "198.51.100.2"]), "198.51.100.2");
        assert_eq!(of("127.0.0.1", &["rubbish"]), "127.0.0.1");
    }

    #[test]
    fn a_network_of_one_customer_counts_as_one() {
        assert_eq!(of("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(of("::ffff:203.0.113.5", &[]), "203.0.113.5");
    }
}
