//! A person of the owner team, acting on the web page of this GitHub.

use super::GitHub;
use super::hub::{Hub, Issue, Role, StateReason};
use crate::fakes::front::locked;

/// Names an issue: repository and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRef {
    /// `owner/name`.
    pub repository: String,
    /// Its number there.
    pub number: u64,
}

impl From<&Issue> for IssueRef {
    fn from(issue: &Issue) -> Self {
        Self { repository: issue.repository.clone(), number: issue.number }
    }
}

impl From<(&str, u64)> for IssueRef {
    fn from((repository, number): (&str, u64)) -> Self {
        Self { repository: repository.to_owned(), number }
    }
}

/// Somebody with write access. Each act is over when its webhooks were answered.
#[derive(Debug)]
pub struct Maintainer<'g> {
    pub(super) github: &'g GitHub,
    pub(super) login: String,
}

impl Maintainer<'_> {
    /// Opens an issue of their own, one that our software did not file.
    pub async fn opens(&self, repository: &str, title: &str, body: &str) -> IssueRef {
        let draft = super::acts::Draft {
            title: title.to_owned(),
            body: Some(body.to_owned()),
            ..Default::default()
        };
        let number = locked(&self.github.shared.hub).open(repository, &self.login, draft);
        self.github.deliver().await;
        (repository, number).into()
    }

    /// Comments.
    pub async fn comments(&self, issue: impl Into<IssueRef>, text: &str) {
        self.act(issue, |hub, at, number, who| {
            hub.comment(at, number, who, text);
        })
        .await;
    }

    /// Puts a label on.
    pub async fn labels(&self, issue: impl Into<IssueRef>, label: &str) {
        let label = [label.to_owned()];
        self.act(issue, |hub, at, number, who| hub.label(at, number, who, &label)).await;
    }

    /// Takes a label off.
    pub async fn unlabels(&self, issue: impl Into<IssueRef>, label: &str) {
        self.act(issue, |hub, at, number, who| hub.unlabel(at, number, who, label)).await;
    }

    /// Assigns somebody.
    pub async fn assigns(&self, issue: impl Into<IssueRef>, whom: &str) {
        self.act(issue, |hub, at, number, who| hub.assign(at, number, who, whom)).await;
    }

    /// Takes somebody off.
    pub async fn unassigns(&self, issue: impl Into<IssueRef>, whom: &str) {
        self.act(issue, |hub, at, number, who| hub.unassign(at, number, who, whom)).await;
    }

    /// Closes for a reason.
    pub async fn closes(&self, issue: impl Into<IssueRef>, why: StateReason) {
        self.act(issue, |hub, at, number, who| hub.close(at, number, who, why)).await;
    }

    /// Opens again.
    pub async fn reopens(&self, issue: impl Into<IssueRef>) {
        self.act(issue, Hub::reopen).await;
    }

    /// Locks the conversation ("too heated", "off-topic", "resolved", "spam").
    pub async fn locks(&self, issue: impl Into<IssueRef>, why: Option<&str>) {
        let why = why.map(str::to_owned);
        self.act(issue, |hub, at, number, who| hub.lock(at, number, who, why)).await;
    }

    /// Unlocks it.
    pub async fn unlocks(&self, issue: impl Into<IssueRef>) {
        self.act(issue, Hub::unlock).await;
    }

    /// Puts the issue into a milestone.
    pub async fn milestone(&self, issue: impl Into<IssueRef>, title: &str) {
        self.act(issue, |hub, at, number, who| {
            hub.put_into_milestone(at, number, who, Some(title));
        })
        .await;
    }

    /// Renames the issue.
    pub async fn renames(&self, issue: impl Into<IssueRef>, title: &str) {
        let title = Some(title.to_owned());
        self.act(issue, |hub, at, number, who| hub.edit(at, number, who, (title, None))).await;
    }

    /// Opens a pull request that fixes the issue; it shows in the issue's timeline and no webhook
    /// about the issue is sent, as on the real service.
    pub async fn links_pull_request(&self, issue: impl Into<IssueRef>, title: &str) {
        self.act(issue, |hub, at, number, who| {
            hub.link_pull_request(at, number, who, title);
        })
        .await;
    }

    async fn act(&self, issue: impl Into<IssueRef>, act: impl FnOnce(&mut Hub, &str, u64, &str)) {
        let IssueRef { repository, number } = issue.into();
        {
            let mut hub = locked(&self.github.shared.hub);
            hub.meet(&self.login);
            hub.repository(&repository).roles.insert(self.login.clone(), Role::Write);
            act(&mut hub, &repository, number, &self.login);
        }
        self.github.deliver().await;
    }
}
