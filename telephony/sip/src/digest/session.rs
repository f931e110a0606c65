//! Our proofs for one nonce, counted.

use std::fmt::Write;

use uuid::Uuid;

use super::parameters::escaped;
use super::proof::{Proof, nonce_count};
use super::{Challenge, Credentials, DigestFault};

/// Answers one challenge, as often as its server takes the nonce.
#[derive(Debug)]
pub(crate) struct DigestSession {
    challenge: Challenge,
    /// One for the whole session: `-sess` keys are bound to it.
    cnonce: String,
    used: u32,
}

impl DigestSession {
    pub(crate) fn new(challenge: Challenge) -> Self {
        Self { challenge, cnonce: Uuid::new_v4().simple().to_string(), used: 0 }
    }

    #[cfg(test)]
    pub(super) fn resumed(challenge: Challenge, cnonce: &str, used: u32) -> Self {
        Self { challenge, cnonce: cnonce.to_owned(), used }
    }

    /// The value of Authorization or Proxy-Authorization for one request.
    pub(crate) fn authorize(
        &mut self,
        credentials: &Credentials,
        method: &str,
        uri: &str,
        body: &[u8],
    ) -> Result<String, DigestFault> {
        let Challenge { realm, nonce, opaque, algorithm, protection, .. } = &self.challenge;
        self.used = self.used.checked_add(1).ok_or(DigestFault::UsedUp)?;
        let username = escaped(&credentials.username);
        let proof = Proof {
            algorithm: *algorithm,
            username: &username,
            realm,
            nonce,
            uri,
            cnonce: &self.cnonce,
            count: protection.map(|protection| (protection, self.used)),
        };
        let response = proof.response(credentials.password(), method, body);
        let mut header = format!(
            "Digest username=\"{username}\", realm=\"{realm}\", nonce=\"{nonce}\", \
             uri=\"{uri}\", response=\"{response}\", algorithm={algorithm}"
        );
        let cnonce = &self.cnonce;
        let added = match protection {
            Some(protection) => {
                let (quality, count) = (protection.token(), nonce_count(self.used));
                write!(header, ", qop={quality}, nc={count}, cnonce=\"{cnonce}\"")
            }
            None if algorithm.is_of_session() => write!(header, ", cnonce=\"{cnonce}\""),
            None => Ok(()),
        };
        added.map_err(|_| DigestFault::Malformed)?;
        if let Some(opaque) = opaque {
            write!(header, ", opaque=\"{opaque}\"").map_err(|_| DigestFault::Malformed)?;
        }
        Ok(header)
    }
}
