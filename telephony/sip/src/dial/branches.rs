//! Requests to a phone that answered, before the stack has a dialog with it or beside that dialog:
//! PRACK for a reliable provisional answer, BYE for one answer too many.

use std::collections::HashMap;

use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::sip::typed::CSeq;
use rsipstack::sip::{Header, Method, Request, Response};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;

use super::reply::{reliable_number, to_tag};
use crate::outward::WayOut;
use crate::stack::{Silenced, Stack, quiet};

/// Branches of one forked call that are listened to.
const MAX_BRANCHES: usize = 16;

/// Sends a request within the dialog that an answer opened, and waits for what comes back.
pub(super) async fn ask(stack: &Stack, way: &WayOut, request: Request) {
    let destination = next_hop(way, &request);
    send_to(stack, way, request, destination).await;
}

/// Where a request in a dialog goes next: its first route or its target, as far as that is an
/// address; a stream leads where it leads.
pub(super) fn next_hop(way: &WayOut, request: &Request) -> SipAddr {
    let target = request.route_header().and_then(|route| route.typed().ok());
    let target = target.map_or_else(|| request.uri.clone(), |route| route.uri);
    let next = SipAddr::try_from(&target).ok().filter(|next| next.get_socketaddr().is_ok());
    match next {
        Some(next) if !way.connection.is_reliable() => next,
        _ => way.destination(),
    }
}

/// Sends a request to where the INVITE went, and waits for what comes back.
pub(super) async fn send_along(stack: &Stack, way: &WayOut, request: Request) {
    send_to(stack, way, request, way.destination()).await;
}

async fn send_to(stack: &Stack, way: &WayOut, request: Request, destination: SipAddr) {
    let Ok(key) = TransactionKey::from_request(&request, TransactionRole::Client) else {
        return;
    };
    let (endpoint, connection) = (stack.endpoint.clone(), Some(way.connection.clone()));
    quiet(async move {
        let mut transaction = Transaction::new_client(key, request, endpoint, connection);
        transaction.destination = Some(destination);
        if transaction.send().await.is_ok() {
            while transaction.receive().await.is_some() {}
        }
    })
    .await;
}

/// The CANCEL of an INVITE (RFC 3261 section 9.1).
pub(super) fn cancel_of(invite: &Request) -> Option<Request> {
    let cseq = CSeq { seq: invite.cseq_header().ok()?.seq().ok()?, method: Method::Cancel };
    let mut headers = vec![
        Header::Via(invite.via_header().ok()?.clone()),
        Header::MaxForwards(70.into()),
        Header::From(invite.from_header().ok()?.clone()),
        Header::To(invite.to_header().ok()?.clone()),
        Header::CallId(invite.call_id_header().ok()?.clone()),
        Header::CSeq(cseq.into()),
    ];
    headers.extend(invite.route_headers().into_iter().cloned().map(Header::Route));
    Some(Request {
        method: Method::Cancel,
        uri: invite.uri.clone(),
        version: rsipstack::sip::Version::V2,
        headers: headers.into(),
        body: vec![],
    })
}

/// A request in the dialog that `response` to our `invite` opened (RFC 3261 section 12.2.1.1).
pub(super) fn request_in_branch(
    stack: &Stack,
    way: &WayOut,
    invite: &Request,
    response: &Response,
    method: Method,
    number: u32,
    added: Vec<Header>,
) -> Option<Request> {
    let contacts = response.typed_contact_headers().unwrap_or_default();
    let target = contacts.first().map_or_else(|| invite.uri.clone(), |c| c.uri.clone());
    let via = stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
    let mut headers = vec![
        Header::Via(via.into()),
        Header::MaxForwards(70.into()),
        Header::From(response.from_header().ok()?.clone()),
        Header::To(response.to_header().ok()?.clone()),
        Header::CallId(invite.call_id_header().ok()?.clone()),
        Header::CSeq(CSeq { seq: number, method }.into()),
    ];
    let routes = response.typed_record_route_headers().unwrap_or_default();
    for route in routes.iter().rev() {
        headers.push(Header::Route(route.to_string().into()));
    }
    headers.extend(added);
    Some(Request {
        method,
        uri: target,
        version: rsipstack::sip::Version::V2,
        headers: headers.into(),
        body: vec![],
    })
}

/// What is known of one branch before its final answer.
#[derive(Default)]
struct Branch {
    /// The number of its last reliable provisional answer.
    last: Option<u32>,
    /// Its session description, which its final answer need not repeat (RFC 3261 section 13.2.1).
    session: Option<String>,
}

/// The provisional answers of each branch.
#[derive(Default)]
pub(super) struct Provisionals(HashMap<String, Branch>);

impl Provisionals {
    /// The number to acknowledge by PRACK, when this answer wants that and comes in order
    /// (RFC 3262 section 4).
    pub(super) fn due_for(&mut self, response: &Response) -> Option<u32> {
        let number = reliable_number(response)?;
        let branch = self.branch_of(response)?;
        let in_order = branch.last.is_none_or(|last| last.checked_add(1) == Some(number));
        in_order.then(|| branch.last = Some(number))?;
        Some(number)
    }

    /// Keeps the session description that a provisional answer brings.
    pub(super) fn keep_session(&mut self, response: &Response, session: &str) {
        if let Some(branch) = self.branch_of(response) {
            branch.session = Some(session.to_owned());
        }
    }

    /// The session description of the branch that a final answer belongs to.
    pub(super) fn session_for(&mut self, response: &Response) -> Option<String> {
        self.branch_of(response)?.session.take()
    }

    fn branch_of(&mut self, response: &Response) -> Option<&mut Branch> {
        let tag = to_tag(response)?;
        if !self.0.contains_key(&tag) && self.0.len() == MAX_BRANCHES {
            return None;
        }
        Some(self.0.entry(tag).or_default())
    }
}

/// What a PRACK says it acknowledges (RFC 3262 section 7.2).
pub(super) fn acknowledges(number: u32, invite: &Request) -> Option<Header> {
    let cseq = invite.cseq_header().ok()?.seq().ok()?;
    Some(Header::RAck(format!("{number} {cseq} INVITE").into()))
}

/// Ends every further answer to a forked call: the first one won (RFC 3261 section 13.2.2.4). The
/// stack acknowledges them.
pub(super) async fn end_other_branches(
    stack: &Stack,
    way: &WayOut,
    invite: Request,
    mut transaction: Silenced<Transaction>,
    winner: Option<String>,
) {
    let mut ended: Vec<Option<String>> = vec![winner];
    while let Some(transaction) = transaction.get() {
        let Some(message) = quiet(transaction.receive()).await else {
            return;
        };
        let rsipstack::sip::SipMessage::Response(response) = message else {
            continue;
        };
        let tag = to_tag(&response);
        let success = (200..300).contains(&super::status_of(&response));
        if !success || ended.contains(&tag) || ended.len() > MAX_BRANCHES {
            continue;
        }
        ended.push(tag);
        let number = invite.cseq_header().ok().and_then(|cseq| cseq.seq().ok());
        let number = number.unwrap_or_default() + 1;
        let bye = request_in_branch(stack, way, &invite, &response, Method::Bye, number, vec![]);
        if let Some(bye) = bye {
            ask(stack, way, bye).await;
        }
    }
}
