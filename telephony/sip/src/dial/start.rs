//! From an order to a call under way.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::Uri;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use super::fork::ring_together;
use super::in_turn::copies;
use super::letter::{Letter, own_address, parse_target};
use super::placing::{Placing, PlacingParts};
use super::{Dial, DialError, DialEvent, DialFailure, OutgoingCall, Route};
use crate::Binding;
use crate::outward::{Hop, Outward, WayOut};
use crate::reception::Reception;
use crate::registrar::Registrar;
use crate::trunk::{Directory, Trunk};

/// Events of one call that nobody has read yet.
const EVENTS: usize = 16;

/// What places calls.
#[derive(Clone)]
pub(crate) struct Dialler {
    pub(crate) reception: Arc<Reception>,
    pub(crate) outward: Arc<Outward>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) registrar: Option<Arc<Registrar>>,
    /// How long a place may say nothing before the next is tried.
    pub(crate) first_word: Duration,
}

/// Where one call goes.
pub(super) enum Goal {
    Trunk(Arc<Trunk>),
    Address(Hop),
    /// Back to a desk phone.
    Phone(Box<WayOut>),
}

impl Dialler {
    pub(crate) fn dial(&self, order: &Dial) -> Result<OutgoingCall, DialError> {
        let id = format!("sip-{}", &Uuid::new_v4().simple().to_string()[..20]);
        let give_up = CancellationToken::new();
        match &order.route {
            Route::Trunk(name) => {
                let trunk = self.trunk(name)?;
                let letter = letter_by_trunk(order, &trunk)?;
                Ok(self.place(order, Goal::Trunk(trunk), letter, id, give_up))
            }
            Route::Trunks(names) => {
                let trunks: Result<_, _> = names.iter().map(|name| self.trunk(name)).collect();
                let copies = copies(order, trunks?)?;
                let (report, events) = mpsc::channel(EVENTS);
                let mark = (id.clone(), give_up.clone());
                let trying = self.clone().try_in_turn(order.clone(), copies, mark, report);
                self.reception.spawn(Box::pin(trying));
                Ok(OutgoingCall::new(id, events, give_up))
            }
            Route::Direct { address, .. } if !self.directory.contacts.may_reach(*address) => {
                Err(DialError::NotAllowed(*address))
            }
            Route::Direct { transport, address } => {
                let (transport, address) = (*transport, *address);
                let to = parse_target(&order.to, &address.to_string()).ok_or(DialError::Target)?;
                let letter = Letter::new(order, to, self.caller(order)?)?;
                let hop = Hop { transport, address, name: None, ca_file: None };
                Ok(self.place(order, Goal::Address(hop), letter, id, give_up))
            }
            Route::Phone(user) => self.ring(order, user, id, give_up),
        }
    }

    pub(super) fn trunk(&self, name: &str) -> Result<Arc<Trunk>, DialError> {
        let trunk = self.directory.find(name).cloned();
        trunk.ok_or_else(|| DialError::NoSuchTrunk(name.to_owned()))
    }

    /// Rings a desk phone, or all that are registered by this name.
    fn ring(
        &self,
        order: &Dial,
        user: &str,
        id: String,
        give_up: CancellationToken,
    ) -> Result<OutgoingCall, DialError> {
        let registrar = self.registrar.as_ref();
        let bindings = registrar.map(|phones| phones.registered(user, Instant::now()));
        let mut phones = Vec::new();
        for binding in bindings.unwrap_or_default() {
            let Some(way) = self.outward.back_to(&binding) else {
                continue;
            };
            let letter = self.letter_to_phone(order, &binding)?;
            phones.push(self.place(
                order,
                Goal::Phone(way.into()),
                letter,
                id.clone(),
                give_up.child_token(),
            ));
        }
        if phones.is_empty() {
            return Err(DialError::NotRegistered);
        }
        let (report, events) = mpsc::channel(EVENTS);
        self.reception.spawn(ring_together(phones, report));
        Ok(OutgoingCall::new(id, events, give_up))
    }

    /// Places one call; what goes wrong from here on is one of its events.
    pub(super) fn place(
        &self,
        order: &Dial,
        goal: Goal,
        letter: Letter,
        id: String,
        give_up: CancellationToken,
    ) -> OutgoingCall {
        let (report, events) = mpsc::channel(EVENTS);
        let call = OutgoingCall::new(id.clone(), events, give_up.clone());
        let place = match self.reception.place_for_call() {
            Ok(place) => place,
            Err(failure) => {
                report.try_send(DialEvent::Failed(failure)).ok();
                return call;
            }
        };
        let trunk = match &goal {
            Goal::Trunk(trunk) => Some(trunk),
            Goal::Address(_) | Goal::Phone(_) => None,
        };
        let own = || trunk?.credentials.clone();
        let span = tracing::info_span!("call", id);
        let parts = PlacingParts {
            id,
            reception: self.reception.clone(),
            outward: self.outward.clone(),
            directory: self.directory.clone(),
            hops: Vec::new(),
            phone: None,
            credentials: order.credentials.clone().or_else(own),
            trunk: trunk.cloned(),
            ring_for: order.ring_for,
            first_word: self.first_word,
            events: report,
            give_up,
            place,
        };
        let directory = self.directory.clone();
        let work = async move { Box::pin(locate_and_place(&directory, goal, parts, letter)).await };
        self.reception.spawn(work.instrument(span));
        call
    }

    /// To the name that registered, at the address that it registered.
    fn letter_to_phone(&self, order: &Dial, phone: &Binding) -> Result<Letter, DialError> {
        let own = self.outward.own_host();
        let name = own_address(&phone.user, &own).ok_or(DialError::Target)?;
        let mut letter = Letter::new(order, name, self.caller(order)?)?;
        let there = || own_address(&phone.user, &phone.source.to_string());
        let contact = parse_target(&phone.contact, &own).or_else(there);
        letter.target = contact.ok_or(DialError::Target)?;
        Ok(letter)
    }

    /// Who calls when no trunk says otherwise.
    fn caller(&self, order: &Dial) -> Result<Uri, DialError> {
        let own = self.outward.own_host();
        let caller = match &order.from {
            Some(from) => parse_target(from, &own),
            None => own_address("mostik", &own),
        };
        caller.ok_or(DialError::Caller)
    }
}

pub(super) fn letter_by_trunk(order: &Dial, trunk: &Trunk) -> Result<Letter, DialError> {
    let domain = trunk.domain();
    let to = parse_target(&order.to, domain).ok_or(DialError::Target)?;
    let from = match &order.from {
        Some(from) => parse_target(from, domain),
        None => own_address(&trunk.config.username, domain),
    };
    Letter::new(order, to, from.ok_or(DialError::Caller)?)
}

async fn locate_and_place(
    directory: &Directory,
    goal: Goal,
    mut parts: PlacingParts,
    letter: Letter,
) {
    parts.hops = match goal {
        Goal::Trunk(trunk) => match directory.locate(&trunk).await {
            Ok(hops) => trunk.registered_first(hops),
            Err(error) => {
                tracing::info!(trunk = trunk.config.name, %error, "the trunk cannot be found");
                parts.events.try_send(DialEvent::Failed(DialFailure::Unreachable)).ok();
                return;
            }
        },
        Goal::Address(hop) => vec![hop],
        Goal::Phone(way) => vec![parts.phone.insert(*way).hop.clone()],
    };
    Placing::new(parts, letter).run().await;
}
