//! Passing a call on: REFER and the news of it (RFC 3515), also to somebody we talk to (RFC 3891).

use std::time::Duration;

use rsipstack::sip::{HasHeaders, Header, Method, Request, Response, Uri};
use tokio::sync::mpsc;

use crate::dial::{parse_target, status_of};
use crate::line::Line;

/// News of one transfer that nobody read yet.
const NEWS: usize = 16;

/// How long the other side may take from agreeing to the end of its attempt; Timer C and a little.
const ATTEMPT: Duration = Duration::from_secs(200);

/// How a transfer that we asked for came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferOutcome {
    /// The other side reached the target. It hangs up now, or we may.
    Done,
    /// It tried and failed with this status; the call goes on.
    Failed {
        /// A status from 300 to 699.
        status: u16,
    },
    /// It agreed, and sends no news: it does not do so at all (RFC 4488), or fell silent.
    Accepted,
}

/// Why nothing was transferred; the call goes on unless it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TransferError {
    /// The target cannot be read.
    #[error("where to transfer is neither a number nor a sip: address")]
    Target,
    /// Another transfer of this call is under way.
    #[error("a transfer of this call is under way")]
    UnderWay,
    /// The other side does not want to.
    #[error("the other side refuses the transfer with status {status}")]
    Refused {
        /// A status from 300 to 699.
        status: u16,
    },
    /// The other side did not answer.
    #[error("the other side did not answer the transfer")]
    Silent,
    /// The call is over.
    #[error("the call is over")]
    Gone,
}

/// One piece of news of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct News {
    status: Option<u16>,
    /// No more will come.
    last: bool,
}

/// Where news of a transfer goes, while there is one.
pub(crate) type NewsSender = mpsc::Sender<News>;

impl Line {
    pub(crate) async fn transfer_to(&self, target: &str) -> Result<TransferOutcome, TransferError> {
        let peer = self.entry.dialog.snapshot().remote_uri;
        let host = peer.host_with_port.to_string();
        let target = parse_target(target, &host).ok_or(TransferError::Target)?;
        self.refer(format!("<{target}>")).await
    }

    /// Joins the other ends of two calls: this one is sent to take our place in the other.
    pub(crate) async fn transfer_into(
        &self,
        other: &Self,
    ) -> Result<TransferOutcome, TransferError> {
        let other = other.entry.dialog.snapshot();
        if !self.entry.dialog.state().is_confirmed() {
            return Err(TransferError::Gone);
        }
        let id = &other.id;
        // The tags as the other end sees them (RFC 3891 section 3).
        let replaces = format!("{};to-tag={};from-tag={}", id.call_id, id.remote_tag, id.local_tag);
        let target = Uri { headers: vec![], ..other.remote_uri };
        self.refer(format!("<{target}?Replaces={}>", escaped(&replaces))).await
    }

    async fn refer(&self, refer_to: String) -> Result<TransferOutcome, TransferError> {
        let (report, news) = mpsc::channel(NEWS);
        let _under_way = self.entry.expect_news(report).ok_or(TransferError::UnderWay)?;
        let headers = vec![Header::ReferTo(refer_to.into())];
        let asked = self.entry.ask(Method::Refer, headers, vec![]).await;
        let response = asked.map_err(|_| TransferError::Silent)?.ok_or(TransferError::Gone)?;
        match status_of(&response) {
            200..=299 if sends_no_news(&response) => Ok(TransferOutcome::Accepted),
            200..=299 => Ok(self.follow(news).await),
            408 => Err(TransferError::Silent),
            481 => Err(TransferError::Gone),
            status => Err(TransferError::Refused { status }),
        }
    }

    /// Follows the news to their end.
    async fn follow(&self, mut news: mpsc::Receiver<News>) -> TransferOutcome {
        let over = self.entry.dialog.cancel_token().clone();
        let end = async {
            while let Some(News { status, last }) = news.recv().await {
                match status {
                    Some(200..=299) => return TransferOutcome::Done,
                    Some(status @ 300..) => return TransferOutcome::Failed { status },
                    _ if last => return TransferOutcome::Accepted,
                    _ => {}
                }
            }
            TransferOutcome::Accepted
        };
        tokio::select! {
            outcome = end => outcome,
            () = over.cancelled() => TransferOutcome::Accepted,
            () = tokio::time::sleep(ATTEMPT) => TransferOutcome::Accepted,
        }
    }
}

fn sends_no_news(response: &Response) -> bool {
    response.headers().iter().any(|header| match header {
        Header::Other(name, value) => {
            name.eq_ignore_ascii_case("refer-sub") && value.trim().eq_ignore_ascii_case("false")
        }
        _ => false,
    })
}

/// Reads a NOTIFY about a transfer; `None` when it is about something else or cannot be read.
pub(crate) fn read_news(notify: &Request) -> Option<News> {
    let value = |wanted: fn(&Header) -> Option<String>| notify.headers.iter().find_map(wanted);
    let event = value(|header| match header {
        Header::Event(event) => Some(event.value().to_owned()),
        _ => None,
    })?;
    let event = event.split(';').next().unwrap_or_default().trim();
    if !event.eq_ignore_ascii_case("refer") {
        return None;
    }
    let state = value(|header| match header {
        Header::SubscriptionState(state) => Some(state.value().to_owned()),
        _ => None,
    });
    let state = state.unwrap_or_default();
    let state = state.split(';').next().unwrap_or_default().trim();
    Some(News { status: status_in(&notify.body), last: state.eq_ignore_ascii_case("terminated") })
}

/// The status in a piece of a message (RFC 3420).
fn status_in(body: &[u8]) -> Option<u16> {
    let line = body.split(|byte| *byte == b'\r' || *byte == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..64).unwrap_or(line)).ok()?;
    let rest = line.trim_start().strip_prefix("SIP/2.0 ")?;
    rest.get(..3)?.parse().ok().filter(|status| (100..700).contains(status))
}

/// `text` as it may stand in a header of an address (RFC 3261 section 19.1.1).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.extend([byte >> 4, byte & 15].map(|digit| {
                char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
            }));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_and_nothing_else() {
        assert_eq!(status_in(b"SIP/2.0 200 OK\r\nTo: x"), Some(200));
        assert_eq!(status_in(b"SIP/2.0 603"), Some(603));
        for body in
            [&b""[..], b"SIP/2.0 ", b"SIP/2.0 20", b"SIP/2.0 999 X", b"HTTP/1.1 200", &[b'x'; 99]]
        {
            assert_eq!(status_in(body), None, "{body:?}");
        }
    }

    #[test]
    fn what_separates_parameters_is_escaped() {
        assert_eq!(escaped("a@b;to-tag=1"), "a%40b%3Bto-tag%3D1");
    }
}
