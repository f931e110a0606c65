use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{
    Address, Attendance, BoardIssueId, Call, CallBack, CallBackId, CallId, Capture, Captured,
    Classification, Customer, CustomerId, Decision, DeskOrder, Feedback, FeedbackId, Issue,
    IssueId, JobId, LiveCall, Message, Notice, NoticeId, NoticeKind, Outage, Problem, ProblemId,
    Promise, PromiseId, Step, Transcript, Waited, agreement::Judgement,
};
use mostik_store::{
    BoardCard, CallCard, Changed, FeedbackCard, FeedbackDetails, FeedbackFilter, JobFilter,
    JobRecord, KeepCalls, Lease, Page, PageRequest, ProblemCard, ProblemDetails, ProblemFilter,
    Release, Store, StoreError, VoicedProblem, WaitingJobs,
};
use sqlx::Transaction;
use tokio::sync::broadcast;

use crate::{
    SqliteStore, attendance, board, call, call_back, capture, changes, classification, connect::Db,
    cursor, customer, desk_order, error::failed, feedback, feedback_views, full_text, issue,
    job_views, jobs, live_call, message, notice, outage, problem, problem_views, promise, talk,
    transcript, waking::Touched,
};

impl SqliteStore {
    /// Makes a transaction last, and tells whoever listens what it touched.
    async fn settle(
        &self,
        db: Transaction<'static, Db>,
        touched: &Touched,
    ) -> Result<(), StoreError> {
        db.commit().await.map_err(failed)?;
        for event in touched.events() {
            // Nobody may be listening; whoever starts to will look first.
            let _ = self.changes_sender().send(event);
        }
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn capture(&self, capture: Capture) -> Result<Captured, StoreError> {
        let mut db = self.begin().await?;
        let captured = capture::capture(&mut db, capture).await?;
        if captured.new {
            let mut touched = Touched::jobs();
            touched.feedback(captured.feedback);
            self.settle(db, &touched).await?;
        }
        Ok(captured)
    }

    async fn claim(
        &self,
        steps: &[Step],
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<Lease>, StoreError> {
        jobs::claim(&mut *self.writer().await?, steps, now, lease_for).await
    }

    async fn commit(
        &self,
        lease: &Lease,
        decision: Decision,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.begin().await?;
        let mut touched = Touched::jobs();
        jobs::finish(&mut db, lease, now).await?;
        changes::apply(&mut db, decision, now, &mut touched).await?;
        self.settle(db, &touched).await
    }

    async fn release(
        &self,
        lease: &Lease,
        release: Release,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.begin().await?;
        jobs::release(&mut db, lease, release, now).await?;
        self.settle(db, &Touched::jobs()).await
    }

    async fn submit(&self, decision: Decision, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.begin().await?;
        let mut touched = Touched::default();
        changes::apply(&mut db, decision, now, &mut touched).await?;
        self.settle(db, &touched).await
    }

    async fn run_again(&self, job: JobId, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.begin().await?;
        jobs::run_again(&mut db, job, now).await?;
        self.settle(db, &Touched::jobs()).await
    }

    async fn prune_calls(&self, keep: KeepCalls) -> Result<u64, StoreError> {
        let mut db = self.begin().await?;
        let pruned = call::prune(&mut db, keep).await?;
        db.commit().await.map_err(failed)?;
        Ok(pruned)
    }

    fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes_sender().subscribe()
    }

    async fn next_due(&self, steps: &[Step]) -> Result<Option<Timestamp>, StoreError> {
        jobs::next_due(&mut *self.reader().await?, steps).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut db = self.reader().await?;
        sqlx::query("SELECT last FROM board_number").execute(&mut *db).await.map_err(failed)?;
        Ok(())
    }

    async fn feedback(&self, id: FeedbackId) -> Result<Option<Feedback>, StoreError> {
        feedback::find(&mut *self.reader().await?, id).await
    }

    async fn feedback_page(
        &self,
        filter: &FeedbackFilter,
        page: &PageRequest,
    ) -> Result<Page<FeedbackCard>, StoreError> {
        feedback_views::list(&mut *self.reader().await?, filter, page).await
    }

    async fn feedback_count(&self, filter: &FeedbackFilter) -> Result<u64, StoreError> {
        feedback_views::count(&mut *self.reader().await?, filter).await
    }

    async fn feedback_details(
        &self,
        id: FeedbackId,
    ) -> Result<Option<FeedbackDetails>, StoreError> {
        feedback_views::details(&mut *self.reader().await?, id).await
    }

    async fn latest_feedback_of(&self, address: &Address) -> Result<Option<Feedback>, StoreError> {
        feedback::latest_of(&mut *self.reader().await?, address).await
    }

    async fn taught(&self, limit: u32) -> Result<Vec<(Feedback, Classification)>, StoreError> {
        classification::taught(&mut *self.reader().await?, limit).await
    }

    async fn judgements(&self, since: Timestamp, limit: u32) -> Result<Vec<Judgement>, StoreError> {
        classification::judgements(&mut *self.reader().await?, since, limit).await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        customer::find(&mut *self.reader().await?, id).await
    }

    async fn messages(&self, id: FeedbackId) -> Result<Vec<Message>, StoreError> {
        message::about(&mut *self.reader().await?, id).await
    }

    async fn newest_external_id(
        &self,
        inbox: &str,
        prefix: &str,
    ) -> Result<Option<String>, StoreError> {
        message::newest_external_id(&mut *self.reader().await?, inbox, prefix).await
    }

    async fn call(&self, id: CallId) -> Result<Option<Call>, StoreError> {
        call::find(&mut *self.reader().await?, id).await
    }

    async fn call_card(&self, id: CallId) -> Result<Option<CallCard>, StoreError> {
        call::card(&mut *self.reader().await?, id).await
    }

    async fn call_page(&self, page: &PageRequest) -> Result<Page<CallCard>, StoreError> {
        call::list(&mut *self.reader().await?, page).await
    }

    async fn transcript(&self, id: FeedbackId) -> Result<Option<Transcript>, StoreError> {
        transcript::find(&mut *self.reader().await?, id).await
    }

    async fn calls_of(&self, customer: CustomerId, most: u32) -> Result<Vec<CallCard>, StoreError> {
        talk::calls_of(&mut *self.reader().await?, customer, most).await
    }

    async fn talks_without_a_note(
        &self,
        operator: &str,
        since: Timestamp,
    ) -> Result<Vec<CallCard>, StoreError> {
        talk::without_a_note(&mut *self.reader().await?, operator, since).await
    }

    async fn recent_waits(&self, line: &str, most: u32) -> Result<Vec<Waited>, StoreError> {
        talk::recent_waits(&mut *self.reader().await?, line, most).await
    }

    async fn attendance(&self) -> Result<Vec<Attendance>, StoreError> {
        attendance::all(&mut *self.reader().await?).await
    }

    async fn live_calls(&self) -> Result<Vec<LiveCall>, StoreError> {
        live_call::all(&mut *self.reader().await?).await
    }

    async fn live_call(&self, id: CallId) -> Result<Option<LiveCall>, StoreError> {
        live_call::find(&mut *self.reader().await?, id).await
    }

    async fn desk_orders(&self, now: Timestamp) -> Result<Vec<DeskOrder>, StoreError> {
        desk_order::open(&mut *self.reader().await?, now).await
    }

    async fn outages(&self) -> Result<Vec<Outage>, StoreError> {
        outage::all(&mut *self.reader().await?).await
    }

    async fn call_backs(&self) -> Result<Vec<CallBack>, StoreError> {
        call_back::kept(&mut *self.reader().await?).await
    }

    async fn call_back(&self, id: CallBackId) -> Result<Option<CallBack>, StoreError> {
        call_back::find(&mut *self.reader().await?, id).await
    }

    async fn call_back_of(&self, call: CallId) -> Result<Option<CallBack>, StoreError> {
        call_back::asked_in(&mut *self.reader().await?, call).await
    }

    async fn promise(&self, id: PromiseId) -> Result<Option<Promise>, StoreError> {
        promise::find(&mut *self.reader().await?, id).await
    }

    async fn promises(&self, id: FeedbackId) -> Result<Vec<Promise>, StoreError> {
        promise::of(&mut *self.reader().await?, [id]).await
    }

    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        notice::find(&mut *self.reader().await?, id).await
    }

