//! The way back to a caller's phone.

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Request, Response};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;
use tokio_util::sync::CancellationToken;

use super::registry::flow_of;
use crate::stack::{CallerEntry, ContactBook, ContactEntry, Exit};

/// Where goodbyes go, and whether the caller can still be heard.
pub(super) struct Way {
    source: SocketAddr,
    book: Arc<ContactBook>,
    /// Ends with the connection the call came by, which our requests take; datagrams have none.
    flow: Option<CancellationToken>,
    /// Ends with the connection the caller was last heard by.
    heard_by: Option<CancellationToken>,
    /// Whether the phone's Contact, or its proxy's route, lies in the allowed networks.
    reachable: bool,
    entry: Option<ContactEntry>,
    /// The UDP listener that our requests leave by.
    exit: Option<Arc<Exit>>,
    #[expect(dead_code, reason = "kept for what its end does")]
    counted: CallerEntry,
}

impl Way {
    pub(super) fn of(
        transaction: &Transaction,
        source: SocketAddr,
        book: &Arc<ContactBook>,
    ) -> Self {
        let flow = flow_of(transaction);
        let mut way = Self {
            source,
            book: book.clone(),
            heard_by: flow.clone(),
            flow,
            reachable: false,
            entry: None,
            exit: exit_of(transaction, book).map(Arc::new),
            counted: book.count_call(source),
        };
        way.moved(&transaction.original);
        way
    }

    /// The way to a phone that answered our call.
    pub(super) fn to_answerer(
        response: &Response,
        source: SocketAddr,
        flow: Option<CancellationToken>,
        book: &Arc<ContactBook>,
    ) -> Self {
        let counted = book.count_call(source);
        let (book, heard_by) = (book.clone(), flow.clone());
        let mut way = Self {
            source,
            book,
            heard_by,
            flow,
            reachable: false,
            entry: None,
            exit: None,
            counted,
        };
        if let Some(target) = first_target_of_answer(response) {
            way.lead_to(&target);
        }
        way
    }

    /// The same for a phone that calls us without a proxy: datagrams go back to where it called
    /// from.
    pub(super) fn bound_to_source(mut self, transaction: &Transaction) -> Self {
        let request = &transaction.original;
        let listener = listener_of(transaction);
        if let (Ok(call_id), Some(listener)) = (request.call_id_header(), listener)
            && request.record_route_header().is_none()
        {
            // The old one goes first: it ends what the call has.
            self.exit = None;
            self.exit =
                Some(Exit::bound(&self.book, call_id.value(), listener, self.source).into());
        }
        self
    }

    /// The same, with datagrams bound to where they go.
    pub(super) fn leaving_by(self, exit: Option<Arc<Exit>>) -> Self {
        Self { exit, ..self }
    }

    /// Takes the way a request of the phone names; when it is out of reach, the source leads back.
    pub(super) fn moved(&mut self, request: &Request) {
        let Some(target) = first_target(request) else {
            return;
        };
        self.lead_to(&target);
    }

    fn lead_to(&mut self, target: &SipAddr) {
        let address = target.get_socketaddr();
        self.reachable = address.is_ok_and(|address| self.book.may_reach(address));
        self.entry =
            (!self.reachable).then(|| self.book.enter(&target.addr.to_string(), self.source));
    }

    /// The phone was heard by this connection.
    pub(super) fn heard_by(&mut self, flow: Option<CancellationToken>) {
        self.heard_by = flow;
    }

    /// Resolves when the connection the phone was last heard by is gone.
    pub(super) async fn lost(&self) {
        match &self.heard_by {
            Some(flow) => flow.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Whether a goodbye arrives without us contacting strangers. A datagram to one is led back to
    /// the source; a connection would be opened.
    pub(super) fn leads_back(&self) -> bool {
        let broken = self.flow.as_ref().is_some_and(CancellationToken::is_cancelled);
        !broken || self.reachable
    }
}

/// The listener that a datagram came by.
fn listener_of(transaction: &Transaction) -> Option<SocketAddr> {
    let by = transaction.connection.as_ref().filter(|connection| !connection.is_reliable())?;
    by.get_addr().get_socketaddr().ok()
}

fn exit_of(transaction: &Transaction, book: &Arc<ContactBook>) -> Option<Exit> {
    let listener = listener_of(transaction)?;
    let call_id = transaction.original.call_id_header().ok()?;
    Some(Exit::enter(book, call_id.value(), listener))
}

/// Where requests of this dialog go first: its first route, or its Contact.
fn first_target(request: &Request) -> Option<SipAddr> {
    let routes = request.typed_record_route_headers().unwrap_or_default();
    if let Some(route) = routes.first() {
        return SipAddr::try_from(&route.uri).ok();
    }
    let contacts = request.typed_contact_headers().ok()?;
    SipAddr::try_from(&contacts.first()?.uri).ok()
}

/// The same for an answer to our call: the route set is reversed (RFC 3261 section 12.1.2).
fn first_target_of_answer(response: &Response) -> Option<SipAddr> {
    let routes = response.typed_record_route_headers().unwrap_or_default();
    if let Some(route) = routes.last() {
        return SipAddr::try_from(&route.uri).ok();
    }
    let contacts = response.typed_contact_headers().ok()?;
    SipAddr::try_from(&contacts.first()?.uri).ok()
}
