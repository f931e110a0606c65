use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FeedbackId, IssueId, JobId, MessageId, NoticeId, ProblemId, PromiseId, TrackerEvent};

/// The steps of the picture, left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sound to words.
    Transcribe,
    /// Words to cause.
    Classify,
    /// Tell the customer that we heard, and by when she will know more.
    Answer,
    /// Cause to owner team and problem.
    Route,
    /// Problem to issue.
    File,
    /// Issue to stage.
    Track,
    /// News to customer.
    Tell,
    /// News to customer, by a call of ours.
    Ring,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 8] = [
        Self::Transcribe,
        Self::Classify,
        Self::Answer,
        Self::Route,
        Self::File,
        Self::Track,
        Self::Tell,
        Self::Ring,
    ];

    /// The name in metrics and on the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transcribe => "transcribe",
            Self::Classify => "classify",
            Self::Answer => "answer",
            Self::Route => "route",
            Self::File => "file",
            Self::Track => "track",
            Self::Tell => "tell",
            Self::Ring => "ring",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One unit of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Find the words of a call.
    Transcribe {
        /// Which.
        feedback: FeedbackId,
    },
    /// Name the cause.
    Classify {
        /// Which.
        feedback: FeedbackId,
    },
    /// Tell the customer that it arrived.
    Answer {
        /// Which.
        feedback: FeedbackId,
    },
    /// Find the owner team and the problem.
    Route {
        /// Which.
        feedback: FeedbackId,
    },
    /// File the problem's issue, or bring the filed one up to date.
    File {
        /// Which.
        problem: ProblemId,
    },
    /// Take in what a webhook or the board told.
    Track {
        /// On which issue.
        issue: IssueId,
        /// What happened.
        events: Vec<TrackerEvent>,
    },
    /// Ask the tracker what happened on an issue.
    Look {
        /// Which.
        issue: IssueId,
    },
    /// Tell a customer something.
    Tell {
        /// What.
        notice: NoticeId,
    },
    /// See whether a customer may be rung now, and mark that she is.
    Ring {
        /// About what.
        notice: NoticeId,
        /// Whose: one call at a time about one feedback.
        feedback: FeedbackId,
    },
    /// Ring her, once: a second attempt of this job finds out that the first was cut short.
    Dial {
        /// About what.
        notice: NoticeId,
        /// Whose.
        feedback: FeedbackId,
    },
    /// Send on what a person at the desk answered.
    Reply {
        /// About what.
        feedback: FeedbackId,
        /// The answer, in the correspondence.
        message: MessageId,
    },
    /// Some days after closing: ask whether all is well.
    FollowUp {
        /// About which.
        feedback: FeedbackId,
    },
    /// The time of a promise has come.
    CheckPromise {
        /// Which.
        promise: PromiseId,
    },
}

impl Job {
    /// The step that does it.
    pub const fn step(&self) -> Step {
        match self {
            Self::Transcribe { .. } => Step::Transcribe,
            Self::Classify { .. } => Step::Classify,
            Self::Answer { .. } => Step::Answer,
            Self::Route { .. } => Step::Route,
            Self::File { .. } => Step::File,
            Self::Track { .. } | Self::Look { .. } => Step::Track,
            Self::Ring { .. } | Self::Dial { .. } => Step::Ring,
            Self::Tell { .. }
            | Self::Reply { .. }
            | Self::FollowUp { .. }
            | Self::CheckPromise { .. } => Step::Tell,
        }
    }

    /// Jobs with the same lane never run at the same time, so that one problem
    /// cannot be filed twice by two workers, nor one issue's events be folded in two orders.
    pub fn lane(&self) -> String {
        match self {
            Self::Transcribe { feedback }
            | Self::Classify { feedback }
            | Self::Answer { feedback }
            | Self::Route { feedback }
            | Self::FollowUp { feedback } => feedback.to_string(),
            Self::File { problem } => problem.to_string(),
            Self::Track { issue, .. } | Self::Look { issue } => issue.to_string(),
            Self::Tell { notice } => notice.to_string(),
            // Her words may be transcribed meanwhile.
            Self::Ring { feedback, .. } | Self::Dial { feedback, .. } => format!("ring:{feedback}"),
            Self::Reply { message, .. } => message.to_string(),
            Self::CheckPromise { promise } => promise.to_string(),
        }
    }
}

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Identity.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// A second job with this key is not queued.
    pub dedup_key: String,
    /// Not before.
    pub run_at: Timestamp,
}
