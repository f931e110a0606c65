use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{
    Address, Attendance, BoardIssueId, Call, CallBack, CallBackId, CallId, Capture, Captured,
    Classification, Customer, CustomerId, Decision, DeskOrder, Feedback, FeedbackId, Issue,
    IssueId, JobId, LiveCall, Message, Notice, NoticeId, NoticeKind, Outage, Problem, ProblemId,
    Promise, PromiseId, Step, Transcript, Waited, agreement::Judgement,
};
use tokio::sync::broadcast;

use crate::{
    BoardCard, CallCard, FeedbackCard, FeedbackDetails, FeedbackFilter, JobFilter, JobRecord,
    Lease, Page, PageRequest, ProblemCard, ProblemDetails, ProblemFilter, Release, StoreError,
    VoicedProblem, WaitingJobs,
};

/// Tells that something was committed: wakes workers, and open pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// Jobs were queued.
    pub jobs: bool,
    /// The feedback that changed, when it was one.
    pub feedback: Option<FeedbackId>,
    /// The problem that changed, when it was one.
    pub problem: Option<ProblemId>,
    /// Who is there, who waits, who talks, who is to be called back, what is told to
    /// callers, or an order of the desk: the phone looks for orders.
    pub calls: bool,
}

/// Which calls stay explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepCalls {
    /// Those that arrived at this time or later …
    pub since: Timestamp,
    /// … but only so many, the newest.
    pub newest: u32,
}

