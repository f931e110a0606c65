use jiff::Timestamp;
use mostik_domain::{Channel, CustomerId, MessageKind, RootCause, Step};

use crate::JobState;

/// Which feedbacks to list; every field narrows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedbackFilter {
    /// As [`mostik_domain::FeedbackState::as_str`].
    pub state: Option<String>,
    /// By the current cause.
    pub root_cause: Option<RootCause>,
    /// By the team it was routed to.
    pub owner_team: Option<String>,
    /// By whose it is.
    pub customer: Option<CustomerId>,
    /// By the way in.
    pub channel: Option<Channel>,
    /// By what the customer wants.
    pub kind: Option<MessageKind>,
    /// The most urgent first, of those the longest waiting; otherwise the
    /// newest first.
    pub by_urgency: bool,
    /// Captured at or after.
    pub from: Option<Timestamp>,
    /// Captured before.
    pub to: Option<Timestamp>,
    /// In the words or the reference, case-insensitively in both languages.
    pub q: Option<String>,
}

/// Which problems to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProblemFilter {
    /// As [`mostik_domain::ProblemState::as_str`].
    pub state: Option<String>,
    /// By cause.
    pub root_cause: Option<RootCause>,
    /// By owner.
    pub owner_team: Option<String>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Where they stand.
    pub state: Option<JobState>,
    /// Of which step.
    pub step: Option<Step>,
}

/// How much of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// 1 to 200.
    pub limit: u32,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// Asks for what follows; none at the end.
    pub next: Option<String>,
}
