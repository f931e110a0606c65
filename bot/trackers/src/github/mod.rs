//! GitHub issues, with a token or as a GitHub App
//! (<https://docs.github.com/en/rest/issues>).
//!
//! What GitHub answers is read leniently, field by field: an event or a field that is new, missing
//! or malformed is passed over, never the reason that a whole history is lost.
//!
//! Whose doing something was: the account that filed the issue is ours, so what it does is never a
//! reaction.
//!
//! Rules of state: closed without a reason is completed (so GitHub closed before reasons existed);
//! closed with a reason that is not known here is [`IssueState::Duplicate`], which tells customers
//! nothing, because both "fixed" and "declined" could be a lie. A pull request that mentions the
//! issue is a linked change, another issue that mentions it is not.

mod access;
mod failure;
mod json;
mod project;
mod request;
mod timeline;
pub mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{IssueDraft, IssueState, Marker};
use secrecy::SecretString;
use serde_json::{Value, json};

use self::{
    access::Access,
    failure::Refused,
    project::{Project, issue_number},
    request::{Answer, Client},
};
use crate::{FiledIssue, IssueHistory, RecentChanges, Tracker, TrackerError};

/// No operation takes longer, of however many pages it consists.
const LONGEST_OPERATION: Duration = Duration::from_mins(1);

/// GitHub's clock and ours may differ by as much when an issue is looked for.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A change may show in the list of issues this much later than it happened.
const LISTING_LAG: SignedDuration = SignedDuration::from_mins(1);

/// How GitHub is reached.
#[derive(Debug, Clone)]
pub struct GitHubConfig {
    /// As `https://api.github.com`, or `https://HOST/api/v3` of an enterprise server.
    pub api_url: String,
    /// Who we are there.
    pub credentials: Credentials,
    /// How often to ask for changes; `None` relies on webhooks alone.
    pub poll_every: Option<Duration>,
}

/// Who we are on GitHub.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A personal access token that may read and write issues. Best of a machine account: what its
    /// owner does by hand counts as done by Mostik and never as a reaction.
    Token(SecretString),
    /// A GitHub App that is installed on the repositories and may read and write issues.
    App {
        /// The App's number.
        id: u64,
        /// Its RSA key, PEM.
        private_key: SecretString,
    },
}

/// What we may do with a project, for the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectAccess {
    /// The repository takes issues at all.
    pub has_issues: bool,
    /// Labels and assignees count only from someone who may push; unknown for an App.
    pub may_push: Option<bool>,
}

/// The tracker.
#[derive(Debug)]
pub struct GitHub {
    access: Access,
    poll_every: Option<Duration>,
}

impl GitHub {
    /// Prepares the client; asks nothing yet. Must be called within a Tokio runtime.
    pub fn new(config: GitHubConfig) -> Result<Self, TrackerError> {
        let GitHubConfig { api_url, credentials, poll_every } = config;
        Ok(Self { access: Access::new(&api_url, credentials)?, poll_every })
    }

    /// The login under which our own doings appear; asked for once.
    pub async fn own_login(&self) -> Result<String, TrackerError> {
        bounded(self.access.own_login()).await
    }

    /// Does something with a project. An App's installation that is refused is looked up anew next
    /// time: it may have been removed and made again.
    async fn with_client<T>(
        &self,
        project: &Project,
        work: impl AsyncFnOnce(Client) -> Result<T, TrackerError>,
    ) -> Result<T, TrackerError> {
        bounded(async {
            let done = work(self.access.client(project).await?).await;
            if let Err(TrackerError::GiveUp { .. }) = done {
                self.access.forget(project).await;
            }
            done
        })
        .await
    }

    /// Whether a project can be worked with, for the doctor.
    pub async fn check(&self, project: &str) -> Result<ProjectAccess, TrackerError> {
        let project = Project::parse(project)?;
        self.with_client(&project, async |client| {
            let answer = client.get(&project.route(""), "").await?;
            Ok(ProjectAccess {
                has_issues: answer.value["has_issues"].as_bool().unwrap_or(true),
                may_push: answer.value.pointer("/permissions/push").and_then(Value::as_bool),
            })
        })
        .await
    }
}

