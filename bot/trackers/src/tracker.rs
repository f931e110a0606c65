use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{IssueDraft, IssueState, Marker, TrackerEvent};

/// An issue as the tracker knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledIssue {
    /// The tracker's own number or key.
    pub key: String,
    /// Where people open it.
    pub url: String,
    /// Open or how closed.
    pub state: IssueState,
}

/// Which issues of a project changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentChanges {
    /// Keys of changed issues, each once.
    pub keys: Vec<String>,
    /// Ask from here next time.
    pub read_until: Timestamp,
}

/// What happened on one issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueHistory {
    /// Open or how closed, now.
    pub state: IssueState,
    /// Oldest first.
    pub events: Vec<TrackerEvent>,
}

/// A place where issues are filed. Each call is at most one outside operation
/// (of as many pages as it takes), bounded in time.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// As in the configuration: `github`, `board`.
    fn name(&self) -> &'static str;

    /// Whether changes must be asked for, and how often.
    fn poll_every(&self) -> Option<Duration>;

    /// The issue whose body holds the marker, filed at or after `since`.
    async fn find_by_marker(
        &self,
        project: &str,
        marker: &Marker,
        since: Timestamp,
    ) -> Result<Option<FiledIssue>, TrackerError>;

    /// Files a new issue.
    async fn file(&self, project: &str, draft: &IssueDraft) -> Result<FiledIssue, TrackerError>;

    /// Brings title and body up to date; labels, state and assignees are the team's.
    async fn update(
        &self,
        project: &str,
        key: &str,
        draft: &IssueDraft,
    ) -> Result<(), TrackerError>;

    /// Issues of the project that changed at or after `since`.
    async fn changed_since(
        &self,
        project: &str,
        since: Timestamp,
    ) -> Result<RecentChanges, TrackerError>;

    /// What happened on an issue at or after `since`.
    async fn history(
        &self,
        project: &str,
        key: &str,
        since: Option<Timestamp>,
    ) -> Result<IssueHistory, TrackerError>;
}

/// Why a tracker did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// Worth trying again, not sooner than after this time (rate limit, outage, time-out).
    #[error("{why}; may be retried after {after:?}")]
    RetryAfter {
        /// How long to wait at least.
        after: Duration,
        /// Without personal data.
        why: String,
    },
    /// Will fail again: a person must change something (token, permission, project).
    #[error("{why}")]
    GiveUp {
        /// Without personal data; says what to do.
        why: String,
    },
}
