use askama::Template;
use axum::response::Response;
use mostik_domain::{
    Address, AddressKind, FeedbackState, LiveCall, LiveStage, Notice, NoticeId, NoticeState,
    Promise, PromiseState, ReturnPath,
};
use mostik_store::{FeedbackCard, FeedbackFilter, JobState, PageRequest};

use super::{
    feedback_list::{FeedbackRow, row},
    shell::{Here, Shell, Visit, private_page},
};
use crate::{error::ProblemDocument, guard::Operator, wording::When};

/// Feedbacks that wait, shown at most.
const WAITING_SHOWN: u32 = 100;
/// Newest feedbacks among which late promises are looked for.
const LOOKED_THROUGH: u32 = 200;

#[derive(Template)]
#[template(path = "triage.html")]
struct TriagePage {
    shell: Shell,
    waiting_count: u64,
    /// Callers who wait for a person now.
    on_the_line: usize,
    dead_count: u64,
    waiting: Vec<FeedbackRow>,
    calls: Vec<CallRow>,
    late: Vec<LateRow>,
}

/// A customer who waits for a call.
struct CallRow {
    notice: NoticeId,
    whom: String,
    dial: Option<String>,
    about: &'static str,
    text: String,
    since: When,
    feedback: FeedbackRow,
}

/// A promise that is overdue or broken.
struct LateRow {
    due: When,
    broken: bool,
    feedback: FeedbackRow,
}

/// What waits for a person.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
) -> Result<Response, ProblemDocument> {
    let store = &visit.state.store;
    let waits = FeedbackFilter {
        state: Some("needs_review".to_owned()),
        by_urgency: true,
        ..Default::default()
    };
    let request = PageRequest { limit: WAITING_SHOWN, after: None };
    let waiting = store.feedback_page(&waits, &request).await?;
    let waiting_count = store.feedback_count(&waits).await?;
    let newest = PageRequest { limit: LOOKED_THROUGH, after: None };
    let newest = store.feedback_page(&FeedbackFilter::default(), &newest).await?;
    let calls = store.awaiting_call().await?;
    let live = store.live_calls().await?;
    let jobs = store.job_counts().await?;
    let dead = jobs.iter().filter(|jobs| jobs.state == JobState::Dead);
    private_page(&TriagePage {
        shell: visit.staff(&person, Here::Triage).await?,
        waiting_count,
        on_the_line: live.iter().filter(|call| is_waiting(call)).count(),
        dead_count: dead.map(|jobs| jobs.count).sum(),
        waiting: waiting.items.iter().map(|card| row(&visit, card)).collect(),
        calls: calls.iter().map(|(notice, card)| call(&visit, notice, card)).collect(),
        late: newest.items.iter().filter_map(|card| late(&visit, card)).collect(),
    })
}

fn is_waiting(call: &LiveCall) -> bool {
    matches!(call.stage, LiveStage::Waiting { .. })
}

fn call(visit: &Visit, notice: &Notice, card: &FeedbackCard) -> CallRow {
    let since = match notice.state {
        NoticeState::AwaitingCall { since, .. } => since,
        _ => notice.created_at,
    };
    let (whom, dial) = match &card.feedback.return_path {
        ReturnPath::Reply { address, .. } => (address.value.reveal().to_owned(), dial(address)),
        ReturnPath::None(_) => (String::new(), None),
    };
    CallRow {
        notice: notice.id,
        whom,
        dial,
        about: visit.w().notice(notice.kind),
        text: notice.text.reveal().to_owned(),
        since: visit.when(since),
        feedback: row(visit, card),
    }
}

/// A link that a softphone opens.
fn dial(address: &Address) -> Option<String> {
    let value = address.value.reveal();
    match address.kind {
        AddressKind::Sip if value.starts_with("sip:") || value.starts_with("sips:") => {
            Some(value.to_owned())
        }
        AddressKind::Sip | AddressKind::Phone => Some(format!("tel:{value}")),
        _ => None,
    }
}

fn late(visit: &Visit, card: &FeedbackCard) -> Option<LateRow> {
    let promise = card.promises.iter().find(|promise| is_late(promise, card, visit))?;
    Some(LateRow {
        due: visit.when(promise.due_at),
        broken: matches!(promise.state, PromiseState::Broken { .. }),
        feedback: row(visit, card),
    })
}

/// Overdue, or broken while nothing has come of the feedback yet.
fn is_late(promise: &Promise, card: &FeedbackCard, visit: &Visit) -> bool {
    let closed = matches!(
        card.feedback.state,
        FeedbackState::Resolved { .. } | FeedbackState::Declined { .. }
    );
    match promise.state {
        PromiseState::Due => promise.due_at <= visit.now,
        PromiseState::Kept { .. } => false,
        PromiseState::Broken { .. } => {
            let newest = card.promises.last().is_some_and(|last| last.id == promise.id);
            newest && !closed
        }
    }
}
