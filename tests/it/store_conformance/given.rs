//! What the behaviours begin with.

use jiff::{SignedDuration, Timestamp, ToSpan};
use mostik_domain::{
    AcceptanceStage, Address, AddressKind, Answered, BoardColumn, BoardIssue, BoardIssueId, Call,
    CallFacts, CallId, Capture, Captured, Cause, Change, Channel, Classification, Confidence,
    DecidedBy, Decision, Feedback, FeedbackId, FeedbackState, Inbound, InboundCall, InboxId, Issue,
    IssueId, IssueState, Job, JobId, Language, Marker, NewJob, NoReturnPath, OfficeHours, Problem,
    ProblemId, ProblemState, Recording, ReturnPath, RootCause, Step, capture,
};
use mostik_store::{Lease, PageRequest};
use uuid::Uuid;

use super::Backend;

pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// So many seconds into the story.
pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-05-04T09:00:00.123456Z".parse().expect("a time");
    start + seconds.seconds()
}

pub(super) fn fresh() -> Uuid {
    Uuid::now_v7()
}

fn always() -> OfficeHours {
    OfficeHours::new("UTC", &["Mon-Sun 00:00-24:00".to_owned()], &[]).expect("valid hours")
}

pub(super) fn inbox() -> InboxId {
    InboxId::new(Channel::Web, "form")
}

/// A Discord user's address: the channel vouches for it.
pub(super) fn proved(value: &str) -> Address {
    Address { kind: AddressKind::Discord, value: value.into(), proved: true }
}

/// A written message, at `at(0)`.
pub(super) fn inbound(external_id: &str, text: &str) -> Inbound {
    Inbound {
        inbox: inbox(),
        channel: Channel::Web,
        external_id: external_id.to_owned(),
        address: None,
        return_path: ReturnPath::None(NoReturnPath::OwnPageOnly),
        name: None,
        language: Language::Russian,
        text: text.into(),
        page: Some("/cart".to_owned()),
        claimed: None,
        at: at(0),
    }
}

pub(super) fn captured_from(inbound: Inbound) -> Capture {
    capture::message(inbound, &always(), 30, &fresh)
}

pub(super) fn call_capture(file: &str) -> Capture {
    let call = Call {
        id: CallId::new(fresh()),
        line: "support".to_owned(),
        caller: "sip:anna@example.org".into(),
        language: Language::Russian,
        arrived_at: at(0),
        answered_at: Some(at(1)),
        tone_at: Some(at(9)),
        ended_at: at(30),
        termination: "completed/caller_hung_up".to_owned(),
        recording: Some(Recording {
            file: file.to_owned(),
            milliseconds: 21_000,
            bytes: 336_044,
            channels: 1,
        }),
        codec: Some("PCMA".to_owned()),
        facts: CallFacts { keys: 1, ..CallFacts::default() },
        direction: mostik_domain::Direction::Incoming,
        waited: None,
        talks: Vec::new(),
        confirmed: None,
        note: None,
    };
    let address = Address { kind: AddressKind::Sip, value: call.caller.clone(), proved: true };
    let inbound = InboundCall {
        inbox: InboxId::new(Channel::Phone, "support"),
        return_path: ReturnPath::Reply { address: address.clone(), room: None },
        address: Some(address),
        name: Some("Анна".into()),
        promised: Some((at(8), at(1_808))),
        call,
    };
    capture::call(inbound, &always(), 30, &fresh)
}

/// A captured message.
pub(super) async fn captured(store: &dyn Backend, external_id: &str, text: &str) -> Captured {
    store.capture(captured_from(inbound(external_id, text))).await.expect("a capture")
}

pub(super) async fn feedback(store: &dyn Backend, id: FeedbackId) -> Feedback {
    store.feedback(id).await.expect("a read").expect("the feedback")
}

/// Stores a decision that no job asked for.
pub(super) async fn submitted(store: &dyn Backend, changes: Vec<Change>) {
    let decision = Decision { changes, next_jobs: Vec::new() };
    store.submit(decision, at(5)).await.expect("a submitted decision");
}

