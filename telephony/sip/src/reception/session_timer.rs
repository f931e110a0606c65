//! How long a session lasts without a sign of life (RFC 4028).

use std::time::Duration;

use rsipstack::sip::{HasHeaders, Header};

use super::registration::values;
use crate::screen::{MIN_SESSION, are_listed};

/// What we ask for in calls that we place: what most ask for (RFC 4028 section 4).
const WISH: u32 = 1800;

/// The longest life that we agree to when the other side finds ours too short.
const LONGEST_WISH: u32 = 24 * 3600;

/// What an INVITE of ours asks about signs of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionWish {
    seconds: u32,
    /// The least that somebody on the way accepts.
    least: u32,
}

impl Default for SessionWish {
    fn default() -> Self {
        Self { seconds: WISH, least: MIN_SESSION }
    }
}

impl SessionWish {
    /// The headers that ask; the other side chooses who refreshes.
    pub(crate) fn headers(self) -> Vec<Header> {
        vec![
            Header::Other("Session-Expires".into(), self.seconds.to_string()),
            Header::Other("Min-SE".into(), self.least.to_string()),
        ]
    }

    /// What to ask for after a 422 (RFC 4028 section 7.3); `None` when it names nothing longer.
    pub(crate) fn lengthened(self, response: &impl HasHeaders) -> Option<Self> {
        let least = values(response, "Min-SE").first().and_then(|value| number(value))?;
        let longer = (self.seconds + 1..=LONGEST_WISH).contains(&least);
        longer.then_some(Self { seconds: least, least })
    }
}

/// Who keeps the session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresher {
    Us,
    Peer,
}

/// The agreement on a session's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    pub(super) interval: Duration,
    pub(super) refresher: Refresher,
}

impl SessionTimer {
    /// What we agree to when a peer's INVITE or UPDATE asks for a timer; `None` without one.
    /// A peer that does not know timers itself cannot refresh (RFC 4028 section 9, table 2).
    pub(super) fn asked_for(request: &impl HasHeaders) -> Option<Self> {
        let (seconds, refresher) = session_expires(request)?;
        let knows_timers = are_listed(&values(request, "Supported"), "timer");
        let refresher = match refresher.as_deref() {
            Some("uas") => Refresher::Us,
            _ if knows_timers => Refresher::Peer,
            _ => Refresher::Us,
        };
        Some(Self { interval: Self::at_least_the_shortest(seconds), refresher })
    }

    /// What the answer to our INVITE grants; without a word there is no timer.
    pub(crate) fn granted_by(response: &impl HasHeaders) -> Option<Self> {
        session_expires(response)?;
        let wished = Self { interval: Duration::ZERO, refresher: Refresher::Us };
        Some(wished.confirmed_by(response))
    }

    /// What the answer to our own refresh says; without a word the agreement stays.
    pub(super) fn confirmed_by(self, response: &impl HasHeaders) -> Self {
        let Some((seconds, refresher)) = session_expires(response) else {
            return self;
        };
        let refresher = match refresher.as_deref() {
            Some("uas") => Refresher::Peer,
            _ => Refresher::Us,
        };
        Self { interval: Self::at_least_the_shortest(seconds), refresher }
    }

    /// The agreement after a 422: as long as the peer wants.
    pub(super) fn lengthened(self, response: &impl HasHeaders) -> Option<Self> {
        let longer = values(response, "Min-SE").first().and_then(|value| number(value))?;
        let longer = Duration::from_secs(longer.into());
        (longer > self.interval).then_some(Self { interval: longer, ..self })
    }

    fn at_least_the_shortest(seconds: u32) -> Duration {
        Duration::from_secs(seconds.max(MIN_SESSION).into())
    }

    /// What our answer says about it.
    pub(super) fn answer_headers(self) -> Vec<Header> {
        let mut headers = vec![self.header(match self.refresher {
            Refresher::Us => "uas",
            Refresher::Peer => "uac",
        })];
        if self.refresher == Refresher::Peer {
            headers.push(Header::Require("timer".into()));
        }
        headers
    }

    /// What our own refresh says about it.
    pub(super) fn refresh_headers(self) -> Vec<Header> {
        let shortest = MIN_SESSION.max(u32::try_from(self.interval.as_secs()).unwrap_or(u32::MAX));
        vec![
            self.header("uac"),
            Header::Other("Min-SE".into(), shortest.to_string()),
            Header::Supported("timer".into()),
        ]
    }

