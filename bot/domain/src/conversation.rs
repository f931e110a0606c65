use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConversationId, CustomerId, FeedbackId, InboxId, MessageId, Words};

/// One customer's correspondence through one inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Identity.
    pub id: ConversationId,
    /// The way in.
    pub inbox: InboxId,
    /// Whose.
    pub customer: CustomerId,
    /// When it began.
    pub started_at: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Author {
    /// The customer.
    Customer,
    /// Mostik itself, by template.
    Mostik,
    /// A person at the desk (checklist #8: record who answered).
    Operator {
        /// The name the customer sees.
        name: String,
    },
}

/// One thing written or said; unique by `(inbox, external_id)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Identity.
    pub id: MessageId,
    /// The way in.
    pub inbox: InboxId,
    /// The channel's own id of it: what makes a second delivery harmless.
    pub external_id: String,
    /// The correspondence it belongs to.
    pub conversation: ConversationId,
    /// What it was captured as, or what it answers.
    pub feedback: FeedbackId,
    /// Who said it.
    pub author: Author,
    /// What was said; empty for a call that has no transcript yet.
    pub text: Words,
    /// When.
    pub at: Timestamp,
}
