//! An INVITE that starts a call.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rsipstack::dialog::dialog::DialogStateReceiver;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Param, Request, Scheme, Uri};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipConnection;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::leg::Leg;
use super::refresh::Life;
use super::registration::values;
use super::registry::{CallEntry, Invite, cseq_number};
use super::reliable::Ringing;
use super::session_timer::SessionTimer;
use super::way::Way;
use super::{Reception, refuse};
use crate::dial::OwnDialog;
use crate::line::Line;
use crate::link::{HandleEnd, link};
use crate::opaque_id::opaque_id;
use crate::screen::{RETRY_AFTER, parameter, parse_address, percent_decoded, user_and_host};
use crate::stack::{quietly, stack_transport, transport_of};
use crate::trunk::Trunk;
use crate::{IncomingCall, Ladder, Party, Transport};

/// An ACK that takes longer is waited for only while few are: about the way there and back.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_millis(500);

/// A call about to be offered.
struct Arrival {
    invite: Invite,
    call: CallFacts,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    own: OwnDialog,
    trunk: Option<Arc<Trunk>>,
    may_refer: bool,
}

/// What an INVITE tells about its call.
struct CallFacts {
    id: String,
    caller: Party,
    called: Party,
    source: SocketAddr,
    transport: Transport,
    offer: Option<String>,
    replaces: Option<String>,
    /// Where its trunk sees us.
    public_address: Option<IpAddr>,
    /// The desk phone that proved to be calling.
    phone: Option<String>,
}

