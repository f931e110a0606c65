//! Who is registered from where, and for how long (RFC 3261 section 10.3).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use rsipstack::transport::SipConnection;
use tokio::time::Instant;

use super::{Answer, Ask, Binding};
use crate::Transport;
use crate::screen::{parse_address, split_list};

/// Phones one name may have at a time; one more displaces the one that would expire first.
const MAX_PHONES: usize = 5;

/// Contacts one request may name.
const MAX_CONTACTS: usize = 10;

/// The longest address kept, in bytes.
const MAX_CONTACT: usize = 512;

/// What a request with the right password asks for.
pub(super) struct Change<'a> {
    ask: &'a Ask,
    user: &'a str,
}

struct Bound {
    contact: String,
    source: SocketAddr,
    transport: Transport,
    flow: Option<SipConnection>,
    call_id: String,
    number: u32,
    until: Instant,
}

pub(super) struct Bindings {
    min_expires: Duration,
    max_expires: Duration,
    by_user: HashMap<String, Vec<Bound>>,
}

impl<'a> Change<'a> {
    pub(super) fn of(ask: &'a Ask, user: &'a str) -> Self {
        Self { ask, user }
    }

    /// The addresses with how long each shall stand, in seconds; `None` for `*`, which means all
    /// of them. `Err` is the status that refuses the request.
    fn wishes(&self, default: u64) -> Result<Option<Vec<(String, u64)>>, u16> {
        let expires = self.ask.expires.as_deref().map(seconds);
        let contacts: Vec<&str> =
            self.ask.contacts.iter().flat_map(|value| split_list(value)).collect();
        if contacts.contains(&"*") {
            let proper = contacts.len() == 1 && expires == Some(Some(0));
            return if proper { Ok(None) } else { Err(400) };
        }
        if contacts.len() > MAX_CONTACTS {
            return Err(400);
        }
        let wish = |contact: &str| {
            let address = parse_address(contact).filter(|a| a.uri.len() <= MAX_CONTACT)?;
            // What is not a number counts as the default (RFC 3261 section 10.2.1.1).
            let own = address.parameter("expires").map(seconds).or(expires);
            Some((address.uri.to_owned(), own.flatten().unwrap_or(default)))
        };
        let wishes: Option<Vec<_>> = contacts.into_iter().map(wish).collect();
        wishes.map(Some).ok_or(400)
    }
}

/// A number of seconds; more than fits is as long as can be.
fn seconds(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::from(u32::MAX)))
}

impl Bindings {
    pub(super) fn new(min_expires: Duration, max_expires: Duration) -> Self {
        Self { min_expires, max_expires, by_user: HashMap::new() }
    }

    /// Does all that is asked, or nothing.
    pub(super) fn apply(&mut self, change: &Change<'_>, now: Instant) -> Answer {
        let wishes = match change.wishes(self.max_expires.as_secs()) {
            Ok(wishes) => wishes,
            Err(status) => return Answer::plain(status),
        };
        let shortest = self.min_expires.as_secs();
        let too_short = |expires: u64| expires > 0 && expires < shortest;
        if wishes.iter().flatten().any(|(_, expires)| too_short(*expires)) {
            return Answer { status: 423, headers: vec![("Min-Expires", shortest.to_string())] };
        }
        self.forget_the_gone(change.user, now);
        let bound = self.by_user.entry(change.user.to_owned()).or_default();
        let touches = |old: &Bound| match &wishes {
            Some(wishes) => wishes.iter().any(|(contact, _)| *contact == old.contact),
            None => true,
        };
        let late =
            |old: &Bound| old.call_id == change.ask.call_id && old.number >= change.ask.number;
        if bound.iter().any(|old| touches(old) && late(old)) {
            return Answer::plain(500);
        }
        bound.retain(|old| !touches(old));
        for (contact, expires) in wishes.into_iter().flatten().filter(|(_, expires)| *expires > 0) {
            let stay = Duration::from_secs(expires).min(self.max_expires);
            bound.push(Bound {
                contact,
                source: change.ask.claim.source,
                transport: change.ask.transport,
                flow: change.ask.flow.clone(),
                call_id: change.ask.call_id.clone(),
                number: change.ask.number,
                until: now + stay,
            });
        }
        bound.sort_by_key(|bound| std::cmp::Reverse(bound.until));
        bound.truncate(MAX_PHONES);
        let told = |bound: &Bound| {
            let left = bound.until.saturating_duration_since(now).as_secs();
            ("Contact", format!("<{}>;expires={left}", bound.contact))
        };
        let headers = bound.iter().map(told).collect();
        Answer { status: 200, headers }
    }

    pub(super) fn of(&mut self, user: &str, now: Instant) -> Vec<Binding> {
        self.forget_the_gone(user, now);
        let bound = self.by_user.get(user).into_iter().flatten();
        let told = |bound: &Bound| Binding {
            user: user.to_owned(),
            contact: bound.contact.clone(),
            source: bound.source,
            transport: bound.transport,
            expires_in: bound.until.saturating_duration_since(now),
            flow: bound.flow.clone(),
        };
        bound.map(told).collect()
    }

    pub(super) fn count(&mut self, now: Instant) -> usize {
        let users: Vec<String> = self.by_user.keys().cloned().collect();
        for user in users {
            self.forget_the_gone(&user, now);
        }
        self.by_user.values().map(Vec::len).sum()
    }

    /// Forgets what expired, and what came by a stream that is closed: it can be rung no more
    /// (RFC 5626 section 4.2.2).
    fn forget_the_gone(&mut self, user: &str, now: Instant) {
        let Some(bound) = self.by_user.get_mut(user) else {
            return;
        };
        bound.retain(|bound| {
            let closed = bound.flow.as_ref().and_then(SipConnection::cancel_token);
            bound.until > now && !closed.is_some_and(|closed| closed.is_cancelled())
        });
        if bound.is_empty() {
            self.by_user.remove(user);
        }
    }
}
