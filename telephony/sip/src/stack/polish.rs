//! What the stack writes and hears, put right.

use async_trait::async_trait;
use rsipstack::sip::{HasHeaders, Header, SipMessage};
use rsipstack::transaction::endpoint::{MessageInspector, TransportEventInspector};
use rsipstack::transport::{SipAddr, TransportEvent};

/// Takes out the header that tells strangers which program and version answers.
pub(crate) struct Polish;

impl MessageInspector for Polish {
    fn before_send(&self, mut message: SipMessage, _: Option<&SipAddr>) -> SipMessage {
        let headers = match &mut message {
            SipMessage::Request(request) => request.headers_mut(),
            SipMessage::Response(response) => response.headers_mut(),
        };
        headers.retain(|header| !matches!(header, Header::UserAgent(_)));
        message
    }

    fn after_received(&self, message: SipMessage, _: Option<&SipAddr>) -> SipMessage {
        message
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
