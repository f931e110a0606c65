//! The built-in tracker: needs no account, shows the same signals as any other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BoardIssueId, CloseReason};

/// An issue on the built-in board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardIssue {
    /// Identity.
    pub id: BoardIssueId,
    /// The owner team's board.
    pub project: String,
    /// Its number within the whole board, from 1; the store gives it when 0.
    pub number: u64,
    /// The hidden marker by which a repeat of filing finds it.
    pub marker: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Where it stands.
    pub column: BoardColumn,
    /// As on other trackers.
    pub labels: Vec<String>,
    /// Who took it.
    pub assignee: Option<String>,
    /// When filed.
    pub filed_at: Timestamp,
    /// Counts the saves.
    pub revision: u32,
}

/// The columns of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardColumn {
    /// Filed; nobody has reacted.
    New,
    /// Put off.
    Later,
    /// Confirmed.
    Accepted,
    /// Being worked on.
    InWork,
    /// Fixed.
    Done,
    /// Will not be done.
    Declined,
}

impl BoardColumn {
    /// All, left to right.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Later, Self::Accepted, Self::InWork, Self::Done, Self::Declined];

    /// The name in forms and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Later => "later",
            Self::Accepted => "accepted",
            Self::InWork => "in_work",
            Self::Done => "done",
            Self::Declined => "declined",
        }
    }

    /// As what an issue in this column counts as closed.
    pub const fn closed(self) -> Option<CloseReason> {
        match self {
            Self::Done => Some(CloseReason::Completed),
            Self::Declined => Some(CloseReason::NotPlanned),
            Self::New | Self::Later | Self::Accepted | Self::InWork => None,
        }
    }
}
