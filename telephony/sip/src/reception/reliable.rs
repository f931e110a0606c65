//! Ringing that the caller wants confirmed (RFC 3262).
//!
//! A caller that requires `100rel` gets a 180 with a number, repeated until its PRACK names that
//! number. To one that merely supports it we ring as ever: a 180 without a session description
//! carries nothing that could get lost for good.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rsipstack::sip::{Header, Request};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::registration::values;
use crate::screen::are_listed;

/// The first repetition comes after T1; each next one after twice as long (RFC 3262 section 3).
const T1: Duration = Duration::from_millis(500);

/// The number of our one reliable response in a call.
const NUMBER: u32 = 1;

/// What the requests of a call and its task know together about reliable ringing.
#[derive(Default)]
pub(crate) struct Reliability {
    /// The CSeq number of the INVITE whose 180 waits for its PRACK; 0 when none does.
    waiting: AtomicU32,
    confirmed: Notify,
}

impl Reliability {
    /// Takes a PRACK in; `false` when it confirms nothing that waits.
    pub(super) fn confirm(&self, request: &Request) -> bool {
        let Some((number, invite)) = values(request, "RAck").first().and_then(|rack| read(rack))
        else {
            return false;
        };
        let confirms = number == NUMBER
            && invite != 0
            && self.waiting.compare_exchange(invite, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if confirms {
            self.confirmed.notify_one();
        }
        confirms
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

/// Reliable ringing of one call.
#[derive(Default)]
pub(super) struct Ringing {
    /// The CSeq number of the INVITE, when it requires reliability.
    invite: Option<u32>,
    pace: Option<Pace>,
    rang: bool,
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

    /// The headers of the 180 that rings now; `None` when it rang reliably before, which needs no
    /// other (a second one might overtake the first).
    pub(super) fn begin(&mut self, reliability: &Reliability) -> Option<Vec<Header>> {
        let Some(invite) = self.invite else {
            return Some(Vec::new());
        };
        if self.rang {
            return None;
        }
        self.rang = true;
        reliability.waiting.store(invite, Ordering::SeqCst);
        let now = Instant::now();
        self.pace = Some(Pace { next: now + T1, interval: T1, end: now + 64 * T1 });
        Some(Self::headers())
    }

    pub(super) fn headers() -> Vec<Header> {
        vec![Header::Require("100rel".into()), Header::Other("RSeq".into(), NUMBER.to_string())]
    }

    pub(super) fn confirmed(&mut self) {
        self.pace = None;
    }

    /// Waits until the 180 has to be repeated or was in vain. Cancel-safe.
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
