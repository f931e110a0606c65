use std::time::Duration;

use async_trait::async_trait;
use mostik_domain::{Address, NoticeId, Words};

/// Something to be told to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// To whom.
    pub address: Address,
    /// In which room of the channel, where it has rooms.
    pub room: Option<String>,
    /// The same for every attempt: an idempotency key where the channel knows one.
    pub notice: NoticeId,
    /// The words.
    pub text: Words,
    /// The words for a room where others read along: without the signed link
    /// to the customer's own page.
    pub text_for_all: Words,
}

/// What the channel made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The channel's own id of the message.
    pub external_id: String,
}

/// A way to tell a customer something. Listening is each channel's own `run`.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Which channel.
    fn kind(&self) -> mostik_domain::Channel;

    /// Sends it, bounded in time.
    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError>;
}

/// Why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth trying again, not sooner than after this time.
    #[error("{why}; may be retried after {after:?}")]
    RetryAfter {
        /// How long to wait at least.
        after: Duration,
        /// Without personal data.
        why: String,
    },
    /// This customer cannot be reached this way (blocked, closed messages).
    #[error("{why}")]
    GiveUp {
        /// Without personal data.
        why: String,
    },
}
