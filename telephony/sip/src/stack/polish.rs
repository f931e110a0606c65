//! What the stack writes and hears, put right.

use std::sync::Arc;

use async_trait::async_trait;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{HasHeaders, Header, SipMessage};
use rsipstack::transaction::endpoint::{MessageInspector, TransportEventInspector};
use rsipstack::transport::{SipAddr, TransportEvent};

use crate::ladder::LadderBook;

/// Takes out the header that tells strangers which program and version answers.
pub(crate) struct Polish {
    pub(crate) ladders: Arc<LadderBook>,
}

impl MessageInspector for Polish {
    fn before_send(&self, mut message: SipMessage, to: Option<&SipAddr>) -> SipMessage {
        let headers = match &mut message {
            SipMessage::Request(request) => request.headers_mut(),
            SipMessage::Response(response) => response.headers_mut(),
        };
        headers.retain(|header| !matches!(header, Header::UserAgent(_)));
        if let Ok(call_id) = message.call_id_header() {
            let peer = to.and_then(|to| to.get_socketaddr().ok());
            let bytes = || message.to_string().into_bytes();
            self.ladders.note_sent(call_id.value().as_bytes(), peer, bytes);
        }
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
