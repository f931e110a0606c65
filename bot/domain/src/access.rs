use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a signed-in person may do. Each may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works on the board of an owner team; sees no customer's personal data.
    Owner,
    /// Answers customers, corrects causes, runs dead jobs again.
    Operator,
    /// Sees reports, sets stages.
    Manager,
    /// Adds people.
    Admin,
}

impl Role {
    /// All, least first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Operator, Self::Manager, Self::Admin];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("unknown role {text:?}: use operator, owner, manager or admin"))
    }
}

/// Someone who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// The name shown to colleagues and, in answers, to customers.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When added.
    pub created_at: Timestamp,
}
