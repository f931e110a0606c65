//! An issue's history in its two renderings: events, and the timeline that also has comments and
//! references (<https://docs.github.com/rest/using-the-rest-api/issue-event-types>).

use serde_json::{Value, json};

use super::hub::{Happened, Hub, What};

impl Hub {
    /// `GET …/events`: no comments, no references.
    pub(super) fn events_json(&self, repository: &str, number: u64) -> Vec<Value> {
        self.happened(repository, number)
            .iter()
            .filter(|it| !matches!(it.what, What::Commented(_) | What::CrossReferenced { .. }))
            .map(|it| {
                let mut json = self.event_json(repository, it);
                // Only the timeline's state changes carry the reason.
                leave_out(&mut json, "state_reason");
                json
            })
            .collect()
    }

    /// `GET …/timeline`.
    pub(super) fn timeline_json(&self, repository: &str, number: u64) -> Vec<Value> {
        self.happened(repository, number)
            .iter()
            .map(|it| match &it.what {
                What::Commented(comment) => {
                    let mut json = self.comment_json(repository, number, comment.id);
                    json["event"] = "commented".into();
                    json["actor"] = self.user_json(&it.actor);
                    json
                }
                What::CrossReferenced { by } => json!({
                    "event": "cross-referenced", "actor": self.user_json(&it.actor),
                    "created_at": it.at, "updated_at": it.at,
                    "source": { "type": "issue", "issue": self.issue_json(repository, *by) },
                }),
                _ => {
                    let mut json = self.event_json(repository, it);
                    // Only the events say who assigned somebody else.
                    leave_out(&mut json, "assigner");
                    json
                }
            })
            .collect()
    }

    fn happened(&self, repository: &str, number: u64) -> &[Happened] {
        self.repositories[repository].issue(number).map_or(&[], |issue| &issue.happened)
    }

    fn event_json(&self, repository: &str, happened: &Happened) -> Value {
        let id = happened.id;
        let mut json = json!({
            "id": id, "node_id": format!("E_{id}"),
            "url": format!("{}/repos/{repository}/issues/events/{id}", self.base),
            "actor": self.user_json(&happened.actor), "commit_id": null, "commit_url": null,
            "created_at": happened.at, "performed_via_github_app": null,
        });
        let (name, details) = self.details(repository, &happened.what, &happened.actor);
        json["event"] = name.into();
        for (key, value) in details.as_object().into_iter().flatten() {
            json[key] = value.clone();
        }
        json
    }

    fn details(&self, repository: &str, what: &What, actor: &str) -> (&'static str, Value) {
        let label = |name: &str| json!({ "label": { "name": name, "color": self.label_json(repository, name)["color"] } });
        let milestone = |title: &str| json!({ "milestone": { "title": title } });
        let assigned = |whom: &str| json!({ "assignee": self.user_json(whom), "assigner": self.user_json(actor) });
        match what {
            What::Labeled(name) => ("labeled", label(name)),
            What::Unlabeled(name) => ("unlabeled", label(name)),
            What::Assigned(whom) => ("assigned", assigned(whom)),
            What::Unassigned(whom) => ("unassigned", assigned(whom)),
            What::Milestoned(title) => ("milestoned", milestone(title)),
            What::Demilestoned(title) => ("demilestoned", milestone(title)),
            What::Renamed { from, to } => {
                ("renamed", json!({ "rename": { "from": from, "to": to } }))
            }
            What::Closed(reason) => ("closed", json!({ "state_reason": reason.name() })),
            What::Reopened => ("reopened", json!({ "state_reason": null })),
            What::Locked(reason) => ("locked", json!({ "lock_reason": reason })),
            What::Unlocked => ("unlocked", json!({ "lock_reason": null })),
            What::Commented(_) => ("commented", json!({})),
            What::CrossReferenced { .. } => ("cross-referenced", json!({})),
        }
    }
}

fn leave_out(json: &mut Value, name: &str) {
    if let Some(event) = json.as_object_mut() {
        event.remove(name);
    }
}
