//! What this GitHub remembers: repositories, people, issues and what happened to them.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What a person may do in a repository
/// (<https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees nothing: a private repository answers 404.
    None,
    /// Reads, opens issues, comments.
    Read,
    /// Also labels, assigns, closes.
    Triage,
    /// Also pushes; labels and assignees given on creation count.
    Write,
}

/// Why an issue was closed, as GitHub names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateReason {
    /// Done.
    Completed,
    /// "Won't fix", "works as intended", stale.
    NotPlanned,
    /// The same as another issue.
    Duplicate,
}

impl StateReason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Completed, Self::NotPlanned, Self::Duplicate]
            .into_iter()
            .find(|reason| reason.name() == name)
    }
}

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Open, and whether it had been closed before.
    Open {
        /// True after a reopening.
        again: bool,
    },
    /// Closed, and why.
    Closed(StateReason),
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Unique on this server.
    pub id: u64,
    /// Login of the author.
    pub author: String,
    /// Markdown.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
}

/// An issue, or the issue side of a pull request.
#[derive(Debug, Clone)]
pub struct Issue {
    /// `owner/name`.
    pub repository: String,
    /// Unique on this server.
    pub id: u64,
    /// Unique in the repository.
    pub number: u64,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: Option<String>,
    /// Login of the author.
    pub author: String,
    /// Where it stands.
    pub state: State,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// Logins.
    pub assignees: Vec<String>,
    /// Title of its milestone.
    pub milestone: Option<String>,
    /// Whether the conversation is locked, and the reason given.
    pub locked: Option<Option<String>>,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// Whether this is a pull request.
    pub is_pull_request: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    pub(super) closed: Option<(Timestamp, String)>,
    pub(super) happened: Vec<Happened>,
}

/// One entry of an issue's history.
#[derive(Debug, Clone)]
pub(super) struct Happened {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Labeled(String),
    Unlabeled(String),
    Assigned(String),
    Unassigned(String),
    Milestoned(String),
    Demilestoned(String),
    Renamed {
        from: String,
        to: String,
    },
    Closed(StateReason),
    Reopened,
    Locked(Option<String>),
    Unlocked,
    Commented(Comment),
    /// A pull request or issue that mentions this one.
    CrossReferenced {
        by: u64,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Milestone {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) full_name: String,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) issues: Vec<Issue>,
    pub(super) labels: Vec<Label>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) issues_enabled: bool,
    pub(super) created_at: Timestamp,
}

impl Repository {
    pub(super) fn owner(&self) -> &str {
        self.full_name.split('/').next().unwrap_or_default()
    }

    pub(super) fn name(&self) -> &str {
        self.full_name.split('/').nth(1).unwrap_or_default()
    }

    /// Anybody may read a public repository.
    pub(super) fn role(&self, login: &str) -> Role {
        self.roles.get(login).copied().unwrap_or(Role::Read)
    }

    pub(super) fn issue(&self, number: u64) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.number == number)
    }
}

/// A webhook that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Announcement {
    pub(super) event: &'static str,
    pub(super) payload: serde_json::Value,
}

/// The whole of this GitHub.
#[derive(Debug)]
pub(super) struct Hub {
    /// Where the API is, without a final slash.
    pub(super) base: String,
    pub(super) repositories: BTreeMap<String, Repository>,
    /// Login to user id.
    pub(super) users: BTreeMap<String, u64>,
    /// Token to login.
    pub(super) tokens: BTreeMap<String, String>,
    pub(super) app: Option<App>,
    pub(super) outbox: Vec<Announcement>,
    /// Issues opened since then are not in the search index yet.
    pub(super) search_stands_still_since: Option<u64>,
    last_id: u64,
}

/// A GitHub App installed on every repository here.
#[derive(Debug, Clone, Copy)]
pub(super) struct App {
    pub(super) id: u64,
    pub(super) installation: u64,
}

impl Hub {
    pub(super) fn new(base: String) -> Self {
        Self {
            base,
            repositories: BTreeMap::new(),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            app: None,
            outbox: Vec::new(),
            search_stands_still_since: None,
            last_id: 1_000,
        }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// GitHub keeps whole seconds.
    pub(super) fn now() -> Timestamp {
        Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default()
    }

    pub(super) fn meet(&mut self, login: &str) {
        if !self.users.contains_key(login) {
            let id = self.next_id();
            self.users.insert(login.to_owned(), id);
        }
    }

    pub(super) fn add_repository(&mut self, full_name: &str) {
        assert!(
            full_name.split('/').filter(|part| !part.is_empty()).count() == 2,
            "a repository is «owner/name», not «{full_name}»"
        );
        self.meet(full_name.split('/').next().unwrap_or_default());
        let repository = Repository {
            id: self.next_id(),
            full_name: full_name.to_owned(),
            roles: BTreeMap::new(),
            issues: Vec::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            issues_enabled: true,
            created_at: Self::now(),
        };
        self.repositories.insert(full_name.to_owned(), repository);
    }

    pub(super) fn repository(&mut self, full_name: &str) -> &mut Repository {
        self.repositories
            .get_mut(full_name)
            .unwrap_or_else(|| panic!("this GitHub has no repository «{full_name}»"))
    }

    pub(super) fn issue(&mut self, full_name: &str, number: u64) -> &mut Issue {
        self.repository(full_name)
            .issues
            .iter_mut()
            .find(|issue| issue.number == number)
            .unwrap_or_else(|| panic!("{full_name} has no issue #{number}"))
    }
}
