//! What can be done to an issue. Each act changes it, writes its history and announces it, as
//! GitHub's documentation of issue event types and webhook payloads says
//! (<https://docs.github.com/rest/using-the-rest-api/issue-event-types>,
//! <https://docs.github.com/webhooks/webhook-events-and-payloads>).

use serde_json::{Value, json};

use super::hub::{
    Announcement, Comment, Happened, Hub, Issue, Label, Milestone, Repository, State, StateReason,
    What,
};

/// An issue on its way in.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) assignees: Vec<String>,
    pub(super) milestone: Option<String>,
    pub(super) is_pull_request: bool,
}

impl Hub {
    /// Opens an issue and returns its number.
    pub(super) fn open(&mut self, repository: &str, author: &str, draft: Draft) -> u64 {
        let (id, now) = (self.next_id(), Self::now());
        let issues = &mut self.repository(repository).issues;
        let number = u64::try_from(issues.len()).unwrap_or(u64::MAX) + 1;
        issues.push(Issue {
            repository: repository.to_owned(),
            id,
            number,
            title: draft.title,
            body: draft.body,
            author: author.to_owned(),
            state: State::Open { again: false },
            labels: Vec::new(),
            assignees: Vec::new(),
            milestone: None,
            locked: None,
            comments: Vec::new(),
            is_pull_request: draft.is_pull_request,
            created_at: now,
            updated_at: now,
            closed: None,
            happened: Vec::new(),
        });
        if !draft.is_pull_request {
            self.announce("issues", "opened", (repository, number), author, &json!({}));
        }
        self.label(repository, number, author, &draft.labels);
        draft.assignees.iter().for_each(|who| self.assign(repository, number, author, who));
        if let Some(title) = &draft.milestone {
            self.put_into_milestone(repository, number, author, Some(title));
        }
        number
    }

    pub(super) fn comment(&mut self, repository: &str, number: u64, who: &str, body: &str) -> u64 {
        let comment = Comment {
            id: self.next_id(),
            author: who.to_owned(),
            body: body.to_owned(),
            created_at: Self::now(),
        };
        let id = comment.id;
        self.issue(repository, number).comments.push(comment.clone());
        self.happen(repository, number, who, What::Commented(comment));
        let extra = json!({ "comment": self.comment_json(repository, number, id) });
        self.announce("issue_comment", "created", (repository, number), who, &extra);
        id
    }

    /// Labels that the repository does not have are made, as GitHub does for who may push.
    pub(super) fn label(&mut self, repository: &str, number: u64, who: &str, names: &[String]) {
        for name in names {
            self.make_label(repository, name, "ededed", None);
            let issue = self.issue(repository, number);
            if !issue.labels.contains(name) {
                issue.labels.push(name.clone());
                self.happen(repository, number, who, What::Labeled(name.clone()));
                let extra = json!({ "label": self.label_json(repository, name) });
                self.announce("issues", "labeled", (repository, number), who, &extra);
            }
        }
    }

    pub(super) fn unlabel(&mut self, repository: &str, number: u64, who: &str, name: &str) {
        let issue = self.issue(repository, number);
        if issue.labels.iter().any(|it| it == name) {
            issue.labels.retain(|it| it != name);
            self.happen(repository, number, who, What::Unlabeled(name.to_owned()));
            let extra = json!({ "label": self.label_json(repository, name) });
            self.announce("issues", "unlabeled", (repository, number), who, &extra);
        }
    }

    pub(super) fn make_label(
        &mut self,
        repository: &str,
        name: &str,
        color: &str,
        description: Option<String>,
    ) -> bool {
        let id = self.next_id();
        let labels = &mut self.repository(repository).labels;
        if labels.iter().any(|label| label.name.eq_ignore_ascii_case(name)) {
            return false;
        }
        labels.push(Label { id, name: name.to_owned(), color: color.to_owned(), description });
        true
    }

    pub(super) fn assign(&mut self, repository: &str, number: u64, who: &str, whom: &str) {
        self.meet(whom);
        let issue = self.issue(repository, number);
        if !issue.assignees.iter().any(|it| it == whom) {
            issue.assignees.push(whom.to_owned());
            self.happen(repository, number, who, What::Assigned(whom.to_owned()));
            let extra = json!({ "assignee": self.user_json(whom) });
            self.announce("issues", "assigned", (repository, number), who, &extra);
        }
    }

    pub(super) fn unassign(&mut self, repository: &str, number: u64, who: &str, whom: &str) {
        let issue = self.issue(repository, number);
        if issue.assignees.iter().any(|it| it == whom) {
            issue.assignees.retain(|it| it != whom);
            self.happen(repository, number, who, What::Unassigned(whom.to_owned()));
            let extra = json!({ "assignee": self.user_json(whom) });
            self.announce("issues", "unassigned", (repository, number), who, &extra);
        }
    }

