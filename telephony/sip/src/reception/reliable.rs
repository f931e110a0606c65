//! Ringing that the caller wants confirmed (RFC 3262).
//!
//! A caller that requires `100rel` gets a 180 or 183 with a number, repeated until its PRACK names
//! that number; the next one waits for that. To one that merely supports it we ring as ever: a 180
//! without a session description carries nothing that could get lost for good, and what a 183
//! carries comes again with the answer.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rsipstack::sip::{Header, Request};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::registration::values;
use crate::screen::are_listed;

/// The first repetition comes after T1; each next one after twice as long (RFC 3262 section 3).
const T1: Duration = Duration::from_millis(500);

/// What the requests of a call and its task know together about reliable ringing.
#[derive(Default)]
pub(crate) struct Reliability {
    /// The number of the response that waits for its PRACK, and the CSeq number of its INVITE.
    waiting: Mutex<Option<(u32, u32)>>,
    confirmed: Notify,
}

impl Reliability {
    /// Takes a PRACK in; `false` when it confirms nothing that waits.
    pub(super) fn confirm(&self, request: &Request) -> bool {
        let rack = values(request, "RAck").first().and_then(|rack| read(rack));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let confirms = rack.is_some() && *waiting == rack;
        if confirms {
            *waiting = None;
        }
        drop(waiting);
        if confirms {
            self.confirmed.notify_one();
        }
        confirms
    }

    fn wait_for(&self, number: u32, invite: u32) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, invite));
    }

    /// Resolves when the PRACK came.
    pub(super) async fn confirmed(&self) {
        self.confirmed.notified().await;
    }
}

/// `RAck: number CSeq-number INVITE` (RFC 3262 section 7.2).
fn read(rack: &str) -> Option<(u32, u32)> {
    let mut parts = rack.split_ascii_whitespace();
    let number = parts.next()?.parse().ok()?;
    let invite = parts.next()?.parse().ok()?;
    (parts.next() == Some("INVITE") && parts.next().is_none()).then_some((number, invite))
}

/// A provisional response: 180, or 183 with a session description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Provisional {
    pub(super) headers: Vec<Header>,
    pub(super) session: Option<String>,
}

/// The ringing of one call.
#[derive(Default)]
pub(super) struct Ringing {
    /// The CSeq number of the INVITE, when it requires reliability.
    invite: Option<u32>,
    /// The number of the last reliable response.
    number: u32,
    last: Provisional,
    pace: Option<Pace>,
    /// The session that comes after the PRACK.
    next: Option<String>,
}

struct Pace {
    next: Instant,
    interval: Duration,
    /// 64*T1 after the first.
    end: Instant,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Repeat,
    GiveUp,
}

impl Ringing {
    pub(super) fn of(invite: &Request) -> Self {
        let required = are_listed(&values(invite, "Require"), "100rel");
        let number = super::registry::cseq_number(invite).filter(|_| required);
        Self { invite: number, ..Self::default() }
    }

    /// What to send now for a 180, or a 183 with this session; `None` when nothing is due: it was
    /// sent reliably before, which needs no other, or has to wait for a PRACK.
    pub(super) fn begin(
        &mut self,
        reliability: &Reliability,
        session: Option<String>,
    ) -> Option<Provisional> {
        let Some(invite) = self.invite else {
            return Some(Provisional { headers: Vec::new(), session });
        };
        if self.number > 0 && (session.is_none() || session == self.last.session) {
            return None;
        }
        if self.pace.is_some() {
            self.next = session;
            return None;
        }
        self.number += 1;
        reliability.wait_for(self.number, invite);
        let now = Instant::now();
        self.pace = Some(Pace { next: now + T1, interval: T1, end: now + 64 * T1 });
        let number = Header::Other("RSeq".into(), self.number.to_string());
        let headers = vec![Header::Require("100rel".into()), number];
        self.last = Provisional { headers, session };
        Some(self.last.clone())
    }

    /// The last response again.
    pub(super) fn again(&self) -> Provisional {
        self.last.clone()
    }

    /// The PRACK came; what waited for it is due now.
    pub(super) fn confirmed(&mut self, reliability: &Reliability) -> Option<Provisional> {
        self.pace = None;
        let session = self.next.take()?;
        self.begin(reliability, Some(session))
    }

    /// Waits until the response has to be repeated or was in vain. Cancel-safe.
    pub(super) async fn step(&mut self) -> Step {
        let Some(pace) = &mut self.pace else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until(pace.next.min(pace.end)).await;
        if Instant::now() >= pace.end {
            return Step::GiveUp;
        }
        pace.interval *= 2;
        pace.next += pace.interval;
        Step::Repeat
    }
}
