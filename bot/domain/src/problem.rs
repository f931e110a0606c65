use jiff::Timestamp;
use mostik_taxonomy::{AcceptanceStage, RootCause};
use serde::{Deserialize, Serialize};

use crate::{ProblemId, Refused, Words, as_text};

/// Many feedbacks about the same thing; has exactly one issue per tracker project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Identity.
    pub id: ProblemId,
    /// What brought it about.
    #[serde(with = "as_text")]
    pub root_cause: RootCause,
    /// Who owns that cause.
    pub owner_team: String,
    /// One line that names it, redacted; the title is made of it.
    pub title: String,
    /// The text that new feedbacks are compared with.
    pub pattern: Words,
    /// Keys under which look-alikes are found (see `mostik-text`); none where
    /// nothing is to be gathered: an offer of cooperation stands alone.
    pub likeness_keys: Vec<u64>,
    /// Open, fixed or declined.
    pub state: ProblemState,
    /// How far the owner team has come: the fold of its signals.
    #[serde(with = "as_text")]
    pub stage: AcceptanceStage,
    /// Since when.
    pub stage_since: Timestamp,
    /// What the owner side wrote last, if it may be shown to customers: the
    /// reason when the problem is declined.
    pub last_comment: Option<OwnerComment>,
    /// When the first feedback gathered under it.
    pub opened_at: Timestamp,
    /// Counts the saves.
    pub revision: u32,
}

/// Something the owner side wrote on the issue, redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerComment {
    /// When.
    pub at: Timestamp,
    /// In their words.
    pub text: Words,
}

/// What became of a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum ProblemState {
    /// Being told to the owner team, or worked on.
    Open,
    /// The owner team says it is fixed.
    Fixed {
        /// When.
        at: Timestamp,
    },
    /// The owner team will not change it.
    Declined {
        /// When.
        at: Timestamp,
        /// In the owner team's words, redacted; none when they gave none.
        why: Option<String>,
    },
}

impl ProblemState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fixed { .. } => "fixed",
            Self::Declined { .. } => "declined",
        }
    }

    /// Closed as completed. A declined problem may be fixed after all.
    pub fn fixed(self, at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Open | Self::Declined { .. } => Ok(Self::Fixed { at }),
            Self::Fixed { .. } => Err(Refused { from: "fixed", to: "fixed" }),
        }
    }

    /// Closed as not planned.
    pub fn declined(self, at: Timestamp, why: Option<String>) -> Result<Self, Refused> {
        match self {
            Self::Open | Self::Fixed { .. } => Ok(Self::Declined { at, why }),
            Self::Declined { .. } => Err(Refused { from: "declined", to: "declined" }),
        }
    }

    /// Opened again.
    pub fn reopened(self) -> Result<Self, Refused> {
        match self {
            Self::Open => Err(Refused { from: "open", to: "open" }),
            Self::Fixed { .. } | Self::Declined { .. } => Ok(Self::Open),
        }
    }
}