/// Where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    // ── writes ──────────────────────────────────────────────────────────────

    /// Stores what came in, once: a second capture with the same
    /// `(inbox, external_id)` stores nothing and returns the first one's feedback.
    async fn capture(&self, capture: Capture) -> Result<Captured, StoreError>;

    /// Hands out the longest-waiting due job of one of the steps, whose lane is
    /// free, and whose lease, if it had one, has run out.
    async fn claim(
        &self,
        steps: &[Step],
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<Lease>, StoreError>;

    /// Stores the decision and marks the job done, if the lease still holds.
    async fn commit(
        &self,
        lease: &Lease,
        decision: Decision,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives a job back.
    async fn release(
        &self,
        lease: &Lease,
        release: Release,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Stores a decision that no job asked for: a person's, or a webhook's.
    async fn submit(&self, decision: Decision, now: Timestamp) -> Result<(), StoreError>;

    /// Makes a dead job ready again. Its next attempt is the second, because an
    /// earlier one may have got as far as the outside call.
    async fn run_again(&self, job: JobId, now: Timestamp) -> Result<(), StoreError>;

    /// Forgets what explains calls that are older than is asked for: their SIP
    /// messages, and, of those that became no feedback, the whole call. What a
    /// feedback refers to stays. So are kept places in queues that are over and were
    /// asked for before `since`. Some at a time: says how many, 0 when none is left.
    async fn prune_calls(&self, keep: KeepCalls) -> Result<u64, StoreError>;

    // ── waking ──────────────────────────────────────────────────────────────

    /// Hears of commits, of other nodes too where the backend can tell.
    fn changes(&self) -> broadcast::Receiver<Changed>;

    /// When the next job of these steps will be due; `None` when none waits.
    async fn next_due(&self, steps: &[Step]) -> Result<Option<Timestamp>, StoreError>;

    // ── reads ───────────────────────────────────────────────────────────────

    /// Answers when the database does.
    async fn ping(&self) -> Result<(), StoreError>;

    /// One feedback.
    async fn feedback(&self, id: FeedbackId) -> Result<Option<Feedback>, StoreError>;

    /// A page of feedbacks, newest first.
    async fn feedback_page(
        &self,
        filter: &FeedbackFilter,
        page: &PageRequest,
    ) -> Result<Page<FeedbackCard>, StoreError>;

    /// How many feedbacks match.
    async fn feedback_count(&self, filter: &FeedbackFilter) -> Result<u64, StoreError>;

    /// Everything about one feedback.
    async fn feedback_details(&self, id: FeedbackId)
    -> Result<Option<FeedbackDetails>, StoreError>;

    /// The newest feedback of the customer whom an address belongs to: what a caller
    /// may want to hear of first.
    async fn latest_feedback_of(&self, address: &Address) -> Result<Option<Feedback>, StoreError>;

    /// Feedbacks whose cause a person has named, with the newest such
    /// classification: an operator's, without one the customer's. What a
    /// classifier can learn. The `limit` newest decisions, newest first.
    async fn taught(&self, limit: u32) -> Result<Vec<(Feedback, Classification)>, StoreError>;

    /// What persons named since then, each with what the model had said last
    /// before: of each feedback the newest of the desk and that of the
    /// customer. The `limit` newest, newest first.
    async fn judgements(&self, since: Timestamp, limit: u32) -> Result<Vec<Judgement>, StoreError>;

    /// One customer.
    async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError>;

    /// A correspondence about one feedback, oldest first.
    async fn messages(&self, id: FeedbackId) -> Result<Vec<Message>, StoreError>;

    /// The external id of the newest stored message of the customer side in an
    /// inbox whose external id begins with `prefix`: where a channel reads on after a break.
    async fn newest_external_id(
        &self,
        inbox: &str,
        prefix: &str,
    ) -> Result<Option<String>, StoreError>;

    /// One call.
    async fn call(&self, id: CallId) -> Result<Option<Call>, StoreError>;

    /// One call, and what it became.
    async fn call_card(&self, id: CallId) -> Result<Option<CallCard>, StoreError>;

    /// A page of calls, newest first, also of those that left no message.
    async fn call_page(&self, page: &PageRequest) -> Result<Page<CallCard>, StoreError>;

    /// A customer's calls that became feedback, newest first, at most 200.
    async fn calls_of(&self, customer: CustomerId, most: u32) -> Result<Vec<CallCard>, StoreError>;

    /// Calls since then that this operator answered last, and of which nobody wrote
    /// why they were answered so; newest first, at most 20.
    async fn talks_without_a_note(
        &self,
        operator: &str,
        since: Timestamp,
    ) -> Result<Vec<CallCard>, StoreError>;

    /// How the latest callers of a line waited, of those who were answered; newest
    /// first, at most 200.
    async fn recent_waits(&self, line: &str, most: u32) -> Result<Vec<Waited>, StoreError>;

    /// Who takes calls and who does not, of those who said so.
    async fn attendance(&self) -> Result<Vec<Attendance>, StoreError>;

    /// What the phone is doing now, the earliest arrived first, at most 1,000.
    async fn live_calls(&self) -> Result<Vec<LiveCall>, StoreError>;

    /// What the phone is doing with a call now.
    async fn live_call(&self, id: CallId) -> Result<Option<LiveCall>, StoreError>;

    /// What the desk asks of the phone, oldest first; nothing that was asked longer
    /// ago than [`DeskOrder::GOOD_FOR`].
    async fn desk_orders(&self, now: Timestamp) -> Result<Vec<DeskOrder>, StoreError>;

    /// What was set to be told to callers, also what is over; that of every line first.
    async fn outages(&self) -> Result<Vec<Outage>, StoreError>;

    /// Kept places of which something is still to come, by place, at most 1,000.
    async fn call_backs(&self) -> Result<Vec<CallBack>, StoreError>;

    /// One kept place.
    async fn call_back(&self, id: CallBackId) -> Result<Option<CallBack>, StoreError>;

    /// The place kept in a call.
    async fn call_back_of(&self, call: CallId) -> Result<Option<CallBack>, StoreError>;

    /// The words of a call's feedback.
    async fn transcript(&self, id: FeedbackId) -> Result<Option<Transcript>, StoreError>;

    /// One promise.
    async fn promise(&self, id: PromiseId) -> Result<Option<Promise>, StoreError>;

    /// A feedback's promises, oldest first.
    async fn promises(&self, id: FeedbackId) -> Result<Vec<Promise>, StoreError>;

    /// One notice.
    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StoreError>;

    /// A feedback's notice of a kind.
    async fn notice_of(
        &self,
        feedback: FeedbackId,
        kind: NoticeKind,
    ) -> Result<Option<Notice>, StoreError>;

    /// Notices that wait for a call to the customer, oldest first, at most 200.
    async fn awaiting_call(&self) -> Result<Vec<(Notice, FeedbackCard)>, StoreError>;

    /// One problem.
    async fn problem(&self, id: ProblemId) -> Result<Option<Problem>, StoreError>;

    /// A page of problems, newest first.
    async fn problem_page(
        &self,
        filter: &ProblemFilter,
        page: &PageRequest,
    ) -> Result<Page<ProblemCard>, StoreError>;

    /// A problem with its evidence and feedbacks.
    async fn problem_details(&self, id: ProblemId) -> Result<Option<ProblemDetails>, StoreError>;

    /// Open problems of a team that share a likeness key, at most 50, newest
    /// first, and the team's gathering count for [`mostik_domain::Change::OpenProblem`].
    async fn look_alikes(
        &self,
        owner_team: &str,
        likeness_keys: &[u64],
    ) -> Result<(Vec<Problem>, u64), StoreError>;

    /// Open problems under which somebody used words of this text, by full text
    /// with the endings of Russian and English words aside: the likest first,
    /// at most `limit`, at most 200.
    async fn problems_sharing_words(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<ProblemId>, StoreError>;

    /// Open problems, newest first, at most `limit`.
    async fn open_problems(&self, limit: u32) -> Result<Vec<ProblemId>, StoreError>;

    /// Those problems with what customers said of them, in no order.
    async fn voiced_problems(&self, ids: &[ProblemId]) -> Result<Vec<VoicedProblem>, StoreError>;

    /// A problem's feedbacks that have not been filed yet, oldest first.
    async fn unfiled_feedback(&self, id: ProblemId) -> Result<Vec<Feedback>, StoreError>;

    /// All of a problem's feedbacks, oldest first.
    async fn feedback_of_problem(&self, id: ProblemId) -> Result<Vec<Feedback>, StoreError>;

    /// One issue.
    async fn issue(&self, id: IssueId) -> Result<Option<Issue>, StoreError>;

    /// The issue of a problem in a tracker's project.
    async fn issue_of_problem(&self, id: ProblemId) -> Result<Option<Issue>, StoreError>;

    /// The issue with a tracker's own key.
    async fn issue_by_key(
        &self,
        tracker: &str,
        project: &str,
        key: &str,
    ) -> Result<Option<Issue>, StoreError>;

    /// How far a tracker's project was read.
    async fn cursor(&self, tracker: &str, project: &str) -> Result<Option<Timestamp>, StoreError>;

    /// A board, oldest issue first; all boards without a project.
    async fn board(&self, project: Option<&str>) -> Result<Vec<BoardCard>, StoreError>;

    /// One issue of the board.
    async fn board_issue(&self, id: BoardIssueId) -> Result<Option<BoardCard>, StoreError>;

    /// The issue of the board with that number.
    async fn board_issue_by_number(&self, number: u64) -> Result<Option<BoardCard>, StoreError>;

    /// The issue of the board with that marker.
    async fn board_issue_by_marker(&self, marker: &str) -> Result<Option<BoardCard>, StoreError>;

    /// A page of jobs, newest first.
    async fn job_page(
        &self,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<Page<JobRecord>, StoreError>;

    /// How many jobs stand where.
    async fn job_counts(&self) -> Result<Vec<WaitingJobs>, StoreError>;
}
