//! Nouns, state machines, decisions, and every word a person is told.
//!
//! Pure: no async, no I/O, no clock, no SQL. Time, ids, randomness and text
//! come in as arguments; what should change goes out as a [`Decision`].
//!
//! # The story, in the order of these exports
//!
//! A [`Customer`] writes or calls through an [`Inbox`]; what was said is a
//! [`Message`] or a [`Call`] and is captured as one [`Feedback`], with a
//! [`Promise`] told at once. Its [`Classification`] names the root cause, the
//! [`Ownership`] rules the [`OwnerTeam`]; feedbacks about the same thing gather
//! under one [`Problem`], for which one [`Issue`] is filed. What happens there
//! becomes [`AcceptanceSignal`]s, and the customer hears of it by a [`Notice`].

mod access;
pub mod agreement;
mod as_text;
mod id;
mod private;

mod attendance;
mod call;
mod call_account;
mod call_attempts;
mod call_back;
mod conversation;
mod customer;
mod desk_order;
mod inbox;
mod live_call;
mod outage;
mod talk;

pub mod capture;
mod classification;
mod feedback;
mod office_hours;
mod promise;
mod understanding;

pub mod board;
pub mod issue;
mod issue_of_offer;
mod ownership;
mod problem;

pub mod acceptance;
pub mod link;
pub mod notice;
mod notice_of_kind;
pub mod spoken;
mod tracker_event;
pub mod tracking;
mod wall_clock;
mod way;

pub mod survey;

mod decision;
mod job;

pub use mostik_taxonomy::{
    AcceptanceStage, Band, CauseScore, Complexity, Confidence, ContactRisk, Criticality, Language,
    Mentioned, MessageKind, RootCause, StageVerdict, Thresholds, UnknownWord,
};

pub use access::{Role, User};
pub use id::{
    BoardIssueId, CallBackId, CallId, ConversationId, CustomerId, FeedbackId, IssueId, JobId,
    MessageId, NoticeId, OrderId, ParseIdError, ProblemId, PromiseId, Reference, SignalId, UserId,
};
pub use private::Words;

pub use call::{AudioFacts, Call, CallFacts, LadderStep, Recording, Segment, Transcript};
pub use call_account::SoundTrouble;
pub use conversation::{Author, Conversation, Message};
pub use customer::{Address, AddressKind, Claimed, Customer, NoReturnPath, ReturnPath};
pub use inbox::{Channel, Inbox, InboxId};

pub use call_attempts::{CallAttempts, CallMissed};

pub use attendance::{Attendance, Presence};
pub use call_back::{CallBack, CallBackState, Unreached};
pub use desk_order::{DeskOrder, OrderRefused, OrderWhat};
pub use live_call::{LiveCall, LiveStage};
pub use outage::{Outage, OutageTexts};
pub use talk::{CallNote, Direction, Speaker, Talk, WaitEnd, Waited};

pub use capture::{Capture, Captured, Inbound, InboundCall};
pub use classification::{Cause, Classification, DecidedBy};
pub use feedback::{
    Answered, Feedback, FeedbackState, Filed, Refused, ReviewReason, Routed, Source,
};
pub use office_hours::{OfficeHours, OfficeHoursError};
pub use promise::{Promise, PromiseState, PromiseWhat};
pub use understanding::{Mention, Understanding};

pub use board::{BoardColumn, BoardIssue};
pub use issue::{Issue, IssueDraft, IssueState, Marker};
pub use ownership::{OwnerTeam, Ownership, OwnershipRule, Routing};
pub use problem::{OwnerComment, Problem, ProblemState};

pub use acceptance::{AcceptanceSignal, SignalKind};
pub use notice::{Notice, NoticeKind, NoticeState};
pub use tracker_event::{Actor, CloseReason, Happening, TrackerEvent};

pub use decision::{Change, Decision};
pub use job::{Job, NewJob, Step};
pub use way::{Way, answered_as, way};
