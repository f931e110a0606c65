use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FeedbackId, OfficeHours, PromiseId, Refused};

/// Told to a customer: what, when, how (checklist #83–86). Kept or broken, never forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Identity.
    pub id: PromiseId,
    /// To whom, about what.
    pub feedback: FeedbackId,
    /// What was promised.
    pub what: PromiseWhat,
    /// When it was told.
    pub made_at: Timestamp,
    /// By when it is to be kept.
    pub due_at: Timestamp,
    /// What became of it.
    pub state: PromiseState,
}

/// What can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseWhat {
    /// A first answer about the substance (checklist #43).
    FirstAnswer,
    /// The answer that was late the first time (checklist #45).
    DelayedAnswer,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum PromiseState {
    /// Not yet.
    Due,
    /// In time.
    Kept {
        /// When.
        at: Timestamp,
    },
    /// The time passed.
    Broken {
        /// When that was noticed.
        at: Timestamp,
    },
}

impl PromiseState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Kept { .. } => "kept",
            Self::Broken { .. } => "broken",
        }
    }
}

impl Promise {
    /// The promise of a first answer within `minutes` of office time.
    pub fn first_answer(
        id: PromiseId,
        feedback: FeedbackId,
        now: Timestamp,
        hours: &OfficeHours,
        minutes: u32,
    ) -> Self {
        Self {
            id,
            feedback,
            what: PromiseWhat::FirstAnswer,
            made_at: now,
            due_at: hours.after(now, minutes),
            state: PromiseState::Due,
        }
    }

    /// The customer got what was promised.
    pub fn kept(self, at: Timestamp) -> Result<Self, Refused> {
        match self.state {
            PromiseState::Due => Ok(Self { state: PromiseState::Kept { at }, ..self }),
            other => Err(Refused { from: other.as_str(), to: "kept" }),
        }
    }

    /// The time passed without it.
    pub fn broken(self, at: Timestamp) -> Result<Self, Refused> {
        match self.state {
            PromiseState::Due if at >= self.due_at => {
                Ok(Self { state: PromiseState::Broken { at }, ..self })
            }
            other => Err(Refused { from: other.as_str(), to: "broken" }),
        }
    }
}
