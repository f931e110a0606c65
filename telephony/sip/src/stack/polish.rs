//! What the stack writes and hears, put right.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{CSeq, HasHeaders, Header, Method, Response, SipMessage, StatusCodeKind};
use rsipstack::transaction::endpoint::{MessageInspector, TransportEventInspector};
use rsipstack::transport::{SipAddr, TransportEvent};

use super::ContactBook;
use crate::Transport;
use crate::ladder::LadderBook;

/// Takes out the header that tells strangers which program and version answers; notes where the
/// phones we call really are before the stack acknowledges their answers.
pub(crate) struct Polish {
    pub(super) contacts: Arc<ContactBook>,
    pub(super) ladders: Arc<LadderBook>,
}

impl MessageInspector for Polish {
    fn before_send(&self, mut message: SipMessage, to: Option<&SipAddr>) -> SipMessage {
        let headers = match &mut message {
            SipMessage::Request(request) => request.headers_mut(),
            SipMessage::Response(response) => response.headers_mut(),
        };
        headers.retain(|header| !matches!(header, Header::UserAgent(_)));
        if let SipMessage::Request(request) = &mut message {
            self.contacts.exits.name_in(request);
        }
        if let Ok(call_id) = message.call_id_header() {
            let bound = self.contacts.exits.only_way_of_call(call_id.value());
            let peer = bound.or_else(|| to.and_then(|to| to.get_socketaddr().ok()));
            let transport = to.map(|to| match to.r#type {
                Some(rsipstack::sip::Transport::Tcp) => Transport::Tcp,
                Some(rsipstack::sip::Transport::Tls) => Transport::Tls,
                _ => Transport::Udp,
            });
            let bytes = || message.to_string().into_bytes();
            let begins = starts_call(&message);
            self.ladders.note_sent(call_id.value(), begins, (transport, peer), bytes);
        }
        message
    }

    fn after_received(&self, mut message: SipMessage, from: Option<&SipAddr>) -> SipMessage {
        if let SipMessage::Response(response) = &mut message
            && response.cseq_header().and_then(CSeq::method).ok() == Some(Method::Invite)
        {
            if let Some(from) = from {
                supply_contact(response, from);
            }
            if let Some(source) = from.and_then(|from| from.get_socketaddr().ok()) {
                self.note_contact(response, source);
            }
            keep_prack_for_us(response);
        }
        message
    }
}

/// Whether it is an INVITE outside any dialog.
fn starts_call(message: &SipMessage) -> bool {
    let SipMessage::Request(request) = message else {
        return false;
    };
    let tag = request.to_header().and_then(rsipstack::sip::To::tag);
    request.method == Method::Invite && matches!(tag, Ok(None))
}

impl Polish {
    fn note_contact(&self, response: &Response, source: SocketAddr) {
        let contacts = response.typed_contact_headers().unwrap_or_default();
        let target = contacts.first().and_then(|contact| SipAddr::try_from(&contact.uri).ok());
        if let Some(target) = target {
            self.contacts.note(&target.addr.to_string(), source);
        }
    }
}

/// Marks an answer whose Contact is ours; it never leaves this program.
const NO_CONTACT: &str = "Mostik-No-Contact";

/// Whether a 2xx to an INVITE came without the Contact that it must have (RFC 3261 section
/// 13.3.1.4): such a call is to be ended.
pub(crate) fn lacks_contact(response: &Response) -> bool {
    let mark = |header: &Header| matches!(header, Header::Other(name, _) if name == NO_CONTACT);
    response.headers().iter().any(mark)
}

/// The stack cannot acknowledge an answer without a Contact, and the other side would go on
/// repeating it: it gets where the answer came from.
fn supply_contact(response: &mut Response, from: &SipAddr) {
    let success = response.status_code.kind() == StatusCodeKind::Successful;
    if !success || response.contact_header().is_ok() {
        return;
    }
    let transport = from.r#type.unwrap_or_default();
    let contact = format!("<sip:{};transport={transport}>", from.addr);
    let headers = response.headers_mut();
    headers.push(Header::Contact(contact.into()));
    headers.push(Header::Other(NO_CONTACT.into(), String::new()));
}

/// The stack sends PRACK along the INVITE's way instead of the dialog's, and hears nothing else
/// meanwhile. Without `Require` it does not; `RSeq` tells us to do it.
fn keep_prack_for_us(response: &mut Response) {
    if response.status_code.kind() == StatusCodeKind::Provisional {
        response.headers_mut().retain(|header| !matches!(header, Header::Require(_)));
    }
}

/// Lets only answers in on connections that the stack opened itself, to say goodbye to a phone
/// whose own connection broke: requests pass the doors or not at all.
pub(crate) struct AnswersOnly;

#[async_trait]
impl TransportEventInspector for AnswersOnly {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        match event {
            TransportEvent::Incoming(SipMessage::Request(_), _, _) => None,
            other => Some(other),
        }
    }
}
