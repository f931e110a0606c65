//! Networks whose phones may talk to us.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3), or one address.
///
/// IPv4-mapped IPv6 addresses (`::ffff:10.0.0.1`) are treated as the IPv4 address they carry, so
/// that one rule holds on dual-stack sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

/// Why a text is not a [`Network`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The part before `/` is no IP address.
    #[error("'{0}' is not an IP address; write for example 10.0.0.0/8 or ::1")]
    Address(String),
    /// The part after `/` is no prefix length that fits the address.
    #[error("'{given}' is not a prefix length from 0 to {longest}")]
    Prefix {
        /// What was written after the slash.
        given: String,
        /// 32 for IPv4, 128 for IPv6.
        longest: u8,
    },
}

impl Network {
    /// This machine only, both families: what an edge admits when nothing is configured.
    pub fn loopback() -> Vec<Self> {
        vec![
            Self { base: Ipv4Addr::new(127, 0, 0, 0).into(), prefix: 8 },
            Self { base: Ipv6Addr::LOCALHOST.into(), prefix: 128 },
        ]
    }

    /// Whether `address` lies in this block.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                same_prefix(base.to_bits().into(), address.to_bits().into(), 32, self.prefix)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                same_prefix(base.to_bits(), address.to_bits(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_prefix(one: u128, other: u128, width: u8, prefix: u8) -> bool {
    match width - prefix {
        128 => true,
        ignored => one >> ignored == other >> ignored,
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let base: IpAddr =
            address.parse().map_err(|_| NetworkError::Address(address.to_owned()))?;
        let longest = if base.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(given) => given
                .parse()
                .ok()
                .filter(|prefix| *prefix <= longest)
                .ok_or_else(|| NetworkError::Prefix { given: given.to_owned(), longest })?,
        };
        Ok(Self { base, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_holds_its_addresses_and_no_others() {
        let ten = network("10.0.0.0/8");
        assert!(ten.contains(address("10.255.1.2")));
        assert!(!ten.contains(address("11.0.0.1")));
        assert!(!ten.contains(address("::1")));
        assert!(network("0.0.0.0/0").contains(address("8.8.8.8")));
        assert!(network("::/0").contains(address("2001:db8::1")));
        assert!(network("2001:db8::/32").contains(address("2001:db8:ffff::1")));
        assert!(!network("2001:db8::/32").contains(address("2001:db9::1")));
    }

    #[test]
    fn a_single_address_is_a_block_of_one() {
        assert!(network("192.0.2.7").contains(address("192.0.2.7")));
        assert!(!network("192.0.2.7").contains(address("192.0.2.8")));
        assert_eq!(network("::1").to_string(), "::1/128");
    }

    #[test]
    fn an_ipv4_rule_also_holds_for_mapped_addresses() {
        assert!(network("127.0.0.0/8").contains(address("::ffff:127.0.0.1")));
    }

    #[test]
    fn host_bits_in_the_rule_do_not_matter() {
        assert!(network("10.1.2.3/8").contains(address("10.9.9.9")));
    }

    #[test]
    fn nonsense_is_refused_with_a_hint() {
        for text in ["", "ten", "10.0.0/8", "10.0.0.0/", "10.0.0.0/33", "::1/129", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let error = "10.0.0.0/40".parse::<Network>().unwrap_err().to_string();
        assert_eq!(error, "'40' is not a prefix length from 0 to 32");
    }
}
