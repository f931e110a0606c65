//! How a feedback looks in JSON, field by field as the contract names them.

use jiff::Timestamp;
use mostik_domain::{
    Author, CallMissed, Classification, FeedbackState, Issue, Language, Mention, Message, Notice,
    NoticeState, Promise, PromiseState, PromiseWhat, ReturnPath, Source, Speaker, Transcript,
    Understanding,
};
use mostik_store::{FeedbackCard, FeedbackDetails};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ports::Likely;

/// One problem voiced by one customer.
#[derive(Serialize, ToSchema)]
pub(super) struct FeedbackJson {
    /// As `fb_…`.
    id: String,
    /// The short code a customer may quote.
    reference: String,
    /// `captured`, `transcribed`, `classified`, `answered`, `routed`, `filed`,
    /// `resolved`, `declined`, or `needs_review`.
    state: &'static str,
    /// Why it waits for a person: `no_transcript`, `low_confidence`,
    /// `question`, `unrouted`, `not_solved`, `step_failed`; null otherwise.
    review_reason: Option<&'static str>,
    /// `phone`, `discord`, `telegram`, `email` or `web`.
    channel: &'static str,
    /// As `web:form`.
    inbox: String,
    /// `ru` or `en`.
    language: &'static str,
    /// The customer's words; null while a call waits for its transcript.
    text: Option<String>,
    /// The page on which it was written.
    page: Option<String>,
    customer: CustomerJson,
    /// What the customer wrote about herself; nobody vouches for it.
    claimed: Option<ClaimedJson>,
    /// True when she can be written to or called; otherwise she has only her page.
    can_be_answered: bool,
    classification: Option<ClassificationJson>,
    owner_team: Option<String>,
    /// As `pr_…`.
    problem: Option<String>,
    issue: Option<IssueJson>,
    promises: Vec<PromiseJson>,
    notices: Vec<NoticeJson>,
    /// As `call_…`, when it was spoken.
    call: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    captured_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A feedback with its correspondence.
#[derive(Serialize, ToSchema)]
pub(super) struct FeedbackDetailsJson {
    #[serde(flatten)]
    feedback: FeedbackJson,
    /// The words of a call.
    transcript: Option<TranscriptJson>,
    /// Oldest first.
    messages: Vec<MessageJson>,
    /// How many other feedbacks this customer has.
    earlier_feedbacks: u64,
    /// Open problems that it may be about besides its own, the likest first, at most five.
    likely_problems: Vec<LikelyJson>,
}

/// An open problem that a feedback may be about.
#[derive(Serialize, ToSchema)]
struct LikelyJson {
    /// As `pr_…`.
    problem: String,
    /// One line without personal data.
    title: String,
    root_cause: String,
    owner_team: String,
    /// `open`.
    state: &'static str,
    feedback_count: u64,
    /// From 0 to 1: how probable it is, beside the others and something new.
    certainty: f32,
}

/// Who said it.
#[derive(Serialize, ToSchema)]
struct CustomerJson {
    /// As `cu_…`.
    id: String,
    name: Option<String>,
}

/// What a customer wrote about herself.
#[derive(Serialize, ToSchema)]
struct ClaimedJson {
    email: Option<String>,
    phone: Option<String>,
}

/// What brought it about.
#[derive(Serialize, ToSchema)]
struct ClassificationJson {
    /// `pricing`, `design`, `copy`, `delivery`, `other` or one from the configuration.
    root_cause: String,
    /// From 0 to 1.
    confidence: f32,
    /// Best first.
    causes: Vec<CauseJson>,
    /// `model`, `operator` or `customer`.
    decided_by: &'static str,
    /// The model's version, or `operator`.
    version: String,
    /// The customer's words that decided it.
    evidence: Vec<String>,
    /// The language of the words, `ru` or `en`.
    language: &'static str,
    #[serde(flatten)]
    understanding: UnderstandingJson,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// What the words say beside the cause; null where nothing has read them.
#[derive(Default, Serialize, ToSchema)]
struct UnderstandingJson {
    /// `question`, `complaint`, `thanks`, `review`, `cooperation` or `other`.
    kind: Option<&'static str>,
    /// The operator who corrected the kind.
    kind_by: Option<String>,
    /// `low`, `normal`, `high` or `critical`.
    criticality: Option<&'static str>,
    /// `simple`, `normal` or `complex`.
    complexity: Option<&'static str>,
    /// `low`, `raised` or `high`: may the customer leave?
    contact_risk: Option<&'static str>,
    /// Products and orders by name, in the order of the text.
    mentions: Vec<MentionJson>,
}

/// A product or an order that the customer named.
#[derive(Serialize, ToSchema)]
struct MentionJson {
    /// `product` or `order`.
    what: &'static str,
    /// As the customer wrote it.
    text: String,
}

/// A candidate cause.
#[derive(Serialize, ToSchema)]
struct CauseJson {
    root_cause: String,
    /// From 0 to 1.
    score: f32,
}

/// What was filed, and where.
#[derive(Serialize, ToSchema)]
pub(super) struct IssueJson {
    /// `github` or `board`.
    tracker: String,
    project: String,
    key: String,
    url: String,
}

/// Told to a customer, to be kept.
#[derive(Serialize, ToSchema)]
struct PromiseJson {
    id: String,
    /// `first_answer` or `delayed_answer`.
    what: &'static str,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// `due`, `kept` or `broken`.
    state: &'static str,
    /// When it was kept, or found broken.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Timestamp>,
}

/// One thing told to a customer.
#[derive(Serialize, ToSchema)]
struct NoticeJson {
    id: String,
    /// `received`, `accepted`, `fixed`, `declined`, `delayed`, `follow_up` or
    /// `thanked`.
    kind: &'static str,
    /// `pending`, `sending`, `sent`, `posted`, `awaiting_call` or `undeliverable`.
    state: &'static str,
    /// Null until it is put into words.
    text: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was told.
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Timestamp>,
    /// How far Mostik has come in ringing the customer, while it awaits a call.
    calls: Option<CallAttemptsJson>,
}

/// The tries to tell a notice by phone.
#[derive(Serialize, ToSchema)]
struct CallAttemptsJson {
    /// Tries that were begun.
    made: u32,
    /// Since when she is being called.
    #[schema(value_type = Option<String>, format = DateTime)]
    calling_since: Option<Timestamp>,
    /// When it is tried again; null when a person has to call.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// A crash cut a try short: the next one is perhaps the second call.
    perhaps_called_twice: bool,
    /// How the last one ended: `no_answer`, `busy`, `declined`, `hung_up`, `wants_person`,
    /// `mailbox`, `unknown_number`, `failed` or `interrupted`.
    last: Option<&'static str>,
}

/// The words of a call.
#[derive(Serialize, ToSchema)]
struct TranscriptJson {
    language: &'static str,
    text: String,
    /// The recogniser, or the person who typed it.
    by: String,
    /// From 0 to 1.
    confidence: f32,
    segments: Vec<SegmentJson>,
}

/// A stretch of speech; seconds from the start.
#[derive(Serialize, ToSchema)]
struct SegmentJson {
    start: f64,
    end: f64,
    text: String,
    /// `customer` or `operator`; null where both share a channel.
    speaker: Option<&'static str>,
}

/// One thing said.
#[derive(Serialize, ToSchema)]
struct MessageJson {
    id: String,
    /// `customer`, `mostik` or `operator`.
    author: &'static str,
    /// The operator's name.
    operator: Option<String>,
    text: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<FeedbackCard> for FeedbackJson {
    fn from(card: FeedbackCard) -> Self {
        let FeedbackCard { feedback, customer, issue, promises, notices } = card;
        Self {
            id: feedback.id.to_string(),
            reference: feedback.reference.to_string(),
            state: feedback.state.as_str(),
            review_reason: match &feedback.state {
                FeedbackState::NeedsReview { reason, .. } => Some(reason.as_str()),
                _ => None,
            },
            channel: feedback.channel.as_str(),
            inbox: feedback.inbox.to_string(),
            language: feedback.language.code(),
            text: feedback.text.as_ref().map(|text| text.reveal().to_owned()),
            page: feedback.page.clone(),
            customer: CustomerJson {
                id: customer.id.to_string(),
                name: customer.name.map(|name| name.reveal().to_owned()),
            },
            claimed: feedback.claimed.as_ref().map(|claimed| ClaimedJson {
                email: claimed.email.as_ref().map(|email| email.reveal().to_owned()),
                phone: claimed.phone.as_ref().map(|phone| phone.reveal().to_owned()),
            }),
            can_be_answered: matches!(feedback.return_path, ReturnPath::Reply { .. }),
            classification: feedback
                .state
                .classification()
                .map(|named| ClassificationJson::of(named, feedback.language)),
            owner_team: feedback.owner_team().map(str::to_owned),
            problem: feedback.problem().map(|id| id.to_string()),
            issue: issue.map(IssueJson::from),
            promises: promises.iter().map(PromiseJson::from).collect(),
            notices: notices.iter().map(NoticeJson::from).collect(),
            call: match feedback.source {
                Source::Call(id) => Some(id.to_string()),
                Source::Message(_) => None,
            },
            captured_at: feedback.captured_at,
            updated_at: feedback.updated_at,
        }
    }
}

impl FeedbackDetailsJson {
    pub(super) fn new(details: FeedbackDetails, likely: Vec<Likely>) -> Self {
        Self {
            likely_problems: likely.into_iter().map(LikelyJson::from).collect(),
            transcript: details.transcript.map(TranscriptJson::from),
            messages: details.messages.iter().map(MessageJson::from).collect(),
            earlier_feedbacks: details.earlier_feedbacks,
            feedback: details.card.into(),
        }
    }
}

impl From<Likely> for LikelyJson {
    fn from(Likely { card, certainty }: Likely) -> Self {
        Self {
            problem: card.problem.id.to_string(),
            title: card.problem.title,
            root_cause: card.problem.root_cause.to_string(),
            owner_team: card.problem.owner_team,
            state: card.problem.state.as_str(),
            feedback_count: card.feedback_count,
            certainty,
        }
    }
}

impl ClassificationJson {
    fn of(named: &Classification, language: Language) -> Self {
        Self {
            root_cause: named.root_cause.to_string(),
            confidence: named.confidence.value(),
            causes: named
                .causes
                .iter()
                .map(|cause| CauseJson {
                    root_cause: cause.root_cause.to_string(),
                    score: cause.score.value(),
                })
                .collect(),
            decided_by: named.decided_by.as_str(),
            version: named.decided_by.version().to_owned(),
            evidence: named.evidence.iter().map(|words| words.reveal().to_owned()).collect(),
            language: language.code(),
            understanding: named
                .understanding
                .as_ref()
                .map(UnderstandingJson::from)
                .unwrap_or_default(),
            at: named.at,
        }
    }
}

impl From<&Understanding> for UnderstandingJson {
    fn from(read: &Understanding) -> Self {
        let mention = |mention: &Mention| MentionJson {
            what: mention.what.as_str(),
            text: mention.name.reveal().to_owned(),
        };
        Self {
            kind: Some(read.kind.as_str()),
            kind_by: read.kind_by.clone(),
            criticality: Some(read.criticality.as_str()),
            complexity: Some(read.complexity.as_str()),
            contact_risk: Some(read.contact_risk.as_str()),
            mentions: read.mentions.iter().map(mention).collect(),
        }
    }
}

impl From<Issue> for IssueJson {
    fn from(issue: Issue) -> Self {
        Self { tracker: issue.tracker, project: issue.project, key: issue.key, url: issue.url }
    }
}

impl From<&Promise> for PromiseJson {
    fn from(promise: &Promise) -> Self {
        Self {
            id: promise.id.to_string(),
            what: match promise.what {
                PromiseWhat::FirstAnswer => "first_answer",
                PromiseWhat::DelayedAnswer => "delayed_answer",
            },
            made_at: promise.made_at,
            due_at: promise.due_at,
            state: promise.state.as_str(),
            settled_at: match promise.state {
                PromiseState::Due => None,
                PromiseState::Kept { at } | PromiseState::Broken { at } => Some(at),
            },
        }
    }
}

impl From<&Notice> for NoticeJson {
    fn from(notice: &Notice) -> Self {
        Self {
            id: notice.id.to_string(),
            kind: notice.kind.as_str(),
            state: notice.state.as_str(),
            text: Some(notice.text.reveal().to_owned()).filter(|text| !text.is_empty()),
            created_at: notice.created_at,
            told_at: match notice.state {
                NoticeState::Sent { at } | NoticeState::Posted { at } => Some(at),
                _ => None,
            },
            calls: notice.call_attempts().map(|attempts| CallAttemptsJson {
                made: attempts.made,
                calling_since: attempts.calling_since,
                next_at: attempts.next_at,
                perhaps_called_twice: attempts.perhaps_called_twice,
                last: attempts.last.map(CallMissed::as_str),
            }),
        }
    }
}

impl From<Transcript> for TranscriptJson {
    fn from(transcript: Transcript) -> Self {
        Self {
            language: transcript.language.code(),
            text: transcript.text.reveal().to_owned(),
            by: transcript.by,
            confidence: transcript.confidence.value(),
            segments: transcript
                .segments
                .iter()
                .map(|segment| SegmentJson {
                    start: segment.start,
                    end: segment.end,
                    text: segment.text.reveal().to_owned(),
                    speaker: segment.speaker.map(Speaker::as_str),
                })
                .collect(),
        }
    }
}

impl From<&Message> for MessageJson {
    fn from(message: &Message) -> Self {
        let (author, operator) = match &message.author {
            Author::Customer => ("customer", None),
            Author::Mostik => ("mostik", None),
            Author::Operator { name } => ("operator", Some(name.clone())),
        };
        Self {
            id: message.id.to_string(),
            author,
            operator,
            text: message.text.reveal().to_owned(),
            at: message.at,
        }
    }
}
