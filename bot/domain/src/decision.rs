use jiff::Timestamp;

use crate::{
    AcceptanceSignal, BoardIssue, Call, Classification, Feedback, FeedbackId, Issue, Message,
    NewJob, Notice, Problem, Promise, TrackerEvent, Transcript,
};

/// What a step or a person decided: the changes and the next jobs, which one
/// transaction stores together. There is no other way to write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// In this order.
    pub changes: Vec<Change>,
    /// Queued in the same transaction.
    pub next_jobs: Vec<NewJob>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Updates a feedback; refused as a conflict when its revision is not the stored one.
    SaveFeedback(Feedback),
    /// Keeps every classification, also those that were corrected: training data.
    AddClassification(FeedbackId, Classification),
    /// Sets or replaces the words of a call.
    SaveTranscript(FeedbackId, Transcript),
    /// Adds to a correspondence; ignored when `(inbox, external_id)` is there.
    AddMessage(Message),
    /// Keeps a call, or corrects what is stored of it.
    SaveCall(Call),
    /// Opens a problem; a conflict when `gathering` is not the team's stored
    /// count any more: another problem was opened since the look-alikes were read.
    OpenProblem {
        /// The new problem.
        problem: Problem,
        /// The count read with the candidates.
        gathering: u64,
    },
    /// Updates a problem; a conflict when its revision is not the stored one.
    SaveProblem(Problem),
    /// Adds or updates an issue; unique by `(problem, tracker, project)`.
    SaveIssue(Issue),
    /// Adds evidence; ignored when the issue has a signal with this key.
    AddSignal(AcceptanceSignal),
    /// Adds or updates a promise.
    SavePromise(Promise),
    /// Adds or updates a notice; a second notice of a kind for a feedback is ignored.
    SaveNotice(Notice),
    /// Adds or updates an issue on the built-in board, with what happened to it.
    SaveBoardIssue(BoardIssue, Vec<TrackerEvent>),
    /// Remembers how far a tracker's project was read.
    SetCursor {
        /// As `github`.
        tracker: String,
        /// As `owner/repo`.
        project: String,
        /// Everything before it has been read.
        read_until: Timestamp,
    },
}

impl Decision {
    /// Nothing to change.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds a change.
    #[must_use]
    pub fn and(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Adds a next job.
    #[must_use]
    pub fn then(mut self, job: NewJob) -> Self {
        self.next_jobs.push(job);
        self
    }
}