pub(super) async fn queued(store: &dyn Backend, jobs: Vec<NewJob>) {
    let decision = Decision { changes: Vec::new(), next_jobs: jobs };
    store.submit(decision, at(0)).await.expect("queued jobs");
}

pub(super) fn job(key: &str, job: Job, run_at: Timestamp) -> NewJob {
    NewJob { id: JobId::new(fresh()), job, dedup_key: key.to_owned(), run_at }
}

/// A job in a lane of its own.
pub(super) fn filing(key: &str, run_at: Timestamp) -> NewJob {
    job(key, Job::File { problem: ProblemId::new(fresh()) }, run_at)
}

/// Two kinds of work on one issue: the same lane.
pub(super) fn looks(issue: IssueId, count: usize) -> Vec<NewJob> {
    (0..count).map(|i| job(&format!("look:{issue}:{i}"), Job::Look { issue }, at(0))).collect()
}

pub(super) async fn claimed(store: &dyn Backend, now: Timestamp) -> Option<Lease> {
    store.claim(&Step::ALL, now, LEASE).await.expect("a claim")
}

pub(super) fn classification(cause: RootCause) -> Classification {
    Classification {
        root_cause: cause.clone(),
        confidence: Confidence::new(0.87),
        causes: vec![Cause { root_cause: cause, score: Confidence::new(0.87) }],
        decided_by: DecidedBy::Model { version: "local/1".to_owned() },
        evidence: vec!["опоздал".into()],
        understanding: None,
        at: at(2),
    }
}

pub(super) fn problem(team: &str, title: &str, keys: &[u64]) -> Problem {
    Problem {
        id: ProblemId::new(fresh()),
        root_cause: RootCause::Delivery,
        owner_team: team.to_owned(),
        title: title.to_owned(),
        pattern: title.into(),
        likeness_keys: keys.to_vec(),
        state: ProblemState::Open,
        stage: AcceptanceStage::NoSignal,
        stage_since: at(3),
        last_comment: None,
        opened_at: at(3),
        revision: 0,
    }
}

/// Opens a problem, whatever the count is.
pub(super) async fn opened(store: &dyn Backend, problem: &Problem) {
    let (_, gathering) = store.look_alikes(&problem.owner_team, &[]).await.expect("a count");
    submitted(store, vec![Change::OpenProblem { problem: problem.clone(), gathering }]).await;
}

/// Moves a captured feedback on until it is under the problem.
pub(super) async fn routed(store: &dyn Backend, id: FeedbackId, problem: &Problem) -> Feedback {
    let feedback = feedback(store, id).await;
    let answered = FeedbackState::Answered(Answered {
        classification: classification(problem.root_cause.clone()),
        answered_at: at(3),
    });
    let state = answered.routed_to(&problem.owner_team, problem.id, at(4)).expect("a route");
    submitted(store, vec![Change::SaveFeedback(feedback.in_state(state, at(4)))]).await;
    self::feedback(store, id).await
}

pub(super) fn issue(problem: ProblemId, tracker: &str, project: &str, key: &str) -> Issue {
    Issue {
        id: IssueId::new(fresh()),
        problem,
        tracker: tracker.to_owned(),
        project: project.to_owned(),
        key: key.to_owned(),
        url: format!("https://tracker.example/{project}/{key}"),
        state: IssueState::Open,
        told_count: 1,
        filed_at: at(6),
        read_until: None,
        revision: 0,
    }
}

pub(super) fn board_issue(project: &str, problem: ProblemId) -> BoardIssue {
    BoardIssue {
        id: BoardIssueId::new(fresh()),
        project: project.to_owned(),
        number: 0,
        marker: Marker::of(problem).as_str().to_owned(),
        title: "Курьер опаздывает".to_owned(),
        body: "Три покупателя…".to_owned(),
        column: BoardColumn::New,
        labels: vec!["feedback".to_owned()],
        assignee: None,
        filed_at: at(6),
        revision: 0,
    }
}

pub(super) fn first(limit: u32) -> PageRequest {
    PageRequest { limit, after: None }
}
