//! From an order to a call under way.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::letter::{Letter, own_address, parse_target};
use super::placing::{Placing, PlacingParts};
use super::{Dial, DialError, DialEvent, DialFailure, OutgoingCall, Route};
use crate::outward::{Hop, Outward};
use crate::reception::Reception;
use crate::trunk::{Directory, Trunk};

/// Events of one call that nobody has read yet.
const EVENTS: usize = 16;

/// What places calls.
pub(crate) struct Dialler {
    pub(crate) reception: Arc<Reception>,
    pub(crate) outward: Arc<Outward>,
    pub(crate) directory: Arc<Directory>,
}

impl Dialler {
    pub(crate) fn dial(&self, order: Dial) -> Result<OutgoingCall, DialError> {
        let trunk = match &order.route {
            Route::Trunk(name) => {
                let trunk = self.directory.find(name);
                Some(trunk.ok_or_else(|| DialError::NoSuchTrunk(name.clone()))?.clone())
            }
            Route::Direct { address, .. } if !self.directory.contacts.may_reach(*address) => {
                return Err(DialError::NotAllowed(*address));
            }
            Route::Direct { .. } => None,
        };
        let letter = self.letter(&order, trunk.as_deref())?;
        let id = format!("sip-{}", &Uuid::new_v4().simple().to_string()[..20]);
        let (report, events) = mpsc::channel(EVENTS);
        let give_up = CancellationToken::new();
        let call = OutgoingCall::new(id.clone(), events, give_up.clone());
        let place = match self.reception.place_for_call() {
            Ok(place) => place,
            Err(failure) => {
                report.try_send(DialEvent::Failed(failure)).ok();
                return Ok(call);
            }
        };
        let parts = PlacingParts {
            id: id.clone(),
            reception: self.reception.clone(),
            outward: self.outward.clone(),
            directory: self.directory.clone(),
            hops: Vec::new(),
            credentials: order.credentials.or_else(|| trunk.as_ref()?.credentials.clone()),
            learned: trunk.as_ref().and_then(|trunk| trunk.seen_as()),
            ring_for: order.ring_for,
            events: report,
            give_up,
            place,
        };
        let directory = self.directory.clone();
        let span = tracing::info_span!("call", id);
        let work =
            async move { locate_and_place(directory, trunk, order.route, parts, letter).await };
        self.reception.spawn(tracing::Instrument::instrument(work, span));
        Ok(call)
    }

    fn letter(&self, order: &Dial, trunk: Option<&Trunk>) -> Result<Letter, DialError> {
        let domain = match (trunk, &order.route) {
            (Some(trunk), _) => trunk.domain().to_owned(),
            (None, Route::Direct { address, .. }) => address.to_string(),
            (None, Route::Trunk(name)) => return Err(DialError::NoSuchTrunk(name.clone())),
        };
        let to = parse_target(&order.to, &domain).ok_or(DialError::Target)?;
        let own = match trunk {
            Some(_) => domain,
            None => self.outward.own_host(),
        };
        let from = match (&order.from, trunk) {
            (Some(from), _) => parse_target(from, &own).ok_or(DialError::Caller)?,
            (None, Some(trunk)) => {
                own_address(&trunk.config.username, &own).ok_or(DialError::Caller)?
            }
            (None, None) => own_address("mostik", &own).ok_or(DialError::Caller)?,
        };
        Letter::new(order, to, from)
    }
}

async fn locate_and_place(
    directory: Arc<Directory>,
    trunk: Option<Arc<Trunk>>,
    route: Route,
    mut parts: PlacingParts,
    letter: Letter,
) {
    parts.hops = match (&trunk, route) {
        (Some(trunk), _) => match directory.locate(trunk).await {
            Ok(hops) => trunk.registered_first(hops),
            Err(error) => {
                tracing::info!(trunk = trunk.config.name, %error, "the trunk cannot be found");
                parts.events.try_send(DialEvent::Failed(DialFailure::Unreachable)).ok();
                return;
            }
        },
        (None, Route::Direct { transport, address }) => {
            // A desk phone that came to us by TLS is reached by its own stream.
            vec![Hop { transport, address, name: None, ca_file: None }]
        }
        (None, Route::Trunk(_)) => Vec::new(),
    };
    Placing::new(parts, letter).run().await;
}
