//! What answers to our requests say.

use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{HasHeaders, Header, Response, Uri};

use crate::digest::{Challenge, DigestFault};

/// The longest we are asked to wait, whatever is asked.
const MAX_WAIT: Duration = Duration::from_hours(1);

pub(crate) fn status_of(response: &Response) -> u16 {
    response.status_code.code()
}

/// The challenge to answer in a 401 or 407.
pub(crate) fn challenge_in(response: &Response) -> Result<Challenge, DigestFault> {
    let proxy = status_of(response) == 407;
    let values = response.headers().iter().filter_map(|header| match header {
        Header::ProxyAuthenticate(value) if proxy => Some(value.value()),
        Header::WwwAuthenticate(value) if !proxy => Some(value.value()),
        _ => None,
    });
    Challenge::strongest(values)
}

/// The header that answers a challenge of this status.
pub(crate) fn authorization(status: u16, value: String) -> Header {
    if status == 407 {
        Header::ProxyAuthorization(value.into())
    } else {
        Header::Authorization(value.into())
    }
}

/// Retry-After in whole seconds (RFC 3261 section 20.33); a comment or parameters may follow.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().iter().find_map(|header| match header {
        Header::RetryAfter(value) => Some(value.value()),
        _ => None,
    })?;
    let digits = value.trim().split([' ', ';', '(', '\t']).next()?;
    let seconds: u32 = digits.parse().ok()?;
    Some(Duration::from_secs(seconds.into()).min(MAX_WAIT))
}

/// Where a redirect leads, in the order of preference (`q`), at most five.
pub(crate) fn hops_of_contacts(response: &Response) -> Vec<Uri> {
    let mut contacts: Vec<(f32, Uri)> = response
        .typed_contact_headers()
        .unwrap_or_default()
        .into_iter()
        .take(5)
        .map(|contact| {
            let q = contact.params.iter().find_map(|param| match param {
                rsipstack::sip::Param::Q(q) => q.value().parse().ok(),
                _ => None,
            });
            (q.unwrap_or(1.0), contact.uri)
        })
        .collect();
    contacts.sort_by(|one, other| other.0.total_cmp(&one.0));
    contacts.into_iter().map(|(_, uri)| uri).collect()
}

/// The session description an answer carries.
pub(super) fn session_in(response: &Response) -> Option<String> {
    let text = String::from_utf8(response.body.clone()).ok()?;
    (!text.is_empty()).then_some(text)
}

/// Which branch of a forked call an answer belongs to.
pub(super) fn to_tag(response: &Response) -> Option<String> {
    let tag = response.to_header().ok()?.tag().ok()??;
    Some(tag.value().to_owned())
}

/// The number of a reliable provisional answer (RFC 3262 section 7.1).
pub(super) fn reliable_number(response: &Response) -> Option<u32> {
    response.headers().iter().find_map(|header| match header {
        Header::RSeq(value) => value.value().trim().parse().ok(),
        _ => None,
    })
}
