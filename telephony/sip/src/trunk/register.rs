//! One registration: REGISTER to one address until it is granted or refused (RFC 3261 section 10.2).

use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::typed::{From, To};
use rsipstack::sip::{Auth, HasHeaders, Header, Method, Param, Request, Response, Scheme, Uri};
use uuid::Uuid;

use super::timing::LONGEST;
use super::{Trunk, TrunkFailure};
use crate::dial::{Signers, challenge_in, status_of};
use crate::outward::WayOut;
use crate::screen::ALLOW;
use crate::stack::Stack;

/// REGISTERs sent to one address for one registration.
const MAX_TRIES: usize = 6;

/// What stays the same over all registrations with one trunk.
pub(super) struct Account {
    call_id: String,
    tag: String,
    number: u32,
    signers: Signers,
    /// The Contact that the carrier has now.
    registered: Option<Uri>,
    /// What the carrier says is the least it grants.
    least: Option<Duration>,
}

/// A granted registration.
pub(super) struct Grant {
    pub(super) lasts: Duration,
}

/// Why one address did not grant it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Another address may.
    Here(TrunkFailure),
    /// The trunk as a whole does not.
    Everywhere(TrunkFailure),
}

impl Account {
    pub(super) fn new() -> Self {
        Self {
            call_id: Uuid::new_v4().simple().to_string(),
            tag: Uuid::new_v4().simple().to_string(),
            number: 0,
            signers: Signers::default(),
            registered: None,
            least: None,
        }
    }

    /// Registers by `way`; learns where the carrier sees us when `learns`.
    pub(super) async fn register(
        &mut self,
        stack: &Stack,
        trunk: &Trunk,
        way: &WayOut,
        learns: bool,
    ) -> Result<Grant, Refused> {
        for _ in 0..MAX_TRIES {
            let contact = way.contact(&trunk.config.username, trunk.seen_at(way.ours));
            let wanted = self.least.unwrap_or_default().max(trunk.config.expires).min(LONGEST);
            let response = self.ask(stack, trunk, way, &contact, wanted).await?;
            let moved = learns && trunk.learn_from(&response, way);
            match status_of(&response) {
                // Seen elsewhere than we said: say it right, and take the wrong address back.
                200..=299 if moved => self.registered = Some(contact),
                200..=299 => {
                    let lasts = granted(&response, &contact).unwrap_or(wanted).min(LONGEST);
                    self.signers.succeeded();
                    self.registered = Some(contact);
                    let broken = Refused::Everywhere(TrunkFailure::Broken);
                    return if lasts.is_zero() { Err(broken) } else { Ok(Grant { lasts }) };
                }
                status => self.after_refusal(status, &response, trunk, wanted)?,
            }
        }
        Err(Refused::Here(TrunkFailure::Broken))
    }

    /// Tells the carrier to forget us; whether it heard is not waited for long.
    pub(super) async fn unregister(&mut self, stack: &Stack, trunk: &Trunk, way: &WayOut) {
        let Some(contact) = self.registered.take() else {
            return;
        };
        for _ in 0..3 {
            let Ok(response) = self.ask(stack, trunk, way, &contact, Duration::ZERO).await else {
                return;
            };
            let status = status_of(&response);
            if self.after_refusal(status, &response, trunk, Duration::ZERO).is_err() {
                return;
            }
        }
    }

