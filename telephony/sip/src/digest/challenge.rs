//! What a server asks to be proven: WWW-Authenticate and Proxy-Authenticate.

use std::fmt;

use super::parameters::{Parameters, escaped};
use super::{Algorithm, DigestFault};

/// Which parts of a request a proof covers (RFC 7616 section 3.3, `qop`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Protection {
    /// Method and address; with a nonce count.
    Auth,
    /// The body too.
    AuthInt,
}

impl Protection {
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) opaque: Option<String>,
    pub(crate) algorithm: Algorithm,
    /// `None` is the old form of RFC 2069, without a count.
    pub(crate) protection: Option<Protection>,
    /// The proof was right but its nonce too old: try again with this one.
    pub(crate) stale: bool,
}

impl Challenge {
    /// Reads one header value.
    pub(crate) fn parse(header: &str) -> Result<Self, DigestFault> {
        let parameters = Parameters::read(header)?;
        let algorithm = match parameters.get("algorithm") {
            Some(token) => Algorithm::named(token).ok_or(DigestFault::Unsupported)?,
            None => Algorithm::Md5,
        };
        let protection = match parameters.get("qop") {
            Some(offered) => Some(best_protection(offered).ok_or(DigestFault::Unsupported)?),
            None => None,
        };
        let stale = parameters.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true"));
        Ok(Self {
            realm: parameters.need("realm")?.to_owned(),
            nonce: parameters.need("nonce")?.to_owned(),
            opaque: parameters.get("opaque").map(str::to_owned),
            algorithm,
            protection,
            stale,
        })
    }

    /// The one to answer when a server offers several (RFC 8760 section 2.4): the strongest, and
    /// of equally strong ones the first.
    pub(crate) fn strongest<'h>(
        headers: impl IntoIterator<Item = &'h str>,
    ) -> Result<Self, DigestFault> {
        let mut best: Result<Self, DigestFault> = Err(DigestFault::Missing("a challenge"));
        for challenge in headers.into_iter().map(Self::parse) {
            let better = match (&challenge, &best) {
                (Ok(new), Ok(old)) => new.algorithm.strength() > old.algorithm.strength(),
                (Ok(_), Err(_)) | (Err(_), Err(DigestFault::Missing(_))) => true,
                (Err(_), _) => false,
            };
            if better {
                best = challenge;
            }
        }
        best
    }
}

fn best_protection(offered: &str) -> Option<Protection> {
    let offers = |protection: &Protection| {
        offered.split(',').any(|token| token.trim().eq_ignore_ascii_case(protection.token()))
    };
    [Protection::Auth, Protection::AuthInt].into_iter().find(offers)
}

/// The header value a server sends; realm, nonce and opaque are plain text here.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm=\"{}\", nonce=\"{}\"", escaped(&self.realm), escaped(&self.nonce))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque=\"{}\"", escaped(opaque))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        write!(f, ", algorithm={}", self.algorithm)?;
        match self.protection {
            Some(protection) => write!(f, ", qop=\"{}\"", protection.token()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_known_challenge_is_answered() {
        let strongest = |headers: &[&str]| Challenge::strongest(headers.iter().copied());
        let md5 = "Digest realm=\"r\", nonce=\"1\", qop=\"auth\"";
        let md5_sess = "Digest realm=\"r\", nonce=\"2\", algorithm=MD5-sess";
        let sha = "Digest realm=\"r\", nonce=\"3\", algorithm=sha-256, qop=\"auth-int,auth\"";
        let strange = "Digest realm=\"r\", nonce=\"4\", algorithm=SHA3";
        let basic = "Basic realm=\"r\"";
        let nonce = |headers: &[&str]| strongest(headers).map(|challenge| challenge.nonce);
        assert_eq!(nonce(&[md5, sha, strange]), Ok("3".to_owned()));
        assert_eq!(nonce(&[md5, md5_sess]), Ok("1".to_owned()));
        assert_eq!(nonce(&[basic, strange, md5]), Ok("1".to_owned()));
        assert_eq!(nonce(&[strange]), Err(DigestFault::Unsupported));
        assert_eq!(nonce(&[]), Err(DigestFault::Missing("a challenge")));
        assert_eq!(strongest(&[sha]).unwrap().protection, Some(Protection::Auth));
        assert_eq!(strongest(&[md5_sess]).unwrap().protection, None);
    }

    #[test]
    fn a_challenge_reads_as_it_was_written() {
        let challenge = Challenge {
            realm: "mostik".into(),
            nonce: "abc".into(),
            opaque: Some("o".into()),
            algorithm: Algorithm::Sha256,
            protection: Some(Protection::Auth),
            stale: true,
        };
        let header = challenge.to_string();
        assert_eq!(
            header,
            "Digest realm=\"mostik\", nonce=\"abc\", opaque=\"o\", stale=true, \
             algorithm=SHA-256, qop=\"auth\""
        );
        assert_eq!(Challenge::parse(&header), Ok(challenge));
    }

    #[test]
    fn an_unknown_protection_is_not_answered() {
        let header = "Digest realm=\"r\", nonce=\"n\", qop=\"other\"";
        assert_eq!(Challenge::parse(header), Err(DigestFault::Unsupported));
    }
}
