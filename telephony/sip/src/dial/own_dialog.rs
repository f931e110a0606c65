//! Our requests in an answered call, with a proof whenever one is asked for.
//!
//! The stack takes a challenge within a call for the call's end and says nothing more: after an
//! hour, when the nonce of the INVITE is long forgotten, the goodbye would never arrive and the
//! carrier would go on counting.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rsipstack::dialog::dialog::DialogSnapshot;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::ToTypedHeader;
use rsipstack::sip::typed::CSeq;
use rsipstack::sip::{Header, Method, Request, Response, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::{SipAddr, SipConnection};

use super::branches::next_hop;
use super::{Signers, challenge_in, status_of};
use crate::Credentials;
use crate::outward::{Outward, WayOut};
use crate::stack::{Silenced, quiet, quietly};

/// Requests sent for one question, challenges included.
const MAX_TRIES: usize = 4;

/// A dialog and the way to its other end.
pub(crate) struct OwnDialog {
    dialog: InviteDialog,
    /// The CSeq number of our last request in it.
    number: AtomicU32,
    outward: Arc<Outward>,
    way: WayOut,
    credentials: Option<Credentials>,
}

/// What our requests in a call have in common with each other.
pub(crate) struct Standing<'a> {
    /// Who asked for a proof in this call.
    pub(crate) signers: &'a Mutex<Signers>,
    /// The stream the other side was last heard by.
    pub(crate) latest: Option<SipConnection>,
}

impl OwnDialog {
    /// `way` is the one that the call was placed by, or came by.
    pub(crate) fn new(
        dialog: InviteDialog,
        outward: Arc<Outward>,
        way: WayOut,
        credentials: Option<Credentials>,
    ) -> Self {
        let number = AtomicU32::new(dialog.snapshot().local_cseq);
        Self { dialog, number, outward, way, credentials }
    }

    /// Where the other side is asked.
    pub(crate) const fn peer(&self) -> SocketAddr {
        self.way.hop.address
    }

    /// Asks within the dialog; `None` when no answer came.
    pub(crate) async fn ask(
        &self,
        standing: Standing<'_>,
        method: Method,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Option<Response> {
        for _ in 0..MAX_TRIES {
            let dialog = self.dialog.snapshot();
            let way = self.way_now(&dialog, standing.latest.as_ref()).await;
            let proofs = {
                let signers = standing.signers.lock().unwrap_or_else(PoisonError::into_inner);
                let target = dialog.remote_uri.to_string();
                signers.sign(&method.to_string(), &target, &body)
            };
            let headers = headers.iter().cloned().chain(proofs).collect();
            let request = self.request(dialog, &way, method, headers, body.clone())?;
            let answer = tokio::select! {
                answer = self.exchange(&way, request) => answer,
                () = way.lost() => None,
            };
            let Some(response) = answer else {
                // A goodbye that was perhaps lost with its stream does no harm twice.
                if method == Method::Bye && way.flow().is_some_and(|flow| flow.is_cancelled()) {
                    continue;
                }
                return None;
            };
            let status = status_of(&response);
            let mut signers = standing.signers.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// The way of the call; when its stream broke, the one the other side came back by, or a new
    /// one.
    async fn way_now(&self, dialog: &DialogSnapshot, latest: Option<&SipConnection>) -> WayOut {
        let is_broken = |way: &WayOut| way.flow().is_some_and(|flow| flow.is_cancelled());
        if !is_broken(&self.way) {
            return self.way.clone();
        }
        if let Some(latest) = latest
            && let Some(source) =
                latest.get_remote_addr().and_then(|peer| peer.get_socketaddr().ok())
        {
            let way = self.outward.back_by(latest, source);
            if !is_broken(&way) {
                return way;
            }
        }
        let mended = self.outward.mend(&self.way, next_address(dialog)).await;
        mended.unwrap_or_else(|| self.way.clone())
    }

    fn request(
        &self,
        dialog: DialogSnapshot,
        way: &WayOut,
        method: Method,
        added: Vec<Header>,
        body: Vec<u8>,
    ) -> Option<Request> {
        let via = self.outward.hall.stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
        let cseq = CSeq { seq: self.number.fetch_add(1, Ordering::SeqCst) + 1, method };
        let (us, them) = match dialog.role {
            TransactionRole::Client => (dialog.from.to_string(), dialog.to.to_string()),
            TransactionRole::Server => (dialog.to.to_string(), dialog.from.to_string()),
        };
        let mut headers = vec![
            Header::Via(via.into()),
            Header::MaxForwards(70.into()),
            Header::From(us.into()),
            Header::To(them.into()),
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
        let transaction = quietly(|| Transaction::new_client(key, request, endpoint, connection));
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

/// Where the requests of a dialog go first: its route or its target, as far as that is an address.
fn next_address(dialog: &DialogSnapshot) -> Option<SocketAddr> {
    let route = dialog.route_set.first().and_then(|route| route.typed().ok());
    let target = route.map_or_else(|| dialog.remote_uri.clone(), |route| route.uri);
    SipAddr::try_from(&target).ok()?.get_socketaddr().ok()
}
