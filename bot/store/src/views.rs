use mostik_domain::{
    AcceptanceSignal, BoardIssue, Call, Classification, Customer, Feedback, FeedbackId, Issue,
    Message, Notice, Problem, Promise, TrackerEvent, Transcript, Words,
};

/// A feedback as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackCard {
    /// The feedback.
    pub feedback: Feedback,
    /// Whose.
    pub customer: Customer,
    /// The issue of its problem.
    pub issue: Option<Issue>,
    /// Oldest first.
    pub promises: Vec<Promise>,
    /// Oldest first.
    pub notices: Vec<Notice>,
}

/// A feedback with everything a person or a step may want to see.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackDetails {
    /// As in a list.
    pub card: FeedbackCard,
    /// The problem it gathered under.
    pub problem: Option<Problem>,
    /// The call it came from.
    pub call: Option<Call>,
    /// The words of that call.
    pub transcript: Option<Transcript>,
    /// This feedback's correspondence, oldest first.
    pub messages: Vec<Message>,
    /// Every classification, oldest first.
    pub classifications: Vec<Classification>,
    /// How many other feedbacks this customer has.
    pub earlier_feedbacks: u64,
}

/// A call as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCard {
    /// The call.
    pub call: Call,
    /// The feedback it became; none when it left no message.
    pub feedback: Option<FeedbackId>,
}

/// A problem as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemCard {
    /// The problem.
    pub problem: Problem,
    /// What was filed.
    pub issue: Option<Issue>,
    /// How many feedbacks gathered under it.
    pub feedback_count: u64,
    /// How many different customers.
    pub customers: u64,
}

/// A problem with what customers said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VoicedProblem {
    /// As in a list.
    pub card: ProblemCard,
    /// The words of its first feedbacks, at most five, oldest first.
    pub voices: Vec<Words>,
}

/// A problem with its evidence and its feedbacks.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemDetails {
    /// As in a list.
    pub card: ProblemCard,
    /// Oldest first.
    pub signals: Vec<AcceptanceSignal>,
    /// The newest 200, newest first.
    pub feedback: Vec<Feedback>,
}

/// A board issue with what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardCard {
    /// The issue.
    pub board_issue: BoardIssue,
    /// Oldest first.
    pub events: Vec<TrackerEvent>,
    /// The issue record of the problem it was filed for; none for a moment after filing.
    pub issue: Option<Issue>,
}
