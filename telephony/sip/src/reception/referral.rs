//! A transfer that the other side asks for (RFC 3515).

use std::sync::Arc;

use rsipstack::dialog::dialog::TransactionHandle;
use rsipstack::sip::{Header, Method, Request, StatusCode};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::registration::values;
use super::registry::CallEntry;
use crate::Transfer;
use crate::screen::{parse_address, scheme, split_list};

/// The longest address to be referred to, in bytes.
const MAX_TARGET: usize = 1024;

/// Reports of one transfer that wait to be sent.
const WAITING: usize = 16;

type Report = (Vec<Header>, Vec<u8>);

/// A transfer under way.
pub(super) struct Referral {
    handle: Option<TransactionHandle>,
    decide_by: Instant,
    over: bool,
    reports: Option<Reporter>,
    /// The other side wants no reports (RFC 4488).
    silent: bool,
}

impl Referral {
    /// Reads where a REFER leads; `Err` is the status that refuses it.
    pub(super) fn read(request: &Request) -> Result<Transfer, u16> {
        let mut targets = values(request, "Refer-To");
        targets.extend(values(request, "r"));
        let [target] = targets.as_slice() else {
            return Err(400);
        };
        if split_list(target).len() != 1 || target.len() > MAX_TARGET {
            return Err(400);
        }
        let address = parse_address(target).ok_or(400_u16)?;
        let known = ["sip", "sips", "tel"];
        let scheme = scheme(address.uri).ok_or(400_u16)?;
        if !known.iter().any(|name| scheme.eq_ignore_ascii_case(name)) {
            return Err(416);
        }
        let (target, headers) = address.uri.split_once('?').unwrap_or((address.uri, ""));
        let replaces = headers.split('&').any(|header| {
            header.get(..9).is_some_and(|name| name.eq_ignore_ascii_case("replaces="))
        });
        Ok(Transfer { target: target.to_owned(), attended: replaces })
    }

    pub(super) fn begun(request: &Request, handle: TransactionHandle, decide_by: Instant) -> Self {
        let silent = values(request, "Refer-Sub").iter().any(|v| v.eq_ignore_ascii_case("false"));
        Self { handle: Some(handle), decide_by, over: false, reports: None, silent }
    }

    /// Until when the application has to decide, unless it did.
    pub(super) fn decide_by(&self) -> Option<Instant> {
        self.handle.as_ref().map(|_| self.decide_by)
    }

    /// Whether the last word is told.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) async fn refuse(self, status: u16) {
        if let Some(handle) = self.handle {
            // It fails when the call ended meanwhile.
            handle.respond(StatusCode::from(status), None, None).await.ok();
        }
    }

    /// 202, and the report that every accepted transfer begins with.
    pub(super) async fn accept(&mut self, entry: &Arc<CallEntry>) {
        let Some(handle) = self.handle.take() else {
            return;
        };
        let quietly = self.silent.then(|| vec![Header::Other("Refer-Sub".into(), "false".into())]);
        handle.respond(StatusCode::Accepted, quietly, None).await.ok();
        self.report(entry, 100);
    }

    /// Tells how the transfer goes; a status from 200 on is the last word.
    pub(super) fn report(&mut self, entry: &Arc<CallEntry>, status: u16) {
        if self.over || self.handle.is_some() {
            return;
        }
        self.over = status >= 200;
        if self.silent {
            return;
        }
        let state = if status < 200 { "active;expires=60" } else { "terminated;reason=noresource" };
        let status = StatusCode::from(status);
        let headers = vec![
            Header::Event("refer".into()),
            Header::SubscriptionState(state.into()),
            Header::ContentType("message/sipfrag;version=2.0".into()),
        ];
        let body = format!("SIP/2.0 {status}\r\n").into_bytes();
        let reports = self.reports.get_or_insert_with(|| reporter(entry.clone()));
        // Sixteen reports that nobody answered say enough.
        reports.queue.try_send((headers, body)).ok();
    }
}

/// Sends reports one after the other, so that a later one does not overtake an earlier one. Ends
/// with the call.
struct Reporter {
    queue: mpsc::Sender<Report>,
    _task: AbortOnDropHandle<()>,
}

fn reporter(entry: Arc<CallEntry>) -> Reporter {
    let (queue, mut waiting) = mpsc::channel::<Report>(WAITING);
    let task = tokio::spawn(async move {
        while let Some((headers, body)) = waiting.recv().await {
            entry.ask(Method::Notify, headers, body).await.ok();
        }
    });
    Reporter { queue, _task: AbortOnDropHandle::new(task) }
}
