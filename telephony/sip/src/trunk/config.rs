//! What a trunk is configured with.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::locate::Place;
use crate::{Credentials, Network, Transport};

/// A carrier or PBX that brings us calls and takes ours.
///
/// `Debug` prints the name, where it is and how; nothing that identifies the account.
#[derive(Clone)]
pub struct TrunkConfig {
    /// How it is called in logs, metrics and [`crate::Route::Trunk`]; unique.
    pub name: String,
    /// Where to register and send calls: `host`, `host:port` or a `sip:`/`sips:` address. A name
    /// without a port is looked up by SRV records (RFC 3263).
    pub registrar: String,
    /// How to talk; `sips:` and `;transport=` in `registrar` win.
    pub transport: Transport,
    /// The account: what stands before the `@` in our address.
    pub username: String,
    /// The name that belongs to the password, when it differs from `username`.
    pub auth_username: Option<String>,
    /// `None` when the carrier knows us by our address.
    pub password: Option<SecretString>,
    /// What stands after the `@` in our address; `None` takes the registrar's host.
    pub from_domain: Option<String>,
    /// Where everything is sent instead of to the registrar (`host` or `host:port`).
    pub outbound_proxy: Option<String>,
    /// For how long to register; the carrier may grant less.
    pub expires: Duration,
    /// Where its calls come from beside the addresses of the registrar and the proxy.
    pub networks: Vec<Network>,
    /// Whether to register; without, calls come and go by address alone.
    pub register: bool,
    /// How often to ask it whether it is there (OPTIONS) when we do not register with it; `None`
    /// never does. It keeps the way through a NAT open for less than its time, as a rule 30 s.
    pub ask_every: Option<Duration>,
    /// Whether it may transfer calls (REFER, Replaces).
    pub may_refer: bool,
    /// The shortest wait after a failed registration; doubled with every further one.
    pub min_back_off: Duration,
    /// The longest wait.
    pub max_back_off: Duration,
    /// Who signed the trunk's certificate, as PEM; `None` takes the public authorities.
    pub ca_file: Option<std::path::PathBuf>,
}

impl TrunkConfig {
    /// A trunk that registers by UDP with the usual times (RFC 5626 section 4.5 for the waits).
    pub fn new(
        name: impl Into<String>,
        registrar: impl Into<String>,
        username: impl Into<String>,
        password: Option<SecretString>,
    ) -> Self {
        Self {
            name: name.into(),
            registrar: registrar.into(),
            transport: Transport::Udp,
            username: username.into(),
            auth_username: None,
            password,
            from_domain: None,
            outbound_proxy: None,
            expires: Duration::from_mins(10),
            networks: Vec::new(),
            register: true,
            ask_every: None,
            may_refer: false,
            min_back_off: Duration::from_secs(30),
            max_back_off: Duration::from_mins(30),
            ca_file: None,
        }
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        let password = self.password.clone()?;
        let username = self.auth_username.as_ref().unwrap_or(&self.username);
        Some(Credentials::new(username.clone(), password))
    }
}

impl fmt::Debug for TrunkConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrunkConfig")
            .field("name", &self.name)
            .field("registrar", &self.registrar)
            .field("transport", &self.transport)
            .field("register", &self.register)
            .field("may_refer", &self.may_refer)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a trunk's configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrunkConfigError {
    /// Two trunks cannot be told apart.
    #[error("two trunks are named '{0}'")]
    NameTwice(String),
    /// A name with which nothing can be found again.
    #[error("a trunk's name must have 1 to 64 letters, digits, '-' or '_', not '{0}'")]
    Name(String),
    /// The registrar or proxy is no host.
    #[error("trunk '{trunk}': '{given}' is no host; write for example sip.example.com:5060")]
    Host {
        /// The trunk's name.
        trunk: String,
        /// What was written.
        given: String,
    },
    /// The user or domain holds what cannot stand in an address.
    #[error("trunk '{0}': the user name or domain cannot stand in a SIP address")]
    Account(String),
    /// A time of zero, or the shortest wait above the longest.
    #[error("trunk '{0}': expires and back-off must be from 1 second up, the shortest wait first")]
    Times(String),
    /// The file with the certificate authorities cannot be used.
    #[error("trunk '{trunk}': the CA file cannot be used: {reason}")]
    CaFile {
        /// The trunk's name.
        trunk: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A host, perhaps with port and transport, as people write it.
pub(super) fn read_place(text: &str, transport: Transport) -> Option<Place> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let (secure, rest) = match (lower.strip_prefix("sips:"), lower.strip_prefix("sip:")) {
        (Some(_), _) => (true, &text[5..]),
        (None, Some(_)) => (false, &text[4..]),
        (None, None) => (false, text),
    };
    let (host_port, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let named = crate::screen::parameter(parameters, "transport");
    let transport = match named.map(str::to_ascii_lowercase).as_deref() {
        _ if secure => Transport::Tls,
        Some("tcp") => Transport::Tcp,
        Some("tls") => Transport::Tls,
        Some("udp") => Transport::Udp,
        Some(_) => return None,
        None => transport,
    };
    let (host, port) = match host_port.rsplit_once(':') {
        Some((host, port))
            if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) =>
        {
            (host, Some(port.parse().ok().filter(|port| *port > 0)?))
        }
        _ => (host_port, None),
    };
    is_host(host).then(|| Place { host: host.to_ascii_lowercase(), port, transport })
}

pub(super) fn is_host(host: &str) -> bool {
    if let Some(six) = host.strip_prefix('[').and_then(|six| six.strip_suffix(']')) {
        return six.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    !host.is_empty() && host.len() <= 253 && host.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrars_are_read_as_people_write_them() {
        let read = |text: &str| {
            read_place(text, Transport::Udp).map(|place| (place.host, place.port, place.transport))
        };
        let some = |host: &str, port, transport| Some((host.to_owned(), port, transport));
        assert_eq!(read("sip.Example.com"), some("sip.example.com", None, Transport::Udp));
        assert_eq!(read("sip:h:5070;transport=TCP"), some("h", Some(5070), Transport::Tcp));
        assert_eq!(read("sips:h"), some("h", None, Transport::Tls));
        assert_eq!(read("[2001:db8::1]:5060"), some("[2001:db8::1]", Some(5060), Transport::Udp));
        assert_eq!(read("[::1]"), some("[::1]", None, Transport::Udp));
        assert_eq!(read("127.0.0.1:5090"), some("127.0.0.1", Some(5090), Transport::Udp));
        for text in ["", "a b", "h:0", "h:x", "sip:u@h", "h;transport=ws", "2001:db8::1", "[x]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn debug_keeps_the_account_to_itself() {
        let password = SecretString::from("secret");
        let trunk = TrunkConfig::new("main", "sip.example.com", "4930123", Some(password));
        let debug = format!("{trunk:?}");
        assert!(!debug.contains("4930123") && !debug.contains("secret"), "{debug}");
    }
}
