use std::{ops::Deref, sync::Arc};

use mostik_domain::{Language, OfficeHours, Ownership, RootCause, link::LinkSigner};
use mostik_store::{AccessStore, Clock, SecretHash, Store};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    guard::RateLimit,
    ports::{HandOver, Intake, LikelyProblems, Readiness, Recordings, Webhooks},
};

/// Open live pages of signed-in people: each holds a connection.
const LIVE_DESKS: usize = 256;
/// Open live pages of customers.
const LIVE_CUSTOMERS: usize = 512;
/// Attempts to sign in per minute and address.
const SIGN_INS_PER_MINUTE: u32 = 20;

/// What the pages say and allow, from the configuration.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The company's name.
    pub company: String,
    /// The first is the default.
    pub languages: Vec<Language>,
    /// How people reach these pages, as `https://help.example.org`.
    pub public_url: String,
    /// Messages of the public per minute and address; 0 is no limit.
    pub public_rate_per_minute: u32,
    /// What to dial, as `sip:support@127.0.0.1:5060`; none without a phone line.
    pub phone: Option<String>,
    /// Places of web inboxes besides `form`, as `shop` for `web:shop`.
    pub inboxes: Vec<String>,
    /// The lines that callers dial, as `support`: where an outage can be told.
    pub lines: Vec<String>,
    /// Names of those whom a line rings, each as at the desk.
    pub operators: Vec<String>,
    /// SHA-256 of the API token (see [`crate::token_hash`]).
    pub api_token_hash: SecretHash,
}

/// All that a [`WebState`] is made of.
pub struct WebParts {
    /// What the configuration says.
    pub settings: WebSettings,
    /// Everything but access.
    pub store: Arc<dyn Store>,
    /// Who may sign in.
    pub access: Arc<dyn AccessStore>,
    /// Time and identity.
    pub clock: Arc<dyn Clock>,
    /// Captures what was written.
    pub intake: Arc<dyn Intake>,
    /// Takes deliveries; none when no tracker sends any.
    pub webhooks: Option<Arc<dyn Webhooks>>,
    /// Where recordings are kept.
    pub recordings: Arc<dyn Recordings>,
    /// Whether Mostik is ready.
    pub readiness: Arc<dyn Readiness>,
    /// Gives a feedback to a chosen team.
    pub hand_over: Arc<dyn HandOver>,
    /// Finds the problems that a feedback may be about.
    pub likely: Arc<dyn LikelyProblems>,
    /// The text of `/metrics`.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Makes and checks the links of customers' own pages.
    pub links: LinkSigner,
    /// When people are there; also the company's clock.
    pub hours: OfficeHours,
    /// Teams and causes.
    pub ownership: Ownership,
}

/// What every request may use. Cheap to clone.
#[derive(Clone)]
pub struct WebState(Arc<Shared>);

/// The parts, and what the web layer itself keeps.
pub struct Shared {
    parts: WebParts,
    pub(crate) public_rate: RateLimit,
    pub(crate) sign_in_rate: RateLimit,
    pub(crate) live_desks: Arc<Semaphore>,
    pub(crate) live_customers: Arc<Semaphore>,
    pub(crate) closing: CancellationToken,
}

impl WebState {
    /// Puts the parts together.
    pub fn new(parts: WebParts) -> Self {
        Self(Arc::new(Shared {
            public_rate: RateLimit::per_minute(parts.settings.public_rate_per_minute),
            sign_in_rate: RateLimit::per_minute(SIGN_INS_PER_MINUTE),
            live_desks: Arc::new(Semaphore::new(LIVE_DESKS)),
            live_customers: Arc::new(Semaphore::new(LIVE_CUSTOMERS)),
            closing: CancellationToken::new(),
            parts,
        }))
    }

    /// The language used until a person shows another.
    pub(crate) fn default_language(&self) -> Language {
        self.settings.languages.first().copied().unwrap_or_default()
    }

    /// True when browsers reach us by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// The built-in causes, then those of the company, each once: the order of the keys.
    pub(crate) fn root_causes(&self) -> Vec<RootCause> {
        let mut causes = RootCause::BUILT_IN.to_vec();
        for cause in self.ownership.root_causes() {
            if !causes.contains(cause) {
                causes.push(cause.clone());
            }
        }
        causes
    }

    /// Names of the owner teams, each once, in the order of the rules.
    pub(crate) fn teams(&self) -> Vec<String> {
        let mut teams = Vec::new();
        for team in self.ownership.teams() {
            if !teams.contains(&team.name) {
                teams.push(team.name.clone());
            }
        }
        teams
    }
}

impl Deref for WebState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = WebParts;

    fn deref(&self) -> &WebParts {
        &self.parts
    }
}
