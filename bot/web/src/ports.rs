//! What the web layer needs from the rest of Mostik, besides the store.

use std::{io, pin::Pin};

use async_trait::async_trait;
use axum::body::Bytes;
use mostik_domain::{Captured, Feedback, FeedbackId, Inbound};
use mostik_store::{ProblemCard, StoreError};
use tokio::io::AsyncRead;

/// Why a message was not captured.
#[derive(Debug)]
pub enum IntakeError {
    /// Empty or too long; in words for the sender.
    Refused(String),
    /// Not stored: the sender must try again.
    Store(StoreError),
}

/// Captures what was written into a form.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores the message, once per `(inbox, external_id)`; returns after it is stored.
    async fn message(&self, inbound: Inbound) -> Result<Captured, IntakeError>;
}

/// A webhook delivery as it came.
#[derive(Clone)]
pub struct Delivery {
    /// `X-GitHub-Event`.
    pub event: String,
    /// `X-GitHub-Delivery`: unique per delivery.
    pub id: String,
    /// `X-Hub-Signature-256`, as `sha256=…`.
    pub signature: Option<String>,
    /// The bytes that were signed.
    pub body: Bytes,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Stored; answered with 202.
    Taken,
    /// Genuine, but about nothing of ours; answered with 202.
    Ignored,
    /// Not signed with our secret; answered with 401.
    BadSignature,
    /// Signed, but not what the vendor describes; answered with 400.
    Malformed(String),
    /// Could not be stored now; answered with 503 so that it is delivered again.
    Unavailable,
}

/// Takes signed deliveries of trackers.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// A delivery of GitHub.
    async fn github(&self, delivery: Delivery) -> WebhookOutcome;
}

/// Where the recordings of calls are kept.
#[async_trait]
pub trait Recordings: Send + Sync {
    /// Size in bytes; `None` when there is no such file.
    async fn size(&self, file: &str) -> io::Result<Option<u64>>;

    /// The bytes from `offset` to the end.
    async fn read_from(
        &self,
        file: &str,
        offset: u64,
    ) -> io::Result<Pin<Box<dyn AsyncRead + Send>>>;
}

/// One thing that must work for Mostik to do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// As `database`, `sip`, `speech model`.
    pub name: String,
    /// Why it does not work; none when it does.
    pub failure: Option<String>,
    /// A failure of it means "not ready"; otherwise it is only told.
    pub required: bool,
}

/// Tells whether Mostik is ready.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// All checks, each bounded in time.
    async fn checks(&self) -> Vec<Check>;
}

/// Why a feedback could not be given to a team.
#[derive(Debug)]
pub enum HandOverError {
    /// The team is not configured, or the feedback is not so far.
    Refused(String),
    /// The store did not take it.
    Store(StoreError),
}

/// Gives a feedback to an owner team that a person chose, past the ownership
/// rules: gathers it under a problem of that team, and queues the filing.
#[async_trait]
pub trait HandOver: Send + Sync {
    /// `by` is the name of the person who chose.
    async fn to_team(
        &self,
        feedback: FeedbackId,
        team: &str,
        by: &str,
    ) -> Result<(), HandOverError>;
}

/// An open problem that a feedback may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// The problem, its issue and its count.
    pub card: ProblemCard,
    /// From 0 to 1: how probable it is, beside the others and something new.
    pub certainty: f32,
}

/// Finds the open problems that a feedback may be about.
#[async_trait]
pub trait LikelyProblems: Send + Sync {
    /// The `most` likest, the likest first, without the problem that the
    /// feedback belongs to already; none while it has no words.
    async fn to(&self, feedback: &Feedback, most: usize) -> Result<Vec<Likely>, StoreError>;
}
