//! How repositories, people, issues and comments look in answers and webhooks.

use serde_json::{Value, json};

use super::hub::{Hub, Issue, Repository, Role, State};
use super::pages::encoded;

impl Hub {
    pub(super) fn user_json(&self, login: &str) -> Value {
        let id = self.users.get(login).copied().unwrap_or(1);
        let api = format!("{}/users/{}", self.base, encoded(login));
        let is_bot = login.ends_with("[bot]");
        let page = match login.strip_suffix("[bot]") {
            Some(app) => format!("https://github.com/apps/{app}"),
            None => format!("https://github.com/{login}"),
        };
        json!({
            "login": login, "id": id, "node_id": format!("U_{id}"),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}"),
            "gravatar_id": "", "url": api, "html_url": page,
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"), "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": if is_bot { "Bot" } else { "User" }, "site_admin": false,
        })
    }

    pub(super) fn repository_json(&self, full_name: &str) -> Value {
        let repository = &self.repositories[full_name];
        let api = format!("{}/repos/{full_name}", self.base);
        let web = format!("https://github.com/{full_name}");
        let mut json = json!({
            "id": repository.id, "node_id": format!("R_{}", repository.id),
            "name": repository.name(), "full_name": full_name,
            "owner": self.user_json(repository.owner()), "private": false, "html_url": web,
            "description": null, "fork": false, "url": api, "homepage": null, "language": null,
            "git_url": format!("git://github.com/{full_name}.git"),
            "ssh_url": format!("git@github.com:{full_name}.git"),
            "clone_url": format!("{web}.git"), "svn_url": web, "mirror_url": null,
            "forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "size": 1,
            "default_branch": "main", "has_issues": repository.issues_enabled,
            "has_projects": true, "has_wiki": true, "has_pages": false, "has_downloads": true,
            "archived": false, "disabled": false, "visibility": "public", "license": null,
            "pushed_at": repository.created_at, "created_at": repository.created_at,
            "updated_at": repository.created_at, "forks": 0, "watchers": 0, "topics": [],
        });
        for (name, tail) in REPOSITORY_LINKS {
            json[*name] = format!("{api}{tail}").into();
        }
        let open = open_issues(repository);
        json["open_issues"] = open.into();
        json["open_issues_count"] = open.into();
        json
    }

    pub(super) fn label_json(&self, repository: &str, name: &str) -> Value {
        let labels = &self.repositories[repository].labels;
        let Some(label) = labels.iter().find(|label| label.name == name) else {
            return Value::Null;
        };
        json!({
            "id": label.id, "node_id": format!("LA_{}", label.id), "name": label.name,
            "url": format!("{}/repos/{repository}/labels/{}", self.base, encoded(name)),
            "color": label.color, "description": label.description, "default": false,
        })
    }

    pub(super) fn milestone_json(&self, repository: &str, title: &str) -> Value {
        let milestones = &self.repositories[repository].milestones;
        let Some(milestone) = milestones.iter().find(|milestone| milestone.title == title) else {
            return Value::Null;
        };
        let api = format!("{}/repos/{repository}/milestones/{}", self.base, milestone.number);
        json!({
            "url": api, "labels_url": format!("{api}/labels"), "id": milestone.id,
            "html_url": format!("https://github.com/{repository}/milestone/{}", milestone.number),
            "node_id": format!("MI_{}", milestone.id), "number": milestone.number,
            "title": milestone.title, "description": null,
            "creator": self.user_json(self.repositories[repository].owner()),
            "open_issues": 0, "closed_issues": 0, "state": "open",
            "created_at": milestone.created_at, "updated_at": milestone.created_at,
            "due_on": null, "closed_at": null,
        })
    }

    pub(super) fn issue_json(&self, repository: &str, number: u64) -> Value {
        let Some(issue) = self.repositories[repository].issue(number) else { return Value::Null };
        let api = format!("{}/repos/{repository}/issues/{number}", self.base);
        let kind = if issue.is_pull_request { "pull" } else { "issues" };
        let assignees: Vec<Value> = issue.assignees.iter().map(|it| self.user_json(it)).collect();
        let labels = issue.labels.iter().map(|it| self.label_json(repository, it));
        let mut json = json!({
            "url": api, "repository_url": format!("{}/repos/{repository}", self.base),
            "labels_url": format!("{api}/labels{{/name}}"),
            "comments_url": format!("{api}/comments"), "events_url": format!("{api}/events"),
            "timeline_url": format!("{api}/timeline"),
            "html_url": format!("https://github.com/{repository}/{kind}/{number}"),
            "id": issue.id, "node_id": format!("I_{}", issue.id), "number": number,
            "title": issue.title, "body": issue.body, "user": self.user_json(&issue.author),
            "labels": labels.collect::<Value>(), "assignee": assignees.first(),
            "assignees": assignees, "comments": issue.comments.len(),
            "milestone": issue.milestone.as_ref().map(|it| self.milestone_json(repository, it)),
            "locked": issue.locked.is_some(), "active_lock_reason": issue.locked.clone().flatten(),
            "created_at": issue.created_at, "updated_at": issue.updated_at,
            "closed_at": issue.closed.as_ref().map(|(at, _)| at),
            "closed_by": issue.closed.as_ref().map(|(_, who)| self.user_json(who)),
            "author_association": association(&self.repositories[repository], &issue.author),
            "performed_via_github_app": null, "reactions": reactions(&api),
        });
        (json["state"], json["state_reason"]) = state(issue);
        if issue.is_pull_request {
            json["pull_request"] = self.pull_request_links(repository, number);
        }
        json
    }

    pub(super) fn comment_json(&self, repository: &str, number: u64, id: u64) -> Value {
        let repository_ = &self.repositories[repository];
        let comments = repository_.issue(number).map(|issue| &issue.comments);
        let Some(comment) = comments.into_iter().flatten().find(|comment| comment.id == id) else {
            return Value::Null;
        };
        let api = format!("{}/repos/{repository}/issues/comments/{id}", self.base);
        json!({
            "id": id, "node_id": format!("IC_{id}"), "url": api, "body": comment.body,
            "html_url":
                format!("https://github.com/{repository}/issues/{number}#issuecomment-{id}"),
            "issue_url": format!("{}/repos/{repository}/issues/{number}", self.base),
            "user": self.user_json(&comment.author), "created_at": comment.created_at,
            "updated_at": comment.created_at, "performed_via_github_app": null,
            "author_association": association(repository_, &comment.author),
            "reactions": reactions(&api),
        })
    }

    fn pull_request_links(&self, repository: &str, number: u64) -> Value {
        let web = format!("https://github.com/{repository}/pull/{number}");
        json!({
            "url": format!("{}/repos/{repository}/pulls/{number}", self.base), "html_url": web,
            "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
            "merged_at": null,
        })
    }
}

const REPOSITORY_LINKS: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

fn open_issues(repository: &Repository) -> usize {
    repository.issues.iter().filter(|issue| matches!(issue.state, State::Open { .. })).count()
}

fn state(issue: &Issue) -> (Value, Value) {
    match issue.state {
        State::Open { again: false } => ("open".into(), Value::Null),
        State::Open { again: true } => ("open".into(), "reopened".into()),
        State::Closed(reason) => ("closed".into(), reason.name().into()),
    }
}

pub(super) fn association(repository: &Repository, login: &str) -> &'static str {
    if repository.owner() == login {
        return "OWNER";
    }
    match repository.role(login) {
        Role::Write | Role::Triage => "COLLABORATOR",
        Role::Read | Role::None => "NONE",
    }
}

fn reactions(api: &str) -> Value {
    json!({
        "url": format!("{api}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0,
        "confused": 0, "heart": 0, "hooray": 0, "eyes": 0, "rocket": 0,
    })
}
