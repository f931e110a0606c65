//! The INVITE of a call of ours: what stays the same over all its attempts.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::typed::{From, To};
use rsipstack::sip::{Header, Host, Method, Param, Request, Scheme, Uri};
use uuid::Uuid;

use super::{Dial, DialError};
use crate::outward::WayOut;
use crate::reception::SessionWish;
use crate::screen::{ALLOW, is_token, percent_decoded};
use crate::stack::Stack;

/// The longest number or address that is dialled, in bytes.
const MAX_TARGET: usize = 512;

/// The most headers of the application, and the longest, in bytes.
const MAX_HEADERS: usize = 32;
const MAX_HEADER: usize = 2048;

/// The longest session description we offer, in bytes.
const MAX_OFFER: usize = 32 * 1024;

/// Headers that an order may not set: they belong to the transaction, the dialog or the body.
const OURS: [&str; 23] = [
    "via",
    "v",
    "from",
    "f",
    "to",
    "t",
    "call-id",
    "i",
    "cseq",
    "contact",
    "m",
    "route",
    "record-route",
    "max-forwards",
    "content-length",
    "content-type",
    "authorization",
    "proxy-authorization",
    "require",
    "supported",
    "session-expires",
    "x",
    "min-se",
];

/// Reads a number or an address. A bare number becomes an address at `host`.
pub(crate) fn parse_target(text: &str, host: &str) -> Option<Uri> {
    let text = text.trim();
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c);
    if text.is_empty() || text.len() > MAX_TARGET || text.contains(forbidden) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let text = match text.strip_prefix("tel:") {
        Some(number) => format!("sip:{}@{host}", number.split(';').next().unwrap_or_default()),
        None if lower.starts_with("sip:") || lower.starts_with("sips:") => text.to_owned(),
        None if is_dialable(text) => format!("sip:{text}@{host}"),
        None => return None,
    };
    let mut uri = Uri::try_from(text.as_str()).ok()?;
    let host_is_named = match &uri.host_with_port.host {
        Host::Domain(domain) => !domain.0.is_empty(),
        Host::IpAddr(_) => true,
    };
    // Headers in an address would become headers of our request.
    if !host_is_named || !uri.headers.is_empty() {
        return None;
    }
    if let Some(auth) = &mut uri.auth {
        // The stack escapes a user part again when it writes it.
        auth.user = percent_decoded(&auth.user);
        auth.password = None;
    }
    Some(uri)
}

fn is_dialable(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+*#-_.".contains(&b))
}

/// What is written once and sent as often as the way to an answer demands.
pub(super) struct Letter {
    /// The request address; a redirect changes it.
    pub(super) target: Uri,
    to: Uri,
    from: From,
    pub(super) call_id: String,
    number: u32,
    headers: Vec<Header>,
    offer: Vec<u8>,
    /// What it asks about signs of life (RFC 4028).
    pub(super) session: SessionWish,
}

impl Letter {
    pub(super) fn new(dial: &Dial, to: Uri, from: Uri) -> Result<Self, DialError> {
        if dial.offer.len() > MAX_OFFER || dial.headers.len() > MAX_HEADERS {
            return Err(DialError::TooLong);
        }
        let tag = Uuid::new_v4().simple().to_string();
        let from = From {
            display_name: dial.display_name.as_deref().and_then(quotable),
            uri: from,
            params: vec![Param::Tag(tag.into())],
        };
        let headers = dial.headers.iter().map(|(name, value)| header(name, value));
        Ok(Self {
            target: to.clone(),
            to,
            from,
            call_id: Uuid::new_v4().simple().to_string(),
            number: 0,
            headers: headers.collect::<Result<_, _>>()?,
            offer: dial.offer.clone().into_bytes(),
            session: SessionWish::default(),
        })
    }

    /// Who calls: what the Contact says before the `@`.
    pub(super) fn caller_user(&self) -> &str {
        self.from.uri.auth.as_ref().map(|auth| auth.user.as_str()).unwrap_or_default()
    }

    pub(super) fn offer(&self) -> &[u8] {
        &self.offer
    }

    pub(super) fn into_offer(self) -> String {
        String::from_utf8(self.offer).unwrap_or_default()
    }

