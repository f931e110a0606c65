//! Asking a trunk that we do not register with whether it is there (OPTIONS, RFC 3261 section 11):
//! the question keeps the way through a NAT open, and the answer says where the trunk sees us.

use rsipstack::sip::typed::{From, To};
use rsipstack::sip::{Auth, Header, Method, Param, Request, Scheme, Uri};
use uuid::Uuid;

use super::Trunk;
use crate::outward::WayOut;
use crate::screen::ACCEPT;
use crate::stack::Stack;

/// Whether the trunk answers, whatever it says; learns from the answer when `learns`.
pub(super) async fn is_there(stack: &Stack, trunk: &Trunk, way: &WayOut, learns: bool) -> bool {
    let Some(question) = question(stack, trunk, way) else {
        return false;
    };
    let answer = way.exchange(stack, question).await;
    if let Some(answer) = answer.as_ref().filter(|_| learns) {
        trunk.learn_from(answer, way);
    }
    answer.is_some_and(|answer| crate::dial::status_of(&answer) != 408)
}

fn question(stack: &Stack, trunk: &Trunk, way: &WayOut) -> Option<Request> {
    let there = Uri::try_from(format!("sip:{}", trunk.domain()).as_str()).ok()?;
    let user = Auth { user: trunk.config.username.clone(), password: None };
    let auth = (!user.user.is_empty()).then_some(user);
    let us = Uri { scheme: Some(Scheme::Sip), auth, ..there.clone() };
    let tag = Uuid::new_v4().simple().to_string();
    let from = From { display_name: None, uri: us, params: vec![Param::Tag(tag.into())] };
    let to = To { display_name: None, uri: there.clone(), params: vec![] };
    let via = stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
    let call_id = Some(Uuid::new_v4().simple().to_string().into());
    let method = Method::Options;
    let mut request = stack.endpoint.make_request(method, there, via, from, to, 1, call_id);
    let contact = way.contact(&trunk.config.username, trunk.seen_at(way.ours));
    request.headers.push(Header::Contact(format!("<{contact}>").into()));
    request.headers.push(Header::Accept(ACCEPT.into()));
    Some(request)
}