    fn header(self, refresher: &str) -> Header {
        let value = format!("{};refresher={refresher}", self.interval.as_secs());
        Header::Other("Session-Expires".into(), value)
    }

    /// How long after the last refresh to act: to refresh at half time, or to give up shortly
    /// before the end (RFC 4028 section 10).
    pub(super) fn wait(self) -> Duration {
        match self.refresher {
            Refresher::Us => self.interval / 2,
            Refresher::Peer => {
                self.interval.saturating_sub((self.interval / 3).min(Duration::from_secs(32)))
            }
        }
    }
}

/// Seconds and refresher in a Session-Expires header, in its long or its compact form.
fn session_expires(message: &impl HasHeaders) -> Option<(u32, Option<String>)> {
    let long = values(message, "Session-Expires");
    let value = long.into_iter().chain(values(message, "x")).next()?;
    let (seconds, parameters) = value.split_once(';').unwrap_or((&value, ""));
    let refresher = crate::screen::parameter(parameters, "refresher");
    Some((number(seconds)?, refresher.map(str::to_ascii_lowercase)))
}

fn number(text: &str) -> Option<u32> {
    text.split(';').next().unwrap_or_default().trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use rsipstack::sip::Request;

    use super::*;

    fn asked(lines: &str) -> Option<(u64, Refresher)> {
        let text = format!(
            "UPDATE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n{lines}\
             Content-Length: 0\r\n\r\n"
        );
        let request = Request::try_from(text.as_bytes()).unwrap();
        let timer = SessionTimer::asked_for(&request)?;
        Some((timer.interval.as_secs(), timer.refresher))
    }

    #[test]
    fn who_refreshes_is_negotiated_as_in_table_2() {
        let known = "Supported: replaces, timer\r\n";
        assert_eq!(asked(known), None);
        for (parameter, with, without) in [
            ("", Refresher::Peer, Refresher::Us),
            (";refresher=uac", Refresher::Peer, Refresher::Us),
            (";refresher=UAS", Refresher::Us, Refresher::Us),
        ] {
            let line = format!("Session-Expires: 1800{parameter}\r\n");
            assert_eq!(asked(&format!("{known}{line}")), Some((1800, with)), "{parameter}");
            assert_eq!(asked(&line), Some((1800, without)), "{parameter}");
        }
        assert_eq!(asked("x: 30\r\n"), Some((90, Refresher::Us)));
    }

    fn answer(lines: &str) -> rsipstack::sip::Response {
        let text = format!(
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n{lines}\
             Content-Length: 0\r\n\r\n"
        );
        rsipstack::sip::Response::try_from(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_answer_to_our_call_says_who_refreshes_if_anybody() {
        let granted = |lines: &str| {
            SessionTimer::granted_by(&answer(lines))
                .map(|timer| (timer.interval.as_secs(), timer.refresher))
        };
        assert_eq!(granted(""), None);
        assert_eq!(granted("Session-Expires: 600;refresher=uas\r\n"), Some((600, Refresher::Peer)));
        assert_eq!(granted("x: 600;refresher=uac\r\n"), Some((600, Refresher::Us)));
        assert_eq!(granted("Session-Expires: 1\r\n"), Some((90, Refresher::Us)));
        assert_eq!(granted("Session-Expires: soon\r\n"), None);
    }

    #[test]
    fn a_wish_is_lengthened_but_not_without_end() {
        let wish = SessionWish::default();
        let longer = |lines: &str| wish.lengthened(&answer(lines)).map(|wish| wish.seconds);
        assert_eq!(longer("Min-SE: 3600\r\n"), Some(3600));
        for lines in ["", "Min-SE: 1800\r\n", "Min-SE: 90\r\n", "Min-SE: 4294967295\r\n"] {
            assert_eq!(longer(lines), None, "{lines}");
        }
    }

    #[test]
    fn we_refresh_at_half_time_and_give_up_shortly_before_the_end() {
        let timer = |seconds, refresher| {
            SessionTimer { interval: Duration::from_secs(seconds), refresher }.wait().as_secs()
        };
        assert_eq!(timer(1800, Refresher::Us), 900);
        assert_eq!(timer(1800, Refresher::Peer), 1768);
        assert_eq!(timer(90, Refresher::Peer), 60);
    }
}
