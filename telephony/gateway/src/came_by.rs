//! By which way a call came: the only ways back that anything vouches for.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who vouches for where a call came from. What a caller writes into her headers does not.
///
/// As text: `trunk:main`, `phone:anna`, `direct:192.0.2.7:5060`. `Debug` does not say whose phone
/// it was.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum CameBy {
    /// A configured trunk: the carrier names the caller.
    Trunk(String),
    /// A desk phone that proved its password, by its name.
    Phone(String),
    /// Straight from this address by UDP, in the allowed networks: it acknowledged our answer, so
    /// it is really there.
    Direct(SocketAddr),
}

/// The text names no way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no way by which a call can come")]
pub struct UnknownWay;

impl fmt::Display for CameBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trunk(name) => write!(f, "trunk:{name}"),
            Self::Phone(user) => write!(f, "phone:{user}"),
            Self::Direct(address) => write!(f, "direct:{address}"),
        }
    }
}

impl FromStr for CameBy {
    type Err = UnknownWay;

    fn from_str(text: &str) -> Result<Self, UnknownWay> {
        match text.split_once(':').filter(|(_, rest)| !rest.is_empty()).ok_or(UnknownWay)? {
            ("trunk", name) => Ok(Self::Trunk(name.to_owned())),
            ("phone", user) => Ok(Self::Phone(user.to_owned())),
            ("direct", address) => address.parse().map(Self::Direct).map_err(|_| UnknownWay),
            _ => Err(UnknownWay),
        }
    }
}

impl TryFrom<String> for CameBy {
    type Error = UnknownWay;

    fn try_from(text: String) -> Result<Self, UnknownWay> {
        text.parse()
    }
}

impl From<CameBy> for String {
    fn from(way: CameBy) -> Self {
        way.to_string()
    }
}

impl fmt::Debug for CameBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trunk(name) => write!(f, "Trunk({name})"),
            Self::Phone(user) => write!(f, "Phone({} chars)", user.chars().count()),
            Self::Direct(_) => f.write_str("Direct(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_written_and_read() {
        let ways = [
            CameBy::Trunk("main".into()),
            CameBy::Phone("anna".into()),
            CameBy::Direct(([192, 0, 2, 7], 5060).into()),
            CameBy::Direct("[2001:db8::1]:5060".parse().expect("an address")),
        ];
        for way in ways {
            assert_eq!(way.to_string().parse(), Ok(way.clone()));
            let json = serde_json::to_string(&way).expect("plain");
            assert_eq!(serde_json::from_str::<CameBy>(&json).expect("read back"), way);
        }
        for wrong in ["", "trunk", "trunk:", "direct:anywhere", "phone", "fax:1", "direct:1.2.3.4"]
        {
            assert_eq!(wrong.parse::<CameBy>(), Err(UnknownWay), "{wrong}");
        }
    }

    #[test]
    fn debug_never_shows_whose_phone_it_was() {
        let shown = format!("{:?}", CameBy::Phone("anna".into()));
        assert!(!shown.contains("anna"), "{shown}");
    }
}
