//! rsipstack, wrapped: transactions, timers and dialogs. None of its types leave this crate.
//!
//! The stack opens no sockets and reads none: the doors read, screen, and hand over whole
//! messages; the stack writes through the connections they give it.

mod contacts;
mod exits;
mod polish;
mod quiet;
mod signpost;

pub(crate) use contacts::{CallerEntry, ContactBook, ContactEntry};
pub(crate) use exits::Exit;
pub(crate) use polish::lacks_contact;
pub(crate) use quiet::{Silenced, quiet, quietly};

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Method, Request, SipMessage};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio_util::sync::CancellationToken;

use crate::ladder::LadderBook;
use crate::{Listen, Transport};

/// The running stack.
pub(crate) struct Stack {
    pub(crate) endpoint: EndpointInnerRef,
    pub(crate) dialogs: DialogLayer,
    pub(crate) contacts: Arc<ContactBook>,
    pub(crate) ladders: Arc<LadderBook>,
}

impl Stack {
    /// Builds the stack over `connections`, one for each place we listen, in that order. Returns
    /// the requests it finds new; they are drained at once, so the queue stays short.
    pub(crate) fn build(
        connections: Vec<SipConnection>,
        contacts: Arc<ContactBook>,
        ladders: Arc<LadderBook>,
        closing: &CancellationToken,
    ) -> Option<(Self, TransactionReceiver)> {
        let resolver = Box::new(contacts::Resolver(contacts.clone()));
        let layer = TransportLayer::new_with_domain_resolver(closing.clone(), resolver);
        for connection in connections {
            layer.add_transport(connection);
        }
        let endpoint = EndpointBuilder::new()
            .with_user_agent("")
            .with_transport_layer(layer)
            .with_cancel_token(closing.clone())
            .with_inspector(Box::new(polish::Polish {
                contacts: contacts.clone(),
                ladders: ladders.clone(),
            }))
            .with_transport_inspector(Box::new(polish::AnswersOnly))
            .build();
        let incoming = endpoint.incoming_transactions().ok()?;
        let endpoint = endpoint.inner;
        let dialogs = DialogLayer::new(endpoint.clone());
        let stack = Self { endpoint, dialogs, contacts, ladders };
        Some((stack, incoming))
    }

    /// Runs the timers until the stack is closed.
    pub(crate) async fn run(&self) {
        // It ends with an error only when it is run twice.
        quiet(self.endpoint.serve()).await.ok();
    }

    /// Gives one screened message to the stack. A new call is taken only when it is `welcome`; a
    /// repeated INVITE belongs to a call that is here already.
    pub(crate) async fn hand_over(
        &self,
        bytes: &[u8],
        connection: &SipConnection,
        transport: Transport,
        source: SocketAddr,
        welcome: bool,
    ) -> HandedOver {
        let read = quietly(|| {
            let message = SipMessage::try_from(bytes).ok()?;
            let transport = stack_transport(transport);
            let message = SipConnection::update_msg_received(message, source, transport).ok()?;
            let begins = match &message {
                SipMessage::Request(request) => self.begins_call(request)?,
                SipMessage::Response(_) => false,
            };
            Some((message, begins))
        });
        let Some((message, begins)) = read else {
            return HandedOver::Unreadable;
        };
        if begins && !welcome {
            return HandedOver::Unwelcome;
        }
        let from = sip_address(transport, source);
        let taken = self.endpoint.on_received_message(message, connection.clone(), &from);
        // It fails when an answer cannot be sent: the peer asks again.
        quiet(taken).await.ok();
        HandedOver::Taken
    }

    /// Whether a request is the first INVITE of a call; `None` when it names no transaction.
    fn begins_call(&self, request: &Request) -> Option<bool> {
        let key = TransactionKey::from_request(request, TransactionRole::Server).ok()?;
        let tagged = request.to_header().ok()?.tag().ok()?.is_some();
        let known = || {
            let endpoint = &self.endpoint;
            endpoint.transactions.get(&key).is_some()
                || endpoint.finished_transactions.get(&key).is_some()
        };
        Some(request.method == Method::Invite && !tagged && !known())
    }
}

/// What became of a message given to the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandedOver {
    Taken,
    /// The stack cannot read it.
    Unreadable,
    /// It would start a call, and none is welcome.
    Unwelcome,
}

pub(crate) fn stack_transport(transport: Transport) -> rsipstack::sip::Transport {
    match transport {
        Transport::Udp => rsipstack::sip::Transport::Udp,
        Transport::Tcp => rsipstack::sip::Transport::Tcp,
        Transport::Tls => rsipstack::sip::Transport::Tls,
    }
}

/// How messages travel on a connection of the stack.
pub(crate) fn transport_of(connection: &SipConnection) -> Transport {
    match connection.get_addr().r#type {
        Some(rsipstack::sip::Transport::Tcp) => Transport::Tcp,
        Some(rsipstack::sip::Transport::Tls) => Transport::Tls,
        _ => Transport::Udp,
    }
}

pub(crate) fn sip_address(transport: Transport, address: SocketAddr) -> SipAddr {
    SipAddr { r#type: Some(stack_transport(transport)), addr: address.into() }
}

/// The address we tell phones for `listen`: the public one when configured; behind a wildcard the
/// address the stack picks for Via headers.
pub(crate) fn advertised(listen: Listen, public: Option<IpAddr>) -> SocketAddr {
    match public {
        Some(public) => SocketAddr::new(public, listen.address.port()),
        None => SipConnection::resolve_bind_address(listen.address),
    }
}

pub(crate) use signpost::{stream_signpost, udp_connection};
