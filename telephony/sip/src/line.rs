//! What a [`crate::Call`] asks the other side itself, without going through its task.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rsipstack::sip::{Header, Method};

use crate::dial::status_of;
use crate::reception::CallEntry;
use crate::screen::ALLOW;

/// A call's way to its dialog.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) entry: Arc<CallEntry>,
}

/// Why the other side did not take a change of the session; the session goes on as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ReofferError {
    /// The other side, or we, are changing the session already: try again after a moment (2.1 to
    /// 4 s when we placed the call, up to 2 s otherwise; RFC 3261 section 14.1).
    #[error("the session is being changed already")]
    UnderWay,
    /// It does not want the change.
    #[error("the other side refuses the change with status {status}")]
    Refused {
        /// A status from 300 to 699.
        status: u16,
    },
    /// It did not answer.
    #[error("the other side did not answer")]
    Silent,
    /// It answered without a session description.
    #[error("the other side answered without a session description")]
    NoAnswer,
    /// The call is over.
    #[error("the call is over")]
    Gone,
}

impl Line {
    /// Offers another session (re-INVITE, RFC 3261 section 14.1); returns the answer.
    pub(crate) async fn reoffer(&self, sdp: &str) -> Result<String, ReofferError> {
        let entry = &self.entry;
        let busy = entry.changing.load(Ordering::SeqCst);
        if busy || entry.asking.swap(true, Ordering::SeqCst) {
            return Err(ReofferError::UnderWay);
        }
        let body = sdp.as_bytes().to_vec();
        let headers =
            vec![Header::ContentType("application/sdp".into()), Header::Allow(ALLOW.into())];
        let asked = entry.clone();
        // The transaction has to end even when nobody waits for it any more.
        let asking = tokio::spawn(async move {
            let response = asked.ask(Method::Invite, headers, body).await;
            asked.asking.store(false, Ordering::SeqCst);
            response
        });
        let response = asking.await.map_err(|_| ReofferError::Gone)?;
        let response = response.map_err(|_| ReofferError::Silent)?.ok_or(ReofferError::Gone)?;
        match status_of(&response) {
            200..=299 => {
                let answer = String::from_utf8(response.body).ok();
                answer.filter(|answer| !answer.is_empty()).ok_or(ReofferError::NoAnswer)
            }
            491 => Err(ReofferError::UnderWay),
            408 => Err(ReofferError::Silent),
            481 => Err(ReofferError::Gone),
            status => Err(ReofferError::Refused { status }),
        }
    }
}