impl Reception {
    /// Offers the call to the application, or tells the caller why not.
    pub(super) async fn new_call(self: Arc<Self>, mut transaction: Transaction) {
        let later = || vec![Header::RetryAfter(RETRY_AFTER.into())];
        if self.leaving.load(Ordering::SeqCst) {
            self.counting.refused_shutting_down.add();
            return refuse(&mut transaction, 503, later()).await;
        }
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            self.counting.refused_busy.add();
            return refuse(&mut transaction, 503, later()).await;
        };
        let Some(invite) = invite_of(&transaction.original) else {
            self.counting.refused_malformed.add();
            return refuse(&mut transaction, 400, vec![]).await;
        };
        let Ok(phone) = self.calling_phone(&mut transaction).await else {
            return;
        };
        let replaced = match self.replaced(&transaction) {
            Ok(replaced) => replaced,
            Err(status) => return refuse(&mut transaction, status, vec![]).await,
        };
        if !self.registry.claim(&invite) {
            // The same call by another way (RFC 3261 section 8.2.2.2).
            self.counting.refused_malformed.add();
            return refuse(&mut transaction, 482, vec![]).await;
        }
        if let Some(mut arrival) = self.arrival(&mut transaction, invite.clone()) {
            arrival.call.replaces = replaced;
            arrival.call.phone = phone;
            return self.offer(transaction, arrival, place).await;
        }
        self.registry.forget(None, &invite);
        self.counting.refused_malformed.add();
        refuse(&mut transaction, 400, vec![]).await;
    }

    /// The id of the call that this one shall take the place of (RFC 3891), or the status that
    /// refuses it.
    fn replaced(&self, transaction: &Transaction) -> Result<Option<String>, u16> {
        let replaces = values(&transaction.original, "Replaces");
        let Some(first) = replaces.first() else {
            return Ok(None);
        };
        let source = source_of(transaction).ok_or(400_u16)?;
        if !self.may_refer(source, &transaction.original.uri) {
            return Err(603);
        }
        if replaces.len() > 1 {
            return Err(400);
        }
        let (call_id, parameters) = first.split_once(';').ok_or(400_u16)?;
        let ours = parameter(parameters, "to-tag").ok_or(400_u16)?;
        let theirs = parameter(parameters, "from-tag").ok_or(400_u16)?;
        let found = self.registry.answered_call(call_id.trim(), ours, theirs);
        found.then(|| Some(opaque_id(call_id.trim(), theirs))).ok_or(481)
    }

    fn arrival(&self, transaction: &mut Transaction, invite: Invite) -> Option<Arrival> {
        let connection = transaction.connection.as_ref()?;
        let transport = transport_of(connection);
        let source = source_of(transaction)?;
        let mut call = facts(&transaction.original, transport, source, &invite)?;
        let (report, states) = self.stack.dialogs.new_dialog_state_channel();
        let by = connection.get_addr().get_socketaddr().ok();
        let trunk = self.trunk_of(source, &transaction.original.uri);
        let mut contact = self.contact_for(transport, source, by);
        let learned = self.learned_address(trunk.as_deref(), by);
        if let Some(learned) = learned {
            contact.host_with_port = learned.into();
        }
        call.public_address = learned.map(|learned| learned.ip());
        let dialogs = &self.stack.dialogs;
        let dialog = quietly(|| {
            dialogs.get_or_create_server_invite(transaction, report, None, Some(contact)).ok()
        })?;
        // The stack answers CANCEL from the request: with the dialog's tag in it, the 487 belongs
        // to the same dialog as the 180 before it (RFC 3261 section 12.1.1).
        let tag = dialog.id().local_tag.into();
        let to = transaction.original.to_header_mut();
        to.and_then(|to| to.mut_tag(tag).map(drop)).ok()?;
        let way = self.outward.back_by(transaction.connection.as_ref()?, source);
        let credentials = trunk.as_ref().and_then(|trunk| trunk.credentials.clone());
        let own = OwnDialog::new(dialog.clone(), self.outward.clone(), way, credentials);
        let may_refer = self.may_refer || trunk.as_ref().is_some_and(|t| t.config.may_refer);
        Some(Arrival { invite, call, dialog, states, own, trunk, may_refer })
    }

    /// Where a trunk sees the listener that its call came by, unless that is configured.
    fn learned_address(
        &self,
        trunk: Option<&Trunk>,
        listener: Option<SocketAddr>,
    ) -> Option<SocketAddr> {
        let trunk = trunk.filter(|_| self.outward.learns)?;
        trunk.seen_at(listener?)
    }

    /// Whether who calls from there may ask for transfers.
    fn may_refer(&self, source: SocketAddr, called: &Uri) -> bool {
        let trunk = || self.trunk_of(source, called);
        self.may_refer || trunk().is_some_and(|trunk| trunk.config.may_refer)
    }

    /// The trunk that a call for `called` from there belongs to.
    pub(super) fn trunk_of(&self, source: SocketAddr, called: &Uri) -> Option<Arc<Trunk>> {
        let user = called_party(called).user;
        let name = self.stack.contacts.trunk_of(source.ip(), &user)?;
        self.directory.find(&name).cloned()
    }

    /// Where a phone that called by `transport` sends the rest of the call. The stack would name
    /// its first listener, which a phone that speaks only TCP never reaches.
    fn contact_for(&self, transport: Transport, source: SocketAddr, by: Option<SocketAddr>) -> Uri {
        let fits = |listen: &&crate::Listen| listen.transport == transport;
        let same_family = |listen: &&crate::Listen| {
            listen.address.is_ipv4() == source.ip().to_canonical().is_ipv4()
        };
        let ours = self
            .advertised
            .iter()
            .filter(fits)
            .find(|listen| Some(listen.address) == by)
            .or_else(|| self.advertised.iter().filter(fits).find(same_family))
            .or_else(|| self.advertised.iter().find(fits));
        let params = match transport {
            Transport::Udp => vec![],
            Transport::Tcp | Transport::Tls => {
                vec![Param::Transport(stack_transport(transport))]
            }
        };
        Uri {
            scheme: Some(Scheme::Sip),
            host_with_port: ours.map(|listen| listen.address.into()).unwrap_or_default(),
            params,
            ..Uri::default()
        }
    }

    async fn offer(
        self: Arc<Self>,
        mut transaction: Transaction,
        arrival: Arrival,
        place: OwnedSemaphorePermit,
    ) {
        let (handle, end) = link();
        let gone = CancellationToken::new();
        let dialog = arrival.dialog.clone();
        let number = arrival.invite.number;
        let entry = CallEntry::new(dialog.clone(), arrival.own, end.events.clone(), number);
        let entry = Arc::new(entry.that_may_refer(arrival.may_refer));
        end.line.set(Line { entry: entry.clone() }).ok();
        self.registry.enter(entry.clone());
        let ladder = self.stack.ladders.claim(&arrival.invite.call_id);
        let leg = Leg {
            entry,
            end,
            way: self.way_of(&transaction, &arrival.call),
            states: arrival.states,
            gone: gone.clone(),
            hurry: self.hurry.clone(),
            counting: self.counting.clone(),
            caller_offered: arrival.call.offer.is_some(),
            place: Some(place),
            life: Life::with(&transaction.original),
            timer: SessionTimer::asked_for(&transaction.original),
            ringing: Ringing::of(&transaction.original),
            referral: None,
        };
        let over = CancellationToken::new();
        let told = over.clone().drop_guard();
        let company = self.clone().accompany(leg, arrival.call.id.clone(), arrival.invite);
        self.spawn(async move {
            company.await;
            drop(told);
        });
        self.hand_out(arrival.call, arrival.trunk, handle, gone, ladder);
        let mut dialog = dialog;
        tokio::select! {
            biased;
            // Stays for the ACK of a refusal; an acknowledged answer has ended the transaction.
            () = async {
                dialog.handle(&mut transaction).await.ok();
                while transaction.receive().await.is_some() {}
            } => {}
            () = self.enough_wait(over) => {}
        }
    }

    /// Ends when nobody needs to stay for the ACK of a refusal: some time after the call is `over`
    /// when too many are waited for. Such a refusal is given again only to who asks again.
    async fn enough_wait(&self, over: CancellationToken) {
        over.cancelled().await;
        tokio::time::sleep(ACKNOWLEDGED_WITHIN).await;
        if let Ok(_waiting) = self.unacknowledged.try_acquire() {
            std::future::pending::<()>().await;
        }
    }

    /// The way back; a desk phone is where it called from, whatever its Contact says.
    fn way_of(&self, transaction: &Transaction, call: &CallFacts) -> Way {
        let book = &self.stack.contacts;
        let way = Way::of(transaction, call.source, book);
        if call.phone.is_some() { way.bound_to_source(transaction) } else { way }
    }

    /// Runs a call to its end, in a span of its own, and forgets it.
    async fn accompany(self: Arc<Self>, leg: Leg, id: String, invite: Invite) {
        let entry = leg.entry.clone();
        let dialog = entry.dialog.id();
        let span = tracing::info_span!("call", id);
        leg.run().instrument(span).await;
        self.stack.dialogs.remove_dialog(&dialog);
        self.registry.forget(Some(&dialog), &invite);
        self.stack.ladders.close(&invite.call_id, entry.was_answered());
    }

    fn hand_out(
        &self,
        call: CallFacts,
        trunk: Option<Arc<Trunk>>,
        handle: HandleEnd,
        gone: CancellationToken,
        ladder: Ladder,
    ) {
        let call = IncomingCall {
            id: call.id,
            caller: call.caller,
            called: call.called,
            source: call.source,
            transport: call.transport,
            trunk: trunk.map(|trunk| trunk.config.name.clone()),
            offer: call.offer,
            replaces: call.replaces,
            public_address: call.public_address,
            phone: call.phone,
            handle,
            gone,
            ladder,
        };
        match self.calls.try_send(call) {
            Ok(()) => self.counting.calls_offered.add(),
            Err(refused) => {
                self.counting.refused_busy.add();
                let call = refused.into_inner();
                self.spawn(call.reject(503));
            }
        }
    }
}

