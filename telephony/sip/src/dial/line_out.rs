//! Placing calls without owning the edge.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::start::Dialler;
use super::{Dial, DialError, OutgoingCall, Route};
use crate::{Binding, Transport};

/// Places calls by a running edge. Cheap to clone; it does not keep the edge open, and orders of
/// after its end are refused.
#[derive(Clone, Default)]
pub struct LineOut(Weak<Dialler>);

/// What has to be known of a route before our session description can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Toward {
    /// Where the signalling goes first.
    pub address: SocketAddr,
    /// Whether all the signalling there is encrypted (TLS), so that it may carry keys.
    pub encrypted: bool,
    /// The address we are seen at from there, when none is configured and we were told.
    pub public_address: Option<IpAddr>,
}

impl LineOut {
    pub(crate) fn of(dialler: &Arc<Dialler>) -> Self {
        Self(Arc::downgrade(dialler))
    }

    /// As [`crate::Edge::dial`].
    #[expect(clippy::needless_pass_by_value, reason = "an order is used up by placing it")]
    pub fn dial(&self, order: Dial) -> Result<OutgoingCall, DialError> {
        self.dialler()?.dial(&order)
    }

    /// Where a route leads now; `None` when no trunk of it can be found. A trunk's name is looked
    /// up; the first of several trunks that has an address counts.
    pub async fn toward(&self, route: &Route) -> Result<Option<Toward>, DialError> {
        let dialler = self.dialler()?;
        let (address, encrypted) = match route {
            Route::Direct { transport, address } => (Some(*address), *transport == Transport::Tls),
            Route::Phone(user) => {
                let phones = dialler.phones(user);
                let encrypted = phones.iter().all(|phone| phone.transport == Transport::Tls);
                let first = phones.first().ok_or(DialError::NotRegistered)?;
                (Some(first.source), encrypted)
            }
            Route::Trunk(name) => dialler.toward_trunks(std::slice::from_ref(name)).await?,
            Route::Trunks(names) => dialler.toward_trunks(names).await?,
        };
        let public_address = dialler.public_address_by(route);
        Ok(address.map(|address| Toward { address, encrypted, public_address }))
    }

    /// Where the desk phone `user` can be rung now, the freshest registration first.
    pub fn registered(&self, user: &str) -> Vec<Binding> {
        self.dialler().map(|dialler| dialler.phones(user)).unwrap_or_default()
    }

    fn dialler(&self) -> Result<Arc<Dialler>, DialError> {
        self.0.upgrade().ok_or(DialError::NotOpen)
    }
}

impl Dialler {
    fn phones(&self, user: &str) -> Vec<Binding> {
        let registrar = self.registrar.as_ref();
        registrar.map(|phones| phones.registered(user, Instant::now())).unwrap_or_default()
    }

    /// The first address of the first trunk that has one, and whether all of them encrypt.
    async fn toward_trunks(
        &self,
        names: &[String],
    ) -> Result<(Option<SocketAddr>, bool), DialError> {
        let mut address = None;
        let mut encrypted = true;
        for name in names {
            let trunk = self.trunk(name)?;
            encrypted &= trunk.first_hop.transport == Transport::Tls;
            if address.is_none() {
                let hops = self.directory.locate(&trunk).await.unwrap_or_default();
                address = trunk.registered_first(hops).first().map(|hop| hop.address);
            }
        }
        Ok((address, encrypted))
    }

    /// The address that the trunk of this route sees us at, when none is configured and it told us.
    pub(crate) fn public_address_by(&self, route: &Route) -> Option<IpAddr> {
        let seen_by = |name: &String| Some(self.directory.find(name)?.seen_as()?.ip());
        match route {
            _ if !self.outward.learns => None,
            Route::Trunk(name) => seen_by(name),
            // One description has to do for all of them.
            Route::Trunks(names) => names.iter().find_map(seen_by),
            Route::Direct { .. } | Route::Phone(_) => None,
        }
    }
}

impl fmt::Debug for LineOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.0.strong_count() > 0;
        f.debug_struct("LineOut").field("open", &open).finish()
    }
}
