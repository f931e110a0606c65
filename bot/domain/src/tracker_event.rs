use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Words;

/// One thing that happened on an issue, whichever tracker tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerEvent {
    /// The tracker's id of it where webhook and polling agree on one (a comment
    /// id); otherwise made from kind, detail, actor and second.
    pub key: String,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Where to see it.
    pub url: Option<String>,
    /// What happened.
    pub what: Happening,
}

/// Who did something in a tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Someone of the owner side.
    Person,
    /// Mostik itself: never counts as a reaction.
    Ourselves,
    /// Another robot: never counts either.
    Robot,
}

/// What can happen on an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Happening {
    /// Somebody wrote.
    Commented {
        /// The comment.
        text: Words,
    },
    /// A label was put on.
    Labeled {
        /// Which.
        label: String,
    },
    /// A label was taken off.
    Unlabeled {
        /// Which.
        label: String,
    },
    /// Somebody took it, or was given it.
    Assigned,
    /// Somebody was taken off it.
    Unassigned,
    /// Planned for a milestone.
    Milestoned {
        /// Its title.
        title: String,
    },
    /// Taken out of a milestone.
    Demilestoned,
    /// A change (pull request, commit) was linked.
    LinkedChange,
    /// Work began (a board's column, a tracker's status).
    WorkStarted,
    /// Closed.
    Closed {
        /// As what.
        reason: CloseReason,
    },
    /// Opened again.
    Reopened,
    /// Locked against further comments.
    Locked {
        /// The tracker's reason, as `resolved`, `spam`, `too heated`.
        reason: Option<String>,
    },
}

/// As what an issue was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Done.
    Completed,
    /// Will not be done.
    NotPlanned,
    /// The same as another issue: neither done nor refused.
    Duplicate,
}