    /// Writes the next INVITE, to be sent by `way`.
    pub(super) fn write(
        &mut self,
        stack: &Stack,
        way: &WayOut,
        contact: &Uri,
        proofs: Vec<Header>,
    ) -> Option<Request> {
        self.number += 1;
        let via = stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
        let to = To { display_name: None, uri: self.to.clone(), params: vec![] };
        let mut request = stack.endpoint.make_request(
            Method::Invite,
            self.target.clone(),
            via,
            self.from.clone(),
            to,
            self.number,
            Some(self.call_id.clone().into()),
        );
        let headers = &mut request.headers;
        headers.push(Header::Contact(format!("<{contact}>").into()));
        headers.push(Header::Allow(ALLOW.into()));
        headers.push(Header::Supported("100rel, timer".into()));
        headers.push(Header::ContentType("application/sdp".into()));
        for header in self.headers.iter().cloned().chain(self.session.headers()).chain(proofs) {
            headers.push(header);
        }
        request.body.clone_from(&self.offer);
        request.call_id_header().ok()?;
        Some(request)
    }
}

/// A display name as it may stand between quotes: the stack does not escape.
fn quotable(name: &str) -> Option<String> {
    let plain = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
    let name: String = name.chars().filter(plain).take(64).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn header(name: &str, value: &str) -> Result<Header, DialError> {
    let ours = OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name));
    let fits = value.len() <= MAX_HEADER && !value.contains(char::is_control);
    if ours || !fits || name.len() > 64 || !is_token(name) {
        return Err(DialError::Header(name.chars().take(64).collect()));
    }
    Ok(Header::Other(name.to_owned(), value.trim().to_owned()))
}

/// A request address that a trunk's user part goes into.
pub(super) fn own_address(user: &str, host: &str) -> Option<Uri> {
    let mut uri = Uri::try_from(format!("sip:{host}").as_str()).ok()?;
    uri.scheme = Some(Scheme::Sip);
    uri.auth =
        (!user.is_empty()).then(|| rsipstack::sip::Auth { user: user.to_owned(), password: None });
    Some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Route;

    fn target(text: &str) -> Option<String> {
        parse_target(text, "trunk.example").map(|uri| uri.to_string())
    }

    #[test]
    fn numbers_and_addresses_become_request_addresses() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(target("+4930123"), some("sip:+4930123@trunk.example"));
        assert_eq!(target("*21#"), some("sip:*21%23@trunk.example"));
        assert_eq!(target("tel:+49;phone-context=x"), some("sip:+49@trunk.example"));
        assert_eq!(target(" sip:ada@[2001:db8::1]:5070 "), some("sip:ada@[2001:db8::1]:5070"));
        assert_eq!(target("sip:a%20b@host"), some("sip:a%20b@host"));
        assert_eq!(target("SIPS:ada@host"), some("sips:ada@host"));
    }

    #[test]
    fn what_is_no_target_is_none() {
        for text in [
            "",
            " ",
            "a b",
            "sip:",
            "sip:a@",
            "http://a",
            "sip:a@h?Replaces=x",
            "sip:a@h\r\nX: y",
            "<sip:a@h>",
            &"1".repeat(513),
        ] {
            assert_eq!(target(text), None, "{text}");
        }
    }

    #[test]
    fn headers_of_an_order_cannot_be_smuggled() {
        for (name, value) in [
            ("Via", "x"),
            ("v", "x"),
            ("X-A", "a\r\nB: c"),
            ("X A", "b"),
            ("", "b"),
            ("Route", "x"),
        ] {
            assert!(header(name, value).is_err(), "{name}");
        }
        assert!(header("X-Desk", "support").is_ok());
        let route = || Route::Trunk("t".into());
        let long = Dial::new("1", route(), "x".repeat(MAX_OFFER + 1));
        let uri = || Uri::try_from("sip:a@b").unwrap();
        assert_eq!(Letter::new(&long, uri(), uri()).err(), Some(DialError::TooLong));
    }

    #[test]
    fn a_display_name_cannot_close_its_quotes() {
        assert_eq!(quotable("A\"<sip:x>\r\n").as_deref(), Some("A<sip:x>"));
        assert_eq!(quotable(" \" "), None);
    }
}
