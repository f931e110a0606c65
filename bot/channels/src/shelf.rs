//! A store for unit tests: keeps what channels write and answers what they ask.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::*;
use mostik_store::*;
use tokio::sync::broadcast;

use crate::shelf_phone::{PhoneShelf, waits};

/// Captures in their order, and how far projects were read.
#[derive(Debug)]
pub(crate) struct Shelf {
    captures: Mutex<Vec<Capture>>,
    cursors: Mutex<Vec<(String, String, Timestamp)>>,
    calls: Mutex<Vec<Call>>,
    phone: Mutex<PhoneShelf>,
    changes: broadcast::Sender<Changed>,
    /// This many captures fail before one succeeds.
    pub(crate) failures: Mutex<u32>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            captures: Mutex::default(),
            cursors: Mutex::default(),
            calls: Mutex::default(),
            phone: Mutex::default(),
            changes: broadcast::channel(64).0,
            failures: Mutex::default(),
        }
    }
}

impl Shelf {
    pub(crate) fn captures(&self) -> Vec<Capture> {
        locked(&self.captures).clone()
    }

    /// Calls that became no feedback.
    pub(crate) fn calls(&self) -> Vec<Call> {
        locked(&self.calls).clone()
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_asked() -> StoreError {
    StoreError::Corrupt { why: "no channel asks this".into() }
}

fn captured(capture: &Capture, new: bool) -> Captured {
    Captured {
        feedback: capture.feedback.id,
        reference: capture.feedback.reference.clone(),
        promise: capture.promise.clone(),
        new,
    }
}

#[async_trait]
impl Store for Shelf {
    async fn capture(&self, capture: Capture) -> Result<Captured, StoreError> {
        let mut failures = locked(&self.failures);
        if *failures > 0 {
            *failures -= 1;
            return Err(StoreError::Unavailable { why: "as the test wants".into() });
        }
        let mut captures = locked(&self.captures);
        let same = |it: &&Capture| {
            (&it.message.inbox, &it.message.external_id)
                == (&capture.message.inbox, &capture.message.external_id)
        };
        if let Some(before) = captures.iter().find(same) {
            return Ok(captured(before, false));
        }
        let answer = captured(&capture, true);
        captures.push(capture);
        Ok(answer)
    }

    async fn submit(&self, decision: Decision, _: Timestamp) -> Result<(), StoreError> {
        let mut calls = false;
        for change in decision.changes {
            let Some(change) = locked(&self.phone).keep(change)? else {
                calls = true;
                continue;
            };
            match change {
                Change::SetCursor { tracker, project, read_until } => {
                    locked(&self.cursors).push((tracker, project, read_until));
                }
                Change::SaveCall(call) => locked(&self.calls).push(call),
                _ => return Err(not_asked()),
            }
        }
        // Nobody may be listening.
        let _ = self.changes.send(Changed { calls, ..Changed::default() });
        Ok(())
    }

    fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    async fn newest_external_id(
        &self,
        inbox: &str,
        prefix: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(locked(&self.captures)
            .iter()
            .map(|it| &it.message)
            .filter(|it| it.inbox.as_str() == inbox && it.external_id.starts_with(prefix))
            .max_by_key(|it| it.at)
            .map(|it| it.external_id.clone()))
    }

    async fn cursor(&self, tracker: &str, project: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(locked(&self.cursors)
            .iter()
            .rfind(|(t, p, _)| t == tracker && p == project)
            .map(|(_, _, at)| *at))
    }

    async fn feedback_page(
        &self,
        _: &FeedbackFilter,
        page: &PageRequest,
    ) -> Result<Page<FeedbackCard>, StoreError> {
        let captures = locked(&self.captures);
        let skip = page.after.as_ref().map_or(0, |it| it.parse().unwrap_or(usize::MAX));
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let items: Vec<_> = captures.iter().rev().skip(skip).take(limit).map(card).collect();
        let seen = skip + items.len();
        Ok(Page { items, next: (seen < captures.len()).then(|| seen.to_string()) })
    }

    async fn claim(
        &self,
        _: &[Step],
        _: Timestamp,
        _: SignedDuration,
    ) -> Result<Option<Lease>, StoreError> {
        Err(not_asked())
    }

    async fn commit(&self, _: &Lease, _: Decision, _: Timestamp) -> Result<(), StoreError> {
        Err(not_asked())
    }

    async fn release(&self, _: &Lease, _: Release, _: Timestamp) -> Result<(), StoreError> {
        Err(not_asked())
    }

    async fn run_again(&self, _: JobId, _: Timestamp) -> Result<(), StoreError> {
        Err(not_asked())
    }

    async fn next_due(&self, _: &[Step]) -> Result<Option<Timestamp>, StoreError> {
        Err(not_asked())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Err(not_asked())
    }

    async fn feedback(&self, _: FeedbackId) -> Result<Option<Feedback>, StoreError> {
        Err(not_asked())
    }

    async fn feedback_count(&self, _: &FeedbackFilter) -> Result<u64, StoreError> {
        Err(not_asked())
    }

    async fn feedback_details(&self, _: FeedbackId) -> Result<Option<FeedbackDetails>, StoreError> {
        Err(not_asked())
    }

    async fn judgements(
        &self,
        _: Timestamp,
        _: u32,
    ) -> Result<Vec<agreement::Judgement>, StoreError> {
        Err(not_asked())
    }

    async fn taught(&self, _: u32) -> Result<Vec<(Feedback, Classification)>, StoreError> {
        Err(not_asked())
    }

    async fn customer(&self, _: CustomerId) -> Result<Option<Customer>, StoreError> {
        Err(not_asked())
    }

    async fn messages(&self, _: FeedbackId) -> Result<Vec<Message>, StoreError> {
        Err(not_asked())
    }

    async fn call(&self, _: CallId) -> Result<Option<Call>, StoreError> {
        Err(not_asked())
    }

    async fn call_card(&self, _: CallId) -> Result<Option<CallCard>, StoreError> {
        Err(not_asked())
    }

    async fn call_page(&self, _: &PageRequest) -> Result<Page<CallCard>, StoreError> {
        Err(not_asked())
    }

    async fn transcript(&self, _: FeedbackId) -> Result<Option<Transcript>, StoreError> {
        Err(not_asked())
    }

    async fn latest_feedback_of(&self, address: &Address) -> Result<Option<Feedback>, StoreError> {
        let same = |it: &&Capture| {
            it.address
                .as_ref()
                .is_some_and(|known| (known.kind, &known.value) == (address.kind, &address.value))
        };
        Ok(locked(&self.captures).iter().rfind(same).map(|it| it.feedback.clone()))
    }

    async fn calls_of(&self, _: CustomerId, _: u32) -> Result<Vec<CallCard>, StoreError> {
        Err(not_asked())
    }

    async fn talks_without_a_note(
        &self,
        _: &str,
        _: Timestamp,
    ) -> Result<Vec<CallCard>, StoreError> {
        Err(not_asked())
    }

    async fn recent_waits(&self, line: &str, most: u32) -> Result<Vec<Waited>, StoreError> {
        let (captures, calls) = (locked(&self.captures), locked(&self.calls));
        let captured = captures.iter().filter_map(|it| it.call.as_ref());
        let mut all: Vec<&Call> = captured.chain(calls.iter()).collect();
        all.sort_by_key(|call| call.id);
        Ok(waits(all.into_iter(), line, most))
    }

    async fn attendance(&self) -> Result<Vec<Attendance>, StoreError> {
        Ok(locked(&self.phone).attendance.clone())
    }

    async fn live_calls(&self) -> Result<Vec<LiveCall>, StoreError> {
        Ok(locked(&self.phone).live_calls.clone())
    }

    async fn live_call(&self, id: CallId) -> Result<Option<LiveCall>, StoreError> {
        Ok(locked(&self.phone).live_calls.iter().find(|it| it.id == id).cloned())
    }

    async fn desk_orders(&self, now: Timestamp) -> Result<Vec<DeskOrder>, StoreError> {
        Ok(locked(&self.phone).open_orders(now))
    }

    async fn outages(&self) -> Result<Vec<Outage>, StoreError> {
        Ok(locked(&self.phone).outages.clone())
    }

    async fn call_backs(&self) -> Result<Vec<CallBack>, StoreError> {
        Ok(locked(&self.phone).kept_places())
    }

    async fn call_back(&self, id: CallBackId) -> Result<Option<CallBack>, StoreError> {
        Ok(locked(&self.phone).call_backs.iter().find(|it| it.id == id).cloned())
    }

    async fn call_back_of(&self, call: CallId) -> Result<Option<CallBack>, StoreError> {
        Ok(locked(&self.phone).call_backs.iter().find(|it| it.call == call).cloned())
    }

    async fn promise(&self, _: PromiseId) -> Result<Option<Promise>, StoreError> {
        Err(not_asked())
    }

    async fn promises(&self, _: FeedbackId) -> Result<Vec<Promise>, StoreError> {
        Err(not_asked())
    }

    async fn notice(&self, _: NoticeId) -> Result<Option<Notice>, StoreError> {
        Err(not_asked())
    }

    async fn notice_of(&self, _: FeedbackId, _: NoticeKind) -> Result<Option<Notice>, StoreError> {
        Err(not_asked())
    }

    async fn awaiting_call(&self) -> Result<Vec<(Notice, FeedbackCard)>, StoreError> {
        Err(not_asked())
    }

    async fn problem(&self, _: ProblemId) -> Result<Option<Problem>, StoreError> {
        Err(not_asked())
    }

    async fn problem_page(
        &self,
        _: &ProblemFilter,
        _: &PageRequest,
    ) -> Result<Page<ProblemCard>, StoreError> {
        Err(not_asked())
    }

    async fn problem_details(&self, _: ProblemId) -> Result<Option<ProblemDetails>, StoreError> {
        Err(not_asked())
    }

    async fn look_alikes(&self, _: &str, _: &[u64]) -> Result<(Vec<Problem>, u64), StoreError> {
        Err(not_asked())
    }

    async fn problems_sharing_words(&self, _: &str, _: u32) -> Result<Vec<ProblemId>, StoreError> {
        Err(not_asked())
    }

    async fn open_problems(&self, _: u32) -> Result<Vec<ProblemId>, StoreError> {
        Err(not_asked())
    }

    async fn voiced_problems(&self, _: &[ProblemId]) -> Result<Vec<VoicedProblem>, StoreError> {
        Err(not_asked())
    }

    async fn unfiled_feedback(&self, _: ProblemId) -> Result<Vec<Feedback>, StoreError> {
        Err(not_asked())
    }

    async fn feedback_of_problem(&self, _: ProblemId) -> Result<Vec<Feedback>, StoreError> {
        Err(not_asked())
    }

    async fn issue(&self, _: IssueId) -> Result<Option<Issue>, StoreError> {
        Err(not_asked())
    }

    async fn issue_of_problem(&self, _: ProblemId) -> Result<Option<Issue>, StoreError> {
        Err(not_asked())
    }

    async fn issue_by_key(&self, _: &str, _: &str, _: &str) -> Result<Option<Issue>, StoreError> {
        Err(not_asked())
    }

    async fn board(&self, _: Option<&str>) -> Result<Vec<BoardCard>, StoreError> {
        Err(not_asked())
    }

    async fn board_issue(&self, _: BoardIssueId) -> Result<Option<BoardCard>, StoreError> {
        Err(not_asked())
    }

    async fn board_issue_by_number(&self, _: u64) -> Result<Option<BoardCard>, StoreError> {
        Err(not_asked())
    }

    async fn board_issue_by_marker(&self, _: &str) -> Result<Option<BoardCard>, StoreError> {
        Err(not_asked())
    }

    async fn prune_calls(&self, _: KeepCalls) -> Result<u64, StoreError> {
        Err(not_asked())
    }

    async fn job_page(
        &self,
        _: &JobFilter,
        _: &PageRequest,
    ) -> Result<Page<JobRecord>, StoreError> {
        Err(not_asked())
    }

    async fn job_counts(&self) -> Result<Vec<WaitingJobs>, StoreError> {
        Err(not_asked())
    }
}

fn card(capture: &Capture) -> FeedbackCard {
    FeedbackCard {
        feedback: capture.feedback.clone(),
        customer: capture.customer.clone(),
        issue: None,
        promises: vec![capture.promise.clone()],
        notices: vec![capture.notice.clone()],
    }
}