    async fn notice_of(
        &self,
        feedback: FeedbackId,
        kind: NoticeKind,
    ) -> Result<Option<Notice>, StoreError> {
        notice::find_kind(&mut *self.reader().await?, feedback, kind).await
    }

    async fn awaiting_call(&self) -> Result<Vec<(Notice, FeedbackCard)>, StoreError> {
        feedback_views::awaiting_call(&mut *self.reader().await?).await
    }

    async fn problem(&self, id: ProblemId) -> Result<Option<Problem>, StoreError> {
        problem::find(&mut *self.reader().await?, id).await
    }

    async fn problem_page(
        &self,
        filter: &ProblemFilter,
        page: &PageRequest,
    ) -> Result<Page<ProblemCard>, StoreError> {
        problem_views::list(&mut *self.reader().await?, filter, page).await
    }

    async fn problem_details(&self, id: ProblemId) -> Result<Option<ProblemDetails>, StoreError> {
        problem_views::details(&mut *self.reader().await?, id).await
    }

    async fn look_alikes(
        &self,
        owner_team: &str,
        likeness_keys: &[u64],
    ) -> Result<(Vec<Problem>, u64), StoreError> {
        problem::look_alikes(&mut *self.reader().await?, owner_team, likeness_keys).await
    }

    async fn problems_sharing_words(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<ProblemId>, StoreError> {
        full_text::problems_sharing_words(&mut *self.reader().await?, text, limit).await
    }

    async fn open_problems(&self, limit: u32) -> Result<Vec<ProblemId>, StoreError> {
        problem::open_ones(&mut *self.reader().await?, limit).await
    }

    async fn voiced_problems(&self, ids: &[ProblemId]) -> Result<Vec<VoicedProblem>, StoreError> {
        problem_views::voiced(&mut *self.reader().await?, ids).await
    }

    async fn unfiled_feedback(&self, id: ProblemId) -> Result<Vec<Feedback>, StoreError> {
        feedback::unfiled(&mut *self.reader().await?, id).await
    }

    async fn feedback_of_problem(&self, id: ProblemId) -> Result<Vec<Feedback>, StoreError> {
        feedback::of_problem(&mut *self.reader().await?, id).await
    }

    async fn issue(&self, id: IssueId) -> Result<Option<Issue>, StoreError> {
        issue::find(&mut *self.reader().await?, id).await
    }

    async fn issue_of_problem(&self, id: ProblemId) -> Result<Option<Issue>, StoreError> {
        issue::of_problem(&mut *self.reader().await?, id).await
    }

    async fn issue_by_key(
        &self,
        tracker: &str,
        project: &str,
        key: &str,
    ) -> Result<Option<Issue>, StoreError> {
        issue::by_key(&mut *self.reader().await?, tracker, project, key).await
    }

    async fn cursor(&self, tracker: &str, project: &str) -> Result<Option<Timestamp>, StoreError> {
        cursor::find(&mut *self.reader().await?, tracker, project).await
    }

    async fn board(&self, project: Option<&str>) -> Result<Vec<BoardCard>, StoreError> {
        board::list(&mut *self.reader().await?, project).await
    }

    async fn board_issue(&self, id: BoardIssueId) -> Result<Option<BoardCard>, StoreError> {
        board::find(&mut *self.reader().await?, id).await
    }

    async fn board_issue_by_number(&self, number: u64) -> Result<Option<BoardCard>, StoreError> {
        board::by_number(&mut *self.reader().await?, number).await
    }

    async fn board_issue_by_marker(&self, marker: &str) -> Result<Option<BoardCard>, StoreError> {
        board::by_marker(&mut *self.reader().await?, marker).await
    }

    async fn job_page(
        &self,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<Page<JobRecord>, StoreError> {
        job_views::list(&mut *self.reader().await?, filter, page).await
    }

    async fn job_counts(&self) -> Result<Vec<WaitingJobs>, StoreError> {
        job_views::counts(&mut *self.reader().await?).await
    }
}
