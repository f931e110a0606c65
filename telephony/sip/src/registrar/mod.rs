//! Desk phones register here (RFC 3261 section 10): who has the password says where they ring, and
//! calls by that name (section 22).
//!
//! To a stranger every name looks the same: the answer and the work are those of a wrong password
//! whether the name exists or not. Phones register again after a restart of the edge; nothing is
//! stored.

mod bindings;
mod guesses;
mod nonce;

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rsipstack::transport::SipConnection;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::digest::{Algorithm, Authorization, Challenge, Protection};
use crate::screen::user_and_host;
use crate::{Credentials, Network, Transport};
use bindings::{Bindings, Change};
use guesses::Tally;
use nonce::{Nonces, Standing};

/// Wrong passwords of one source address in [`GUESS_WINDOW`] before it is not listened to.
const GUESSES_PER_SOURCE: u32 = 20;

/// Wrong passwords for one name in [`GUESS_WINDOW`]; after that only sources where the name is
/// registered already may prove it.
const GUESSES_PER_NAME: u32 = 50;

/// How long wrong passwords are remembered.
const GUESS_WINDOW: Duration = Duration::from_mins(5);

/// What a registrar needs to know.
#[derive(Clone, Debug)]
pub struct RegistrarConfig {
    /// What phones show beside the question for a password; it is told to strangers.
    pub realm: String,
    /// The phones: the name is the user part of the address they register.
    pub phones: Vec<Credentials>,
    /// Whether to offer SHA-256 beside MD5 (RFC 8760). Some older phones, baresip 1.0 among them,
    /// refuse the whole answer when it names an algorithm that they do not know.
    pub offers_sha256: bool,
    /// Whose calls need no password beside those of the trunks, which never do: a proxy that asks
    /// for it itself, this machine.
    pub trusted: Vec<Network>,
    /// The shortest registration; a shorter one is told 423.
    pub min_expires: Duration,
    /// The longest registration; a longer one is cut.
    pub max_expires: Duration,
}

impl Default for RegistrarConfig {
    /// No phones; both algorithms; nobody trusted; from a minute to an hour.
    fn default() -> Self {
        Self {
            realm: "sip".to_owned(),
            phones: Vec::new(),
            offers_sha256: true,
            trusted: Vec::new(),
            min_expires: Duration::from_mins(1),
            max_expires: Duration::from_hours(1),
        }
    }
}

/// Where a desk phone can be rung.
#[derive(Clone)]
pub struct Binding {
    /// The name it registered.
    pub user: String,
    /// The address it asked to be called at; behind NAT it may lead nowhere.
    pub contact: String,
    /// Where its registration came from: this reaches it.
    pub source: SocketAddr,
    /// How it came.
    pub transport: Transport,
    /// How long it stays unless it is refreshed.
    pub expires_in: Duration,
    /// What it came by, which is the only way back through most NATs (RFC 5626): its stream, or
    /// the listener it sent to.
    pub(crate) flow: Option<SipConnection>,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("user_chars", &self.user.chars().count())
            .field("transport", &self.transport)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// Who somebody says to be, and what for.
pub(crate) struct Claim {
    pub(crate) method: &'static str,
    /// User and host of the request address.
    pub(crate) target: (String, String),
    /// The values of the Authorization headers.
    pub(crate) proofs: Vec<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) source: SocketAddr,
}

/// A REGISTER as the registrar reads it.
pub(crate) struct Ask {
    pub(crate) claim: Claim,
    /// The address in To: whose registration this is.
    pub(crate) to: String,
    /// The values of the Contact headers.
    pub(crate) contacts: Vec<String>,
    pub(crate) expires: Option<String>,
    pub(crate) call_id: String,
    pub(crate) number: u32,
    pub(crate) transport: Transport,
    /// The stream it came by, or the listener.
    pub(crate) flow: Option<SipConnection>,
}

/// What the phone is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Answer {
    fn plain(status: u16) -> Self {
        Self { status, headers: Vec::new() }
    }
}

/// The desk phones and where they are.
pub(crate) struct Registrar {
    realm: String,
    algorithms: Vec<Algorithm>,
    phones: HashMap<String, Credentials>,
    trusted: Vec<Network>,
    /// What a name that does not exist is compared with.
    decoy: Credentials,
    state: Mutex<State>,
}

struct State {
    nonces: Nonces,
    bindings: Bindings,
    sources: Tally<IpAddr>,
    names: Tally<String>,
}