#[async_trait]
impl Tracker for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn poll_every(&self) -> Option<Duration> {
        self.poll_every
    }

    async fn find_by_marker(
        &self,
        project: &str,
        marker: &Marker,
        since: Timestamp,
    ) -> Result<Option<FiledIssue>, TrackerError> {
        let project = Project::parse(project)?;
        self.with_client(&project, async |client| {
            find(&client, &project, marker, earlier(since, CLOCK_SKEW)).await
        })
        .await
    }

    async fn file(&self, project: &str, draft: &IssueDraft) -> Result<FiledIssue, TrackerError> {
        let project = Project::parse(project)?;
        self.with_client(&project, async |client| {
            let answer = file(&client, &project, draft).await?;
            filed(&answer.value).ok_or_else(|| failure::unreadable("a filed issue"))
        })
        .await
    }

    async fn update(
        &self,
        project: &str,
        key: &str,
        draft: &IssueDraft,
    ) -> Result<(), TrackerError> {
        let project = Project::parse(project)?;
        let route = project.route(&format!("/issues/{}", issue_number(key)?));
        self.with_client(&project, async |client| {
            let now = client.get(&route, "").await?.value;
            let body = now["body"].as_str().unwrap_or_default().replace("\r\n", "\n");
            if now["title"] == draft.title.as_str() && body == draft.body {
                return Ok(());
            }
            client.patch(&route, &json!({ "title": draft.title, "body": draft.body })).await?;
            Ok(())
        })
        .await
    }

    async fn changed_since(
        &self,
        project: &str,
        since: Timestamp,
    ) -> Result<RecentChanges, TrackerError> {
        let project = Project::parse(project)?;
        self.with_client(&project, async |client| changed(&client, &project, since).await).await
    }

    async fn history(
        &self,
        project: &str,
        key: &str,
        since: Option<Timestamp>,
    ) -> Result<IssueHistory, TrackerError> {
        let project = Project::parse(project)?;
        let route = project.route(&format!("/issues/{}", issue_number(key)?));
        self.with_client(&project, async |client| {
            let issue = client.get(&route, "").await?.value;
            let mut events = Vec::new();
            client
                .pages(&format!("{route}/timeline"), "per_page=100", |page| {
                    events.extend(timeline::events(page, &issue));
                    true
                })
                .await?;
            events.retain(|event| since.is_none_or(|since| event.at >= since));
            events.sort_by_key(|event| event.at);
            Ok(IssueHistory { state: state_of(&issue), events })
        })
        .await
    }
}

async fn bounded<T>(
    operation: impl Future<Output = Result<T, TrackerError>>,
) -> Result<T, TrackerError> {
    tokio::time::timeout(LONGEST_OPERATION, operation)
        .await
        .unwrap_or_else(|_| Err(failure::slow(LONGEST_OPERATION)))
}

async fn find(
    client: &Client,
    project: &Project,
    marker: &Marker,
    since: Timestamp,
) -> Result<Option<FiledIssue>, TrackerError> {
    // Not the search: its index lags behind, and an issue that it does not know yet would be filed
    // a second time.
    let query = format!("state=all&sort=created&direction=desc&since={since:.0}&per_page=100");
    let mut found = None;
    client
        .pages(&project.route("/issues"), &query, |page| {
            found = json::items(page)
                .filter(|issue| !is_pull_request(issue))
                .find(|issue| {
                    json::text(issue, "/body").is_some_and(|it| it.contains(marker.as_str()))
                })
                .and_then(filed);
            let reached_older = json::items(page)
                .any(|issue| json::time(issue, "/created_at").is_some_and(|it| it < since));
            found.is_none() && !reached_older
        })
        .await?;
    Ok(found)
}