fn invite_of(request: &Request) -> Option<Invite> {
    Some(Invite {
        call_id: request.call_id_header().ok()?.value().to_owned(),
        from_tag: request.from_header().ok()?.tag().ok()??.value().to_owned(),
        number: cseq_number(request)?,
    })
}

/// Where the request really came from.
pub(super) fn source_of(transaction: &Transaction) -> Option<SocketAddr> {
    if let Some(remote) = transaction.connection.as_ref()?.get_remote_addr() {
        return remote.get_socketaddr().ok();
    }
    // For datagrams the door wrote it into the top Via where it differs from what stands there.
    let via = transaction.original.via_header().ok()?;
    let (_, target) = SipConnection::parse_target_from_via(via).ok()?;
    rsipstack::transport::SipAddr::new(rsipstack::sip::Transport::Udp, target).get_socketaddr().ok()
}

fn facts(
    request: &Request,
    transport: Transport,
    source: SocketAddr,
    invite: &Invite,
) -> Option<CallFacts> {
    let offer = if request.body.is_empty() {
        None
    } else {
        Some(String::from_utf8(request.body.clone()).ok()?)
    };
    Some(CallFacts {
        id: opaque_id(&invite.call_id, &invite.from_tag),
        caller: caller(request)?,
        called: called_party(&request.uri),
        source,
        transport,
        offer,
        replaces: None,
        public_address: None,
        phone: None,
    })
}

fn caller(request: &Request) -> Option<Party> {
    let from = parse_address(request.from_header().ok()?.value())?;
    let (user, host) = user_and_host(from.uri);
    Some(Party {
        uri: from.uri.to_owned(),
        user,
        host,
        display_name: from.display_name.map(|name| name.replace(char::is_control, "")),
    })
}

pub(super) fn called_party(uri: &Uri) -> Party {
    let text = uri.to_string();
    let (user, host) = user_and_host(&text);
    // The stack escapes a user part again when it writes it.
    let user = match &uri.auth {
        Some(auth) => percent_decoded(auth.user.split(';').next().unwrap_or_default()),
        None => user,
    };
    Party { uri: text, user, host, display_name: None }
}
