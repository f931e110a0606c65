use mostik_taxonomy::{Language, MessageKind, RootCause};
use serde::{Deserialize, Serialize};

use crate::as_text;

/// The people inside the company who can change a cause, and where they work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerTeam {
    /// As `designers`.
    pub name: String,
    /// The language in which issues are written for them.
    #[serde(with = "as_text")]
    pub language: Language,
    /// Which tracker: `board` or `github`.
    pub tracker: String,
    /// The project within the tracker: `owner/repo`, or the board's name.
    pub project: String,
    /// Labels that each issue gets.
    pub labels: Vec<String>,
    /// People in the tracker to whom issues are assigned.
    pub assignees: Vec<String>,
}

/// Which causes a team owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnershipRule {
    /// The causes.
    pub root_causes: Vec<RootCause>,
    /// Kinds of message that the team gets whatever their cause: offers.
    pub kinds: Vec<MessageKind>,
    /// Their owner.
    pub team: OwnerTeam,
}

/// Where a feedback goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing<'a> {
    /// To this team.
    To(&'a OwnerTeam),
    /// To a person, for this reason.
    Unrouted(String),
}

/// All rules in order; the first that matches wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership(Vec<OwnershipRule>);

impl Ownership {
    /// Takes the rules in their order.
    pub fn new(rules: Vec<OwnershipRule>) -> Self {
        Self(rules)
    }

    /// Who owns that cause.
    pub fn route(&self, cause: &RootCause) -> Routing<'_> {
        self.0.iter().find(|rule| rule.root_causes.contains(cause)).map_or_else(
            || Routing::Unrouted(format!("no owner team is configured for {cause}")),
            |rule| Routing::To(&rule.team),
        )
    }

    /// Who takes messages of that kind.
    pub fn route_kind(&self, kind: MessageKind) -> Routing<'_> {
        self.0.iter().find(|rule| rule.kinds.contains(&kind)).map_or_else(
            || {
                Routing::Unrouted(format!(
                    "no owner team is configured for messages of the kind {kind}"
                ))
            },
            |rule| Routing::To(&rule.team),
        )
    }

    /// A team by its name.
    pub fn team(&self, name: &str) -> Option<&OwnerTeam> {
        self.teams().find(|team| team.name == name)
    }

    /// All teams, in the order of the rules.
    pub fn teams(&self) -> impl Iterator<Item = &OwnerTeam> {
        self.0.iter().map(|rule| &rule.team)
    }

    /// All causes that have an owner.
    pub fn root_causes(&self) -> impl Iterator<Item = &RootCause> {
        self.0.iter().flat_map(|rule| &rule.root_causes)
    }
}