impl Registrar {
    pub(crate) fn new(config: RegistrarConfig, now: Instant) -> Self {
        let decoy = SecretString::from(uuid::Uuid::new_v4().to_string());
        let phones = config.phones.into_iter().map(|phone| (phone.username.clone(), phone));
        Self {
            realm: config.realm,
            algorithms: if config.offers_sha256 {
                vec![Algorithm::Sha256, Algorithm::Md5]
            } else {
                vec![Algorithm::Md5]
            },
            phones: phones.collect(),
            trusted: config.trusted,
            decoy: Credentials::new("", decoy),
            state: Mutex::new(State {
                nonces: Nonces::new(now),
                bindings: Bindings::new(config.min_expires, config.max_expires),
                sources: Tally::new(GUESSES_PER_SOURCE, GUESS_WINDOW),
                names: Tally::new(GUESSES_PER_NAME, GUESS_WINDOW),
            }),
        }
    }

    /// Answers one REGISTER.
    pub(crate) fn register(&self, ask: &Ask, now: Instant) -> Answer {
        let mut state = self.lock();
        let name = match self.prove(&mut state, &ask.claim, now) {
            Ok(name) => name,
            Err(answer) => return answer,
        };
        let (whose, _) = user_and_host(&ask.to);
        if whose != name {
            return Answer::plain(403);
        }
        state.bindings.apply(&Change::of(ask, &name), now)
    }

    /// Whose phone calls, when it proves that; else what it is told. `caller` is who the call says
    /// it is from: its own name, or nobody (RFC 3323).
    pub(crate) fn caller(
        &self,
        claim: &Claim,
        caller: &str,
        now: Instant,
    ) -> Result<String, Answer> {
        let name = self.prove(&mut self.lock(), claim, now)?;
        let fits = caller == name || caller.eq_ignore_ascii_case("anonymous");
        if fits { Ok(name) } else { Err(Answer::plain(403)) }
    }

    /// Whether who calls from there need not prove who they are.
    pub(crate) fn trusts(&self, source: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(source))
    }

    /// The name that a claim proves; else the answer, which is the same whatever is wrong.
    fn prove(&self, state: &mut State, claim: &Claim, now: Instant) -> Result<String, Answer> {
        let source = claim.source.ip().to_canonical();
        if state.sources.is_full(&source, now) {
            return Err(Answer { status: 503, headers: vec![("Retry-After", "300".to_owned())] });
        }
        let proofs = claim.proofs.iter().take(4).filter_map(|text| Authorization::parse(text).ok());
        let Some(proof) = proofs.into_iter().find(|proof| proof.realm() == self.realm) else {
            return Err(self.challenge(&state.nonces, false, now));
        };
        let name = proof.username();
        if !self.is_proven(&proof, claim) || !state.listens_to(&name, source, now) {
            state.sources.add(source, now);
            state.names.add(name, now);
            return Err(self.challenge(&state.nonces, false, now));
        }
        match state.nonces.standing(proof.nonce(), proof.nonce_count(), now) {
            Standing::Good => Ok(name),
            Standing::Old => Err(self.challenge(&state.nonces, true, now)),
            Standing::Foreign => Err(self.challenge(&state.nonces, false, now)),
        }
    }

    /// Whether the proof is by the password of the name in it, for this request. A name that does
    /// not exist costs the same work.
    fn is_proven(&self, proof: &Authorization, claim: &Claim) -> bool {
        let phone = self.phones.get(&proof.username());
        let proves = proof.proves(phone.unwrap_or(&self.decoy), claim.method, &claim.body);
        let (user, host) = &claim.target;
        let (proven_user, proven_host) = user_and_host(proof.uri());
        let same = *user == proven_user && host.eq_ignore_ascii_case(&proven_host);
        proves && phone.is_some() && same
    }

    /// The same question to everybody: the stronger algorithm first (RFC 8760 section 2.4).
    fn challenge(&self, nonces: &Nonces, stale: bool, now: Instant) -> Answer {
        let nonce = nonces.issue(now);
        let ask = |algorithm: &Algorithm| {
            let challenge = Challenge {
                realm: self.realm.clone(),
                nonce: nonce.clone(),
                opaque: None,
                algorithm: *algorithm,
                protection: Some(Protection::Auth),
                stale,
            };
            ("WWW-Authenticate", challenge.to_string())
        };
        Answer { status: 401, headers: self.algorithms.iter().map(ask).collect() }
    }

    /// Where `user` can be rung now, the freshest registration first.
    pub(crate) fn registered(&self, user: &str, now: Instant) -> Vec<Binding> {
        self.lock().bindings.of(user, now)
    }

    /// Registrations that stand now.
    pub(crate) fn count(&self, now: Instant) -> usize {
        self.lock().bindings.count(now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Many wrong guesses at a name lock out strangers, not the phone that is registered.
    fn listens_to(&mut self, name: &str, source: IpAddr, now: Instant) -> bool {
        !self.names.is_full(&name.to_owned(), now)
            || self.bindings.of(name, now).iter().any(|b| b.source.ip().to_canonical() == source)
    }
}

#[cfg(test)]
mod tests;
