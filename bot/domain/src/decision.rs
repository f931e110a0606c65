use jiff::Timestamp;

use crate::{
    AcceptanceSignal, Attendance, BoardIssue, Call, CallBack, CallId, CallNote, Classification,
    DeskOrder, Feedback, FeedbackId, Issue, LiveCall, Message, NewJob, Notice, OrderId, Outage,
    Problem, Promise, TrackerEvent, Transcript,
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
    /// Adds or updates a notice; a second notice of a kind for a feedback is ignored, and so is a
    /// change of one that was told or given up meanwhile.
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
    /// An operator says whether she takes calls; the last word counts.
    SaveAttendance(Attendance),
    /// What the phone is doing with a call now; the last word counts.
    SaveLiveCall(LiveCall),
    /// A call is over: nothing lives of it, nor the order about it.
    EndLiveCall(CallId),
    /// The phone starts: nothing that it did before lives, nor any order.
    NoLiveCalls,
    /// Asks something of the phone, in place of what was asked about that call before.
    GiveOrder(DeskOrder),
    /// The phone has obeyed, or cannot.
    OrderDone(OrderId),
    /// Callers of its line hear of it from now on, in place of what was told there.
    SetOutage(Outage),
    /// Callers of that line (of every line without) hear of it no more.
    ClearOutage(Option<String>),
    /// Adds or updates a kept place; a conflict when its revision is not the stored one.
    SaveCallBack(CallBack),
    /// Sets or replaces the line written after a call, which need not be stored yet.
    NoteCall(CallId, CallNote),
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