/// Files without labels or assignees when GitHub refuses those: a team member who left must not
/// keep customers' problems from the team.
async fn file(
    client: &Client,
    project: &Project,
    draft: &IssueDraft,
) -> Result<Answer, TrackerError> {
    let route = project.route("/issues");
    let mut wanted = json!({ "title": draft.title, "body": draft.body });
    if !draft.labels.is_empty() {
        wanted["labels"] = json!(draft.labels);
    }
    if !draft.assignees.is_empty() {
        wanted["assignees"] = json!(draft.assignees);
    }
    match client.try_post(&route, &wanted).await {
        Err(Refused::Invalid { fields, .. }) if drop_refused(&mut wanted, &fields) => {
            tracing::warn!(
                project = %project,
                "GitHub refused the labels or assignees of an issue; it is filed without them"
            );
            client.post(&route, &wanted).await
        }
        other => Ok(other?),
    }
}

/// True when something was dropped, so that trying again makes sense.
fn drop_refused(wanted: &mut Value, fields: &[String]) -> bool {
    let Some(wanted) = wanted.as_object_mut() else { return false };
    let before = wanted.len();
    for field in fields {
        match field.as_str() {
            "labels" | "label" | "name" => wanted.remove("labels"),
            "assignees" | "assignee" => wanted.remove("assignees"),
            _ => None,
        };
    }
    wanted.len() < before
}

async fn changed(
    client: &Client,
    project: &Project,
    since: Timestamp,
) -> Result<RecentChanges, TrackerError> {
    let query = format!("state=all&sort=updated&direction=asc&since={since:.0}&per_page=100");
    let (mut keys, mut newest) = (Vec::new(), since);
    let read = client
        .pages(&project.route("/issues"), &query, |page| {
            for issue in json::items(page) {
                newest = newest.max(json::time(issue, "/updated_at").unwrap_or(since));
                let key = issue["number"].as_u64().map(|number| number.to_string());
                keys.extend(key.filter(|key| !is_pull_request(issue) && !keys.contains(key)));
            }
            true
        })
        .await?;
    // A little is read again next time, rather than a change that was not listed yet be missed.
    let settled = read.date.map(|date| earlier(date, LISTING_LAG));
    let read_until = if read.complete { settled.unwrap_or(newest) } else { newest };
    Ok(RecentChanges { keys, read_until: read_until.max(since) })
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn is_pull_request(issue: &Value) -> bool {
    issue.get("pull_request").is_some_and(|it| !it.is_null())
}

fn filed(issue: &Value) -> Option<FiledIssue> {
    Some(FiledIssue {
        key: issue["number"].as_u64()?.to_string(),
        url: issue["html_url"].as_str()?.to_owned(),
        state: state_of(issue),
    })
}

/// Open or how closed, of the issue object of the API and of webhooks alike.
fn state_of(issue: &Value) -> IssueState {
    match (issue["state"].as_str(), issue["state_reason"].as_str()) {
        (Some("closed"), None | Some("completed")) => IssueState::Completed,
        (Some("closed"), Some("not_planned")) => IssueState::NotPlanned,
        (Some("closed"), Some(_)) => IssueState::Duplicate,
        _ => IssueState::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_not_known_here_claims_neither_fixed_nor_declined() {
        let state = |state: &str, reason: Value| {
            state_of(&json!({ "state": state, "state_reason": reason }))
        };
        assert_eq!(state("open", json!("reopened")), IssueState::Open);
        assert_eq!(state("closed", Value::Null), IssueState::Completed);
        assert_eq!(state("closed", json!("completed")), IssueState::Completed);
        assert_eq!(state("closed", json!("not_planned")), IssueState::NotPlanned);
        assert_eq!(state("closed", json!("duplicate")), IssueState::Duplicate);
        assert_eq!(state("closed", json!("moved_to_the_moon")), IssueState::Duplicate);
        assert_eq!(state_of(&json!([])), IssueState::Open);
    }

    #[test]
    fn only_what_was_refused_is_dropped() {
        let mut wanted = json!({ "title": "t", "labels": ["a"], "assignees": ["b"] });
        assert!(!drop_refused(&mut wanted, &["title".to_owned()]));
        assert!(drop_refused(&mut wanted, &["assignees".to_owned()]));
        assert_eq!(wanted, json!({ "title": "t", "labels": ["a"] }));
        assert!(!drop_refused(&mut wanted, &["assignees".to_owned()]), "nothing left to drop");
    }
}
