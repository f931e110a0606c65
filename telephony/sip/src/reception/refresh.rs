//! Keeping a session alive, or noticing that the other side stopped doing so (RFC 4028).

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::{HasHeaders, Method, Response, StatusCodeKind};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::leg::sdp_headers;
use super::registration::values;
use super::registry::CallEntry;
use super::session_timer::{Refresher, SessionTimer};
use crate::screen::are_listed;

/// How long to wait after both sides asked at once, or after a refusal that may pass: up to 2 s for
/// the side that did not start the call, 2.1 to 4 s for the one that did (RFC 3261 section 14.1).
const AFTER_GLARE: Duration = Duration::from_millis(1500);
const AFTER_GLARE_IN_OURS: Duration = Duration::from_secs(3);

/// The life of one session.
#[derive(Default)]
pub(super) struct Life {
    timer: Option<SessionTimer>,
    /// When to act.
    due: Option<Instant>,
    /// When the session is over unless a refresh succeeds before.
    end: Option<Instant>,
    /// Our refresh under way; it ends with the call.
    asking: Option<AbortOnDropHandle<Option<Response>>>,
    /// Whether the peer reads UPDATE; else a re-INVITE has to do.
    peer_updates: bool,
    /// We started the call.
    ours: bool,
    /// Our description as the peer knows it.
    pub(super) described: String,
}

/// What became due.
pub(super) enum Due {
    /// We have to refresh.
    Refresh,
    /// Nobody refreshed in time.
    Over,
    /// The answer to our refresh came, or none did.
    Answered(Box<Option<Response>>),
}

/// What the answer to a refresh means for the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    GoesOn,
    Over,
}

impl Life {
    /// Without an agreement yet, with the peer of this INVITE or answer.
    pub(super) fn with(message: &impl HasHeaders) -> Self {
        Self { peer_updates: are_listed(&values(message, "Allow"), "UPDATE"), ..Self::default() }
    }

    /// The life of a call of ours, which `answer` began: our description, and what is granted.
    pub(super) fn of_ours(answer: &impl HasHeaders, described: String) -> Self {
        let mut life = Self { described, ours: true, ..Self::with(answer) };
        life.agree(SessionTimer::granted_by(answer));
        life
    }

    fn after_glare(&self) -> Duration {
        if self.ours { AFTER_GLARE_IN_OURS } else { AFTER_GLARE }
    }

    /// Starts anew with this agreement, or without any.
    pub(super) fn agree(&mut self, timer: Option<SessionTimer>) {
        let now = Instant::now();
        self.timer = timer;
        self.due = timer.map(|timer| now + timer.wait());
        self.end = timer.map(|timer| now + timer.interval);
    }

    /// Waits for what is due next. Cancel-safe.
    pub(super) async fn next(&mut self) -> Due {
        let refresher = self.timer.map(|timer| timer.refresher);
        let over = async {
            match self.end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        if let Some(asking) = &mut self.asking {
            let answer = tokio::select! {
                answer = &mut *asking => answer.ok().flatten(),
                () = over => return Due::Over,
            };
            self.asking = None;
            return Due::Answered(Box::new(answer));
        }
        match self.due {
            Some(due) => tokio::time::sleep_until(due).await,
            None => std::future::pending().await,
        }
        match refresher {
            Some(Refresher::Us) => Due::Refresh,
            _ => Due::Over,
        }
    }

    /// Sends the refresh; [`Life::next`] yields its answer.
    pub(super) fn refresh(&mut self, entry: &Arc<CallEntry>) {
        let Some(timer) = self.timer else {
            return;
        };
        let mut headers = timer.refresh_headers();
        let (method, body) = if self.peer_updates {
            (Method::Update, Vec::new())
        } else {
            headers.extend(sdp_headers());
            (Method::Invite, self.described.clone().into_bytes())
        };
        let entry = entry.clone();
        let asking =
            tokio::spawn(async move { entry.ask(method, headers, body).await.ok().flatten() });
        self.asking = Some(AbortOnDropHandle::new(asking));
    }

    /// Takes the answer in.
    pub(super) fn answered(&mut self, response: Option<&Response>) -> Verdict {
        let (Some(timer), Some(response)) = (self.timer, response) else {
            return self.later();
        };
        if response.status_code.kind() == StatusCodeKind::Successful {
            self.agree(Some(timer.confirmed_by(response)));
            return Verdict::GoesOn;
        }
        match u16::from(response.status_code.clone()) {
            // The other side knows of no call (RFC 3261 section 12.2.1.2).
            408 | 481 => Verdict::Over,
            422 => {
                if let Some(longer) = timer.lengthened(response) {
                    self.timer = Some(longer);
                    self.end = Some(Instant::now() + longer.interval);
                    self.due = Some(Instant::now());
                    return Verdict::GoesOn;
                }
                self.later()
            }
            405 | 501 if self.peer_updates => {
                self.peer_updates = false;
                self.due = Some(Instant::now());
                Verdict::GoesOn
            }
            _ => self.later(),
        }
    }

    /// A change of the other side is under way; ours comes after it.
    pub(super) fn postpone(&mut self) {
        self.due = Some(Instant::now() + self.after_glare());
    }

    /// Another try soon, as long as the session lasts.
    fn later(&mut self) -> Verdict {
        let next = Instant::now() + self.after_glare();
        if self.end.is_some_and(|end| next >= end) {
            return Verdict::Over;
        }
        self.due = Some(next);
        Verdict::GoesOn
    }
}
