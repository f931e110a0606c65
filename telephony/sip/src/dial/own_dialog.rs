//! Requests in a call that we placed, with a proof whenever one is asked for.
//!
//! The stack takes a challenge within a call for the call's end and says nothing more: after an
//! hour, when the nonce of the INVITE is long forgotten, the goodbye would never arrive and the
//! carrier would go on counting.

use std::sync::{Arc, Mutex, PoisonError};

use rsipstack::dialog::dialog::DialogInner;
use rsipstack::sip::typed::CSeq;
use rsipstack::sip::{Header, Method, Request, Response, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;

use super::branches::next_hop;
use super::{Signers, challenge_in, status_of};
use crate::Credentials;
use crate::outward::{Outward, WayOut};
use crate::stack::{Silenced, quiet};

/// Requests sent for one question, challenges included.
const MAX_TRIES: usize = 4;

/// A dialog of ours and the way to its other end.
pub(crate) struct OwnDialog {
    pub(super) inner: Arc<DialogInner>,
    pub(super) outward: Arc<Outward>,
    pub(super) way: WayOut,
    pub(super) credentials: Option<Credentials>,
}

impl OwnDialog {
    /// Asks within the dialog; `None` when no answer came.
    pub(crate) async fn ask(
        &self,
        signers: &Mutex<Signers>,
        method: Method,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Option<Response> {
        for _ in 0..MAX_TRIES {
            let way = self.way_now().await;
            let proofs = {
                let signers = signers.lock().unwrap_or_else(PoisonError::into_inner);
                let target = self.inner.snapshot().remote_uri.to_string();
                signers.sign(&method.to_string(), &target, &body)
            };
            let headers = headers.iter().cloned().chain(proofs).collect();
            let request = self.request(&way, method, headers, body.clone())?;
            let answer = tokio::select! {
                answer = self.exchange(&way, request) => answer,
                () = lost(&way) => None,
            };
            let Some(response) = answer else {
                // A goodbye that was perhaps lost with its stream does no harm twice.
                if method == Method::Bye && way.flow().is_some_and(|flow| flow.is_cancelled()) {
                    continue;
                }
                return None;
            };
            let status = status_of(&response);
            let mut signers = signers.lock().unwrap_or_else(PoisonError::into_inner);
            if !matches!(status, 401 | 407) {
                signers.succeeded();
                return Some(response);
            }
            let challenge = challenge_in(&response).ok().zip(self.credentials.as_ref());
            let accepted = challenge.is_some_and(|(challenge, credentials)| {
                signers.accept(status, challenge, credentials)
            });
            if !accepted {
                return Some(response);
            }
        }
        None
    }

    /// The way the call was placed by, or a new stream to the same place when that one broke.
    async fn way_now(&self) -> WayOut {
        let broken = self.way.flow().is_some_and(|flow| flow.is_cancelled());
        if !broken {
            return self.way.clone();
        }
        self.outward.reach(&self.way.hop).await.unwrap_or_else(|_| self.way.clone())
    }

    fn request(
        &self,
        way: &WayOut,
        method: Method,
        added: Vec<Header>,
        body: Vec<u8>,
    ) -> Option<Request> {
        let dialog = self.inner.snapshot();
        let via = self.outward.hall.stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
        let cseq = CSeq { seq: self.inner.increment_local_seq(), method };
        let mut headers = vec![
            Header::Via(via.into()),
            Header::MaxForwards(70.into()),
            Header::From(dialog.from.to_string().into()),
            Header::To(dialog.to.to_string().into()),
            Header::CallId(dialog.id.call_id.clone().into()),
            Header::CSeq(cseq.into()),
        ];
        headers.extend(dialog.route_set.into_iter().map(Header::Route));
        let contact = dialog.local_contact.filter(|_| method != Method::Bye);
        headers.extend(contact.map(|contact| Header::Contact(format!("<{contact}>").into())));
        headers.extend(added);
        let version = rsipstack::sip::Version::V2;
        Some(Request { method, uri: dialog.remote_uri, version, headers: headers.into(), body })
    }

    async fn exchange(&self, way: &WayOut, request: Request) -> Option<Response> {
        let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
        let invites = request.method == Method::Invite;
        let destination = next_hop(way, &request);
        let endpoint = self.outward.hall.stack.endpoint.clone();
        let connection = Some(way.connection.clone());
        let transaction = Transaction::new_client(key, request, endpoint, connection);
        let mut transaction = Silenced::new(transaction);
        let asked = transaction.get()?;
        asked.destination = Some(destination);
        quiet(asked.send()).await.ok()?;
        let response = loop {
            match quiet(asked.receive()).await? {
                SipMessage::Response(response) if status_of(&response) >= 200 => break response,
                _ => {}
            }
        };
        if invites {
            // The stack acknowledges an answer as often as it is repeated.
            self.outward.tasks.spawn(self.outward.closing.clone().run_until_cancelled_owned(
                async move {
                    while let Some(asked) = transaction.get() {
                        if quiet(asked.receive()).await.is_none() {
                            return;
                        }
                    }
                },
            ));
        }
        Some(response)
    }
}

/// Resolves when the stream is gone.
pub(super) async fn lost(way: &WayOut) {
    match way.flow() {
        Some(flow) => flow.cancelled().await,
        None => std::future::pending().await,
    }
}
