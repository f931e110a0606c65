//! The configured trunks: who they are, where they are, and how they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rsipstack::sip::{Host, Scheme, Uri};
use tokio::sync::watch;

use super::config::{is_host, read_place};
use super::seen::Seen;
use super::{TrunkConfig, TrunkConfigError, TrunkState, TrunkStatus};
use crate::locate::{LocateError, Locator, Place};
use crate::outward::Hop;
use crate::stack::ContactBook;
use crate::{Credentials, Transport};

/// One trunk as the rest of the edge sees it.
pub(crate) struct Trunk {
    pub(crate) config: TrunkConfig,
    /// Where to register, and where calls go without a proxy.
    pub(crate) registrar: Place,
    /// Where everything is sent first.
    pub(crate) first_hop: Place,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) state: watch::Sender<TrunkState>,
    /// Whether it answered when it was last asked; `None` until then.
    pub(super) answers: Mutex<Option<bool>>,
    seen: Mutex<Option<Seen>>,
}

impl Trunk {
    fn new(config: TrunkConfig) -> Result<Self, TrunkConfigError> {
        check(&config)?;
        let place = |given: &str, transport| {
            read_place(given, transport).ok_or_else(|| TrunkConfigError::Host {
                trunk: config.name.clone(),
                given: given.to_owned(),
            })
        };
        let registrar = place(&config.registrar, config.transport)?;
        let first_hop = match &config.outbound_proxy {
            Some(proxy) => place(proxy, registrar.transport)?,
            None => registrar.clone(),
        };
        let (credentials, state) =
            (config.credentials(), watch::Sender::new(TrunkState::Unregistered));
        let (answers, seen) = (Mutex::default(), Mutex::default());
        Ok(Self { config, registrar, first_hop, credentials, state, answers, seen })
    }

    /// The domain of our own address at the trunk.
    pub(crate) fn domain(&self) -> &str {
        self.config.from_domain.as_deref().unwrap_or(&self.registrar.host)
    }

    pub(super) fn seen(&self) -> Option<Seen> {
        *lock(&self.seen)
    }

    pub(super) fn learn(&self, seen: Seen) {
        *lock(&self.seen) = Some(seen);
    }

    /// The address we were seen at was that of a way that is gone.
    pub(super) fn forget_where_we_are(&self) {
        *lock(&self.seen) = None;
    }

    pub(super) fn note_whether_it_answers(&self, answers: bool) {
        let before = lock(&self.answers).replace(answers);
        if before != Some(answers) {
            tracing::info!(trunk = self.config.name, answers, "trunk asked whether it is there");
        }
    }

    /// The address that took our registration before the others: it knows us.
    pub(crate) fn registered_first(&self, mut hops: Vec<Hop>) -> Vec<Hop> {
        if let TrunkState::Registered { target, .. } = &*self.state.borrow() {
            hops.sort_by_key(|hop| hop.address != *target);
        }
        hops
    }

    fn is_named(&self, host: &str) -> bool {
        let names = [self.registrar.host.as_str(), self.first_hop.host.as_str(), self.domain()];
        names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn check(config: &TrunkConfig) -> Result<(), TrunkConfigError> {
    let name = &config.name;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        return Err(TrunkConfigError::Name(name.chars().take(64).collect()));
    }
    let user = |user: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/%".contains(&b);
        user.len() <= 128 && user.bytes().all(plain)
    };
    if !user(&config.username) || !config.from_domain.as_deref().is_none_or(is_host) {
        return Err(TrunkConfigError::Account(name.clone()));
    }
    let asking = config.ask_every.unwrap_or(config.expires);
    let times = [config.expires, config.min_back_off, config.max_back_off, asking];
    let whole = times.iter().all(|time| time.as_secs() >= 1);
    if !whole || config.min_back_off > config.max_back_off {
        return Err(TrunkConfigError::Times(name.clone()));
    }
    Ok(())
}

/// All trunks, and the way to the places that may be dialled.
pub(crate) struct Directory {
    trunks: HashMap<String, Arc<Trunk>>,
    pub(crate) locator: Locator,
    pub(crate) contacts: Arc<ContactBook>,
}

impl Directory {
    pub(crate) fn new(
        configs: Vec<TrunkConfig>,
        locator: Locator,
        contacts: Arc<ContactBook>,
    ) -> Result<Self, TrunkConfigError> {
        let mut trunks = HashMap::new();
        for config in configs {
            let trunk = Arc::new(Trunk::new(config)?);
            let TrunkConfig { name, networks, username, .. } = &trunk.config;
            contacts.add_trunk(name, networks.clone(), username.clone());
            if let Some(other) = trunks.insert(trunk.config.name.clone(), trunk) {
                return Err(TrunkConfigError::NameTwice(other.config.name.clone()));
            }
        }
        Ok(Self { trunks, locator, contacts })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Trunk>> {
        self.trunks.values()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Trunk>> {
        self.trunks.get(name)
    }

    /// How all trunks are, by name.
    pub(crate) fn statuses(&self) -> Vec<TrunkStatus> {
        let mut statuses: Vec<_> = self
            .all()
            .map(|trunk| TrunkStatus {
                name: trunk.config.name.clone(),
                state: trunk.state.borrow().clone(),
                public_address: trunk.seen_as(),
                answers: *lock(&trunk.answers),
            })
            .collect();
        statuses.sort_by(|one, other| one.name.cmp(&other.name));
        statuses
    }

    /// Where a trunk's requests go now; its addresses may talk to us from here on.
    pub(crate) async fn locate(&self, trunk: &Trunk) -> Result<Vec<Hop>, LocateError> {
        let mut hops = self.locator.hops(&trunk.first_hop).await?;
        for hop in &mut hops {
            hop.ca_file.clone_from(&trunk.config.ca_file);
        }
        let addresses = hops.iter().map(|hop| hop.address.ip().to_canonical());
        self.contacts.admit_trunk(&trunk.config.name, addresses.collect());
        Ok(hops)
    }

    /// The hops to an address that somebody else names; none unless it is configured.
    pub(crate) async fn hops_to(&self, uri: &Uri) -> Vec<Hop> {
        if let Host::Domain(domain) = &uri.host_with_port.host {
            let Some(trunk) = self.all().find(|trunk| trunk.is_named(&domain.0)) else {
                return Vec::new();
            };
            return self.locate(trunk).await.unwrap_or_default();
        }
        let Ok(target) = rsipstack::transport::SipAddr::try_from(uri) else {
            return Vec::new();
        };
        let transport = match (target.r#type, uri.scheme.as_ref()) {
            (_, Some(Scheme::Sips)) | (Some(rsipstack::sip::Transport::Tls), _) => Transport::Tls,
            (Some(rsipstack::sip::Transport::Tcp), _) => Transport::Tcp,
            (Some(rsipstack::sip::Transport::Udp) | None, _) => Transport::Udp,
            _ => return Vec::new(),
        };
        let Some(address) = target.get_socketaddr().ok() else {
            return Vec::new();
        };
        let reachable = self.contacts.may_reach(address);
        let name = (transport == Transport::Tls).then(|| address.ip().to_string());
        reachable.then_some(Hop { transport, address, name, ca_file: None }).into_iter().collect()
    }
}
