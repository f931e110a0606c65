//! Proofs for the requests of one call.

use std::sync::{Mutex, PoisonError};

use rsipstack::sip::Header;

use super::reply::authorization;
use crate::Credentials;
use crate::digest::{Challenge, DigestSession};

/// Answers the challenges of one server, in this call and until it ends: a proxy asks for a proof
/// with every request.
pub(crate) struct Signer {
    status: u16,
    realm: String,
    /// It was told once that its nonce was stale.
    renewed: bool,
    /// Its password was accepted before: what is refused now is the nonce.
    proven: bool,
    credentials: Credentials,
    session: Mutex<DigestSession>,
}

impl Signer {
    fn new(status: u16, challenge: Challenge, credentials: Credentials) -> Self {
        let realm = challenge.realm.clone();
        let session = Mutex::new(DigestSession::new(challenge));
        Self { status, realm, renewed: false, proven: false, credentials, session }
    }

    fn sign(&self, method: &str, uri: &str, body: &[u8]) -> Option<Header> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let value = session.authorize(&self.credentials, method, uri, body).ok()?;
        Some(authorization(self.status, value))
    }
}

/// All servers that asked for a proof in one call, in the order they asked.
#[derive(Default)]
pub(crate) struct Signers(Vec<Signer>);

/// More servers than this on one way are a trap.
const MAX_SERVERS: usize = 4;

impl Signers {
    /// Takes a challenge; `false` when a proof for it was refused already.
    pub(crate) fn accept(
        &mut self,
        status: u16,
        challenge: Challenge,
        credentials: &Credentials,
    ) -> bool {
        let known = |signer: &Signer| signer.status == status && signer.realm == challenge.realm;
        let Some(at) = self.0.iter().position(known) else {
            let room = self.0.len() < MAX_SERVERS;
            if room {
                self.0.push(Signer::new(status, challenge, credentials.clone()));
            }
            return room;
        };
        let signer = &self.0[at];
        let again = (challenge.stale || signer.proven) && !signer.renewed;
        if again {
            let renewed = Signer::new(status, challenge, credentials.clone());
            self.0[at] = Signer { renewed: true, ..renewed };
        }
        again
    }

    /// The proofs that a request carries.
    pub(crate) fn sign(&self, method: &str, uri: &str, body: &[u8]) -> Vec<Header> {
        self.0.iter().filter_map(|signer| signer.sign(method, uri, body)).collect()
    }

    /// After a success the next stale nonce is again the first.
    pub(crate) fn succeeded(&mut self) {
        for signer in &mut self.0 {
            signer.renewed = false;
            signer.proven = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn challenge(realm: &str, stale: bool) -> Challenge {
        let stale = if stale { ", stale=true" } else { "" };
        Challenge::parse(&format!("Digest realm=\"{realm}\", nonce=\"n\"{stale}")).unwrap()
    }

    #[test]
    fn a_refused_proof_is_not_sent_again_but_a_stale_one_is_once() {
        let credentials = Credentials::new("u", SecretString::from("p"));
        let mut signers = Signers::default();
        assert!(signers.accept(401, challenge("a", false), &credentials));
        assert!(!signers.accept(401, challenge("a", false), &credentials));
        assert!(signers.accept(401, challenge("a", true), &credentials));
        assert!(!signers.accept(401, challenge("a", true), &credentials));
        signers.succeeded();
        assert!(signers.accept(401, challenge("a", false), &credentials));
        assert!(!signers.accept(401, challenge("a", true), &credentials));
        assert!(signers.accept(407, challenge("a", false), &credentials));
        assert_eq!(signers.sign("BYE", "sip:x", b"").len(), 2);
        assert!(signers.accept(407, challenge("b", false), &credentials));
        assert!(signers.accept(407, challenge("c", false), &credentials));
        assert!(!signers.accept(407, challenge("d", false), &credentials));
    }
}
