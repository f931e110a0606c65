use mostik_domain::{Change, FeedbackId, ProblemId};
use mostik_store::Changed;
use tokio::sync::broadcast;

/// Events that a slow listener may be behind before it misses some.
const BACKLOG: usize = 1_024;

/// Tells commits of this process to its workers and open pages.
pub(crate) fn channel() -> broadcast::Sender<Changed> {
    broadcast::channel(BACKLOG).0
}

/// What a transaction touched; told after its commit.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    jobs: bool,
    calls: bool,
    feedback: Vec<FeedbackId>,
    problems: Vec<ProblemId>,
}

impl Touched {
    /// Jobs were queued, or a lane became free.
    pub(crate) fn jobs() -> Self {
        Self { jobs: true, ..Self::default() }
    }

    /// Jobs were queued in it as well.
    pub(crate) fn queued(&mut self) {
        self.jobs = true;
    }

    /// Something about this feedback.
    pub(crate) fn feedback(&mut self, id: FeedbackId) {
        if !self.feedback.contains(&id) {
            self.feedback.push(id);
        }
    }

    /// Something about this problem.
    pub(crate) fn problem(&mut self, id: ProblemId) {
        if !self.problems.contains(&id) {
            self.problems.push(id);
        }
    }

    /// What a change is about.
    pub(crate) fn by(&mut self, change: &Change) {
        match change {
            Change::SaveFeedback(feedback) => {
                self.feedback(feedback.id);
                if let Some(problem) = feedback.problem() {
                    self.problem(problem);
                }
            }
            Change::AddClassification(id, _) | Change::SaveTranscript(id, _) => self.feedback(*id),
            Change::AddMessage(message) => self.feedback(message.feedback),
            Change::SavePromise(promise) => self.feedback(promise.feedback),
            Change::SaveNotice(notice) => self.feedback(notice.feedback),
            Change::OpenProblem { problem, .. } | Change::SaveProblem(problem) => {
                self.problem(problem.id);
            }
            Change::SaveIssue(issue) => self.problem(issue.problem),
            Change::SaveAttendance(_)
            | Change::SaveLiveCall(_)
            | Change::EndLiveCall(_)
            | Change::NoLiveCalls
            | Change::GiveOrder(_)
            | Change::OrderDone(_)
            | Change::SetOutage(_)
            | Change::ClearOutage(_)
            | Change::SaveCallBack(_) => self.calls = true,
            Change::SaveCall(_)
            | Change::NoteCall(..)
            | Change::AddSignal(_)
            | Change::SaveBoardIssue(..)
            | Change::SetCursor { .. } => {}
        }
    }

    /// One event for each thing touched; at least one, so that open pages look again.
    pub(crate) fn events(&self) -> impl Iterator<Item = Changed> + '_ {
        let count = self.feedback.len().max(self.problems.len()).max(1);
        (0..count).map(|i| Changed {
            jobs: self.jobs && i == 0,
            calls: self.calls && i == 0,
            feedback: self.feedback.get(i).copied(),
            problem: self.problems.get(i).copied(),
        })
    }
}