    /// Takes what a refusal asks for; an error when there is nothing to do about it.
    fn after_refusal(
        &mut self,
        status: u16,
        response: &Response,
        trunk: &Trunk,
        wanted: Duration,
    ) -> Result<(), Refused> {
        let everywhere = Refused::Everywhere;
        match status {
            401 | 407 => {
                let challenge = challenge_in(response).ok().zip(trunk.credentials.as_ref());
                let accepted = challenge.is_some_and(|(challenge, credentials)| {
                    self.signers.accept(status, challenge, credentials)
                });
                accepted.then_some(()).ok_or(everywhere(TrunkFailure::Unauthorized))
            }
            403 => Err(everywhere(TrunkFailure::Unauthorized)),
            423 => {
                let least = least_expiry(response).filter(|least| *least > wanted);
                self.least = least.map(|least| least.min(LONGEST));
                least.map(drop).ok_or(everywhere(TrunkFailure::Refused { status }))
            }
            408 => Err(Refused::Here(TrunkFailure::Unreachable)),
            500..=599 => Err(Refused::Here(TrunkFailure::Refused { status })),
            status => Err(everywhere(TrunkFailure::Refused { status })),
        }
    }

    async fn ask(
        &mut self,
        stack: &Stack,
        trunk: &Trunk,
        way: &WayOut,
        contact: &Uri,
        lasts: Duration,
    ) -> Result<Response, Refused> {
        let request = self.write(stack, trunk, way, contact, lasts);
        let request = request.ok_or(Refused::Everywhere(TrunkFailure::Broken))?;
        let answer = way.exchange(stack, request).await;
        answer.ok_or(Refused::Here(TrunkFailure::Unreachable))
    }

    fn write(
        &mut self,
        stack: &Stack,
        trunk: &Trunk,
        way: &WayOut,
        contact: &Uri,
        lasts: Duration,
    ) -> Option<Request> {
        self.number += 1;
        let registrar = Uri::try_from(format!("sip:{}", trunk.domain()).as_str()).ok()?;
        let user = Auth { user: trunk.config.username.clone(), password: None };
        let us = Uri { scheme: Some(Scheme::Sip), auth: Some(user), ..registrar.clone() };
        let from = From {
            display_name: None,
            uri: us.clone(),
            params: vec![Param::Tag(self.tag.clone().into())],
        };
        let to = To { display_name: None, uri: us, params: vec![] };
        let via = stack.endpoint.get_via(Some(way.sent_by()), None).ok()?;
        let call_id = Some(self.call_id.clone().into());
        let mut request = stack.endpoint.make_request(
            Method::Register,
            registrar,
            via,
            from,
            to,
            self.number,
            call_id,
        );
        let proofs = self.signers.sign("REGISTER", &request.uri.to_string(), b"");
        let headers = &mut request.headers;
        let lasts = lasts.as_secs();
        headers.push(Header::Contact(format!("<{contact}>;expires={lasts}").into()));
        if let Some(old) = self.registered.as_ref().filter(|old| *old != contact) {
            headers.push(Header::Contact(format!("<{old}>;expires=0").into()));
        }
        headers.push(Header::Expires(lasts.to_string().into()));
        headers.push(Header::Allow(ALLOW.into()));
        for proof in proofs {
            headers.push(proof);
        }
        Some(request)
    }
}

/// For how long the answer says that `contact` is registered.
fn granted(response: &Response, contact: &Uri) -> Option<Duration> {
    let contacts = response.typed_contact_headers().unwrap_or_default();
    let ours = contacts.iter().find(|listed| {
        listed.uri.host_with_port == contact.host_with_port && listed.uri.auth == contact.auth
    });
    let own = ours.and_then(|listed| {
        listed.params.iter().find_map(|param| match param {
            Param::Expires(expires) => expires.value().trim().parse::<u32>().ok(),
            _ => None,
        })
    });
    let common = || {
        response.headers().iter().find_map(|header| match header {
            Header::Expires(value) => value.value().trim().parse::<u32>().ok(),
            _ => None,
        })
    };
    own.or_else(common).map(|seconds| Duration::from_secs(seconds.into()))
}

fn least_expiry(response: &Response) -> Option<Duration> {
    let seconds: u32 = response.headers().iter().find_map(|header| match header {
        Header::MinExpires(value) => value.value().trim().parse().ok(),
        _ => None,
    })?;
    Some(Duration::from_secs(seconds.into()))
}
