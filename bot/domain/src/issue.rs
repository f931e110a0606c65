//! What is filed with an owner team, and every word of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IssueId, ProblemId};

/// What was filed with an owner team, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Identity.
    pub id: IssueId,
    /// For which problem.
    pub problem: ProblemId,
    /// As `github` or `board`.
    pub tracker: String,
    /// As `owner/repo` or the board's name.
    pub project: String,
    /// The tracker's own number or key.
    pub key: String,
    /// Where people open it.
    pub url: String,
    /// Open or how closed, as last heard.
    pub state: IssueState,
    /// How many feedbacks its text counts.
    pub told_count: u64,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Events up to here have been taken in by looking.
    pub read_until: Option<Timestamp>,
    /// Counts the saves.
    pub revision: u32,
}

/// Open or how closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed as done.
    Completed,
    /// Closed as not to be done.
    NotPlanned,
    /// Closed as the same as another.
    Duplicate,
}

/// What a repeat of filing looks for: hidden in the body, unique to a problem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Marker(String);

impl Marker {
    /// The marker of a problem's issue.
    pub fn of(problem: ProblemId) -> Self {
        Self(format!("<!-- mostik:{problem} -->"))
    }

    /// The HTML comment as it stands in the body.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An issue to be filed or brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueDraft {
    /// One line, at most 120 characters.
    pub title: String,
    /// Markdown, ends with the marker.
    pub body: String,
    /// The marker in it.
    pub marker: Marker,
    /// To be put on.
    pub labels: Vec<String>,
    /// To be assigned.
    pub assignees: Vec<String>,
}