    pub(super) fn put_into_milestone(
        &mut self,
        repository: &str,
        number: u64,
        who: &str,
        title: Option<&str>,
    ) {
        if let Some(left) = self.issue(repository, number).milestone.take() {
            self.happen(repository, number, who, What::Demilestoned(left.clone()));
            let extra = json!({ "milestone": self.milestone_json(repository, &left) });
            self.announce("issues", "demilestoned", (repository, number), who, &extra);
        }
        if let Some(title) = title {
            self.make_milestone(repository, title);
            self.issue(repository, number).milestone = Some(title.to_owned());
            self.happen(repository, number, who, What::Milestoned(title.to_owned()));
            let extra = json!({ "milestone": self.milestone_json(repository, title) });
            self.announce("issues", "milestoned", (repository, number), who, &extra);
        }
    }

    pub(super) fn make_milestone(&mut self, repository: &str, title: &str) {
        let (id, created_at) = (self.next_id(), Self::now());
        let milestones = &mut self.repository(repository).milestones;
        if !milestones.iter().any(|milestone| milestone.title == title) {
            let number = u64::try_from(milestones.len()).unwrap_or(u64::MAX) + 1;
            milestones.push(Milestone { id, number, title: title.to_owned(), created_at });
        }
    }

    /// Closing what is closed changes only the reason; no event comes of it.
    pub(super) fn close(&mut self, repository: &str, number: u64, who: &str, why: StateReason) {
        let now = Self::now();
        let issue = self.issue(repository, number);
        let was_open = matches!(issue.state, State::Open { .. });
        issue.state = State::Closed(why);
        if was_open {
            issue.closed = Some((now, who.to_owned()));
            self.happen(repository, number, who, What::Closed(why));
            self.announce("issues", "closed", (repository, number), who, &json!({}));
        }
    }

    pub(super) fn reopen(&mut self, repository: &str, number: u64, who: &str) {
        let issue = self.issue(repository, number);
        if matches!(issue.state, State::Closed(_)) {
            issue.state = State::Open { again: true };
            issue.closed = None;
            self.happen(repository, number, who, What::Reopened);
            self.announce("issues", "reopened", (repository, number), who, &json!({}));
        }
    }

    pub(super) fn lock(&mut self, repository: &str, number: u64, who: &str, why: Option<String>) {
        self.issue(repository, number).locked = Some(why.clone());
        self.happen(repository, number, who, What::Locked(why));
        self.announce("issues", "locked", (repository, number), who, &json!({}));
    }

    pub(super) fn unlock(&mut self, repository: &str, number: u64, who: &str) {
        if self.issue(repository, number).locked.take().is_some() {
            self.happen(repository, number, who, What::Unlocked);
            self.announce("issues", "unlocked", (repository, number), who, &json!({}));
        }
    }

    pub(super) fn edit(
        &mut self,
        repository: &str,
        number: u64,
        who: &str,
        (title, body): (Option<String>, Option<String>),
    ) {
        let issue = self.issue(repository, number);
        let mut changes = json!({});
        if let Some(body) = body.filter(|body| Some(body) != issue.body.as_ref()) {
            changes["body"] = json!({ "from": issue.body });
            issue.body = Some(body);
        }
        let renamed = title.filter(|title| *title != issue.title).map(|to| {
            let from = std::mem::replace(&mut issue.title, to.clone());
            changes["title"] = json!({ "from": from });
            What::Renamed { from, to }
        });
        if changes != json!({}) {
            issue.updated_at = Self::now();
            if let Some(renamed) = renamed {
                self.happen(repository, number, who, renamed);
            }
            let extra = json!({ "changes": changes });
            self.announce("issues", "edited", (repository, number), who, &extra);
        }
    }

    /// A pull request that says it fixes the issue; shown in the issue's timeline only.
    pub(super) fn link_pull_request(
        &mut self,
        repository: &str,
        number: u64,
        who: &str,
        title: &str,
    ) -> u64 {
        let draft = Draft {
            title: title.to_owned(),
            body: Some(format!("Fixes #{number}")),
            is_pull_request: true,
            ..Draft::default()
        };
        let by = self.open(repository, who, draft);
        self.happen(repository, number, who, What::CrossReferenced { by });
        by
    }

    fn happen(&mut self, repository: &str, number: u64, actor: &str, what: What) {
        let (id, at) = (self.next_id(), Self::now());
        let issue = self.issue(repository, number);
        issue.updated_at = at;
        issue.happened.push(Happened { id, at, actor: actor.to_owned(), what });
    }

    fn announce(
        &mut self,
        event: &'static str,
        action: &str,
        (repository, number): (&str, u64),
        sender: &str,
        extra: &Value,
    ) {
        let mut payload = json!({
            "action": action,
            "issue": self.issue_json(repository, number),
            "repository": self.repository_json(repository),
            "sender": self.user_json(sender),
        });
        if let Some(app) = self.app {
            payload["installation"] = json!({ "id": app.installation, "node_id": "I_1" });
        }
        for (name, value) in extra.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        self.outbox.push(Announcement { event, payload });
    }
}

impl Repository {
    pub(super) fn may_triage(&self, login: &str) -> bool {
        self.role(login) >= super::Role::Triage
    }
}
