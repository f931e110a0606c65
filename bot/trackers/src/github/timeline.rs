//! What an issue's timeline tells
//! (<https://docs.github.com/en/rest/using-the-rest-api/issue-event-types>).

use mostik_domain::{Actor, CloseReason, Happening, TrackerEvent, Words};
use serde_json::Value;

use super::json::{items, text, time};

/// The events of a page; what is unknown or malformed is passed over. `issue` is the issue as it
/// is now: whoever filed it is we.
pub(super) fn events(page: &Value, issue: &Value) -> Vec<TrackerEvent> {
    items(page).filter_map(|entry| event(entry, issue)).collect()
}

fn event(entry: &Value, issue: &Value) -> Option<TrackerEvent> {
    let name = text(entry, "/event")?;
    let what = match name {
        "commented" => Happening::Commented { text: Words::new(text(entry, "/body")?) },
        "cross-referenced" if is_pull_request(entry) => Happening::LinkedChange,
        "connected" => Happening::LinkedChange,
        "referenced" if text(entry, "/commit_id").is_some() => Happening::LinkedChange,
        "closed" => Happening::Closed { reason: close_reason(entry, issue) },
        _ => happening(name, entry)?,
    };
    let at = time(entry, "/created_at")?;
    let who = if name == "commented" { "user" } else { "actor" };
    Some(TrackerEvent {
        key: key(name, entry).unwrap_or_else(|| format!("{name}:{}", at.as_second())),
        actor: actor(&entry[who], &[author(issue)]),
        at,
        url: url(entry, issue),
        what,
    })
}

/// Those events that timeline and webhook tell alike.
pub(super) fn happening(name: &str, details: &Value) -> Option<Happening> {
    Some(match name {
        "labeled" => Happening::Labeled { label: text(details, "/label/name")?.to_owned() },
        "unlabeled" => Happening::Unlabeled { label: text(details, "/label/name")?.to_owned() },
        "assigned" => Happening::Assigned,
        "unassigned" => Happening::Unassigned,
        "milestoned" => {
            Happening::Milestoned { title: text(details, "/milestone/title")?.to_owned() }
        }
        "demilestoned" => Happening::Demilestoned,
        "reopened" => Happening::Reopened,
        "locked" => {
            Happening::Locked { reason: text(details, "/lock_reason").map(ToOwned::to_owned) }
        }
        _ => return None,
    })
}

/// Who did it. Whose account is gone did what nobody can be asked about: it counts for nothing.
pub(super) fn actor(user: &Value, own_logins: &[&str]) -> Actor {
    match text(user, "/login") {
        None => Actor::Robot,
        Some(login) if own_logins.iter().any(|own| login.eq_ignore_ascii_case(own)) => {
            Actor::Ourselves
        }
        Some(login) if login.ends_with("[bot]") || user["type"] == "Bot" => Actor::Robot,
        Some(_) => Actor::Person,
    }
}

/// Whoever filed the issue.
pub(super) fn author(issue: &Value) -> &str {
    text(issue, "/user/login").unwrap_or_default()
}

/// As what an issue was closed, by GitHub's word for it.
pub(super) fn reason(state_reason: Option<&str>) -> CloseReason {
    match state_reason {
        None | Some("completed") => CloseReason::Completed,
        Some("not_planned") => CloseReason::NotPlanned,
        Some(_) => CloseReason::Duplicate,
    }
}

/// An event without a reason takes the one of the issue, if that is closed still.
fn close_reason(entry: &Value, issue: &Value) -> CloseReason {
    let of_issue = (issue["state"] == "closed").then(|| text(issue, "/state_reason")).flatten();
    reason(text(entry, "/state_reason").or(of_issue))
}

fn is_pull_request(entry: &Value) -> bool {
    entry.pointer("/source/issue/pull_request").is_some_and(|it| !it.is_null())
}

fn key(name: &str, entry: &Value) -> Option<String> {
    let id = |pointer: &str| entry.pointer(pointer)?.as_u64();
    match name {
        "commented" => id("/id").map(|id| format!("comment:{id}")),
        "cross-referenced" => id("/source/issue/id").map(|id| format!("linked:{id}")),
        _ => id("/id").map(|id| format!("event:{id}")),
    }
}

fn url(entry: &Value, issue: &Value) -> Option<String> {
    text(entry, "/html_url")
        .or_else(|| text(entry, "/source/issue/html_url"))
        .or_else(|| text(issue, "/html_url"))
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AT: &str = "2026-11-03T07:00:00Z";

    #[test]
    fn what_the_account_does_that_filed_the_issue_is_ours() {
        let ours =
            json!({ "event": "assigned", "actor": { "login": "Mostik-Bot", "type": "User" } });
        assert_eq!(one(ours).map(|it| it.actor), Some(Actor::Ourselves));
    }

    fn told(entries: &Value) -> Vec<TrackerEvent> {
        events(
            entries,
            &json!({
                "state": "open", "html_url": "https://github.com/a/b/issues/1",
                "user": { "login": "mostik-bot" },
            }),
        )
    }

    fn one(mut entry: Value) -> Option<TrackerEvent> {
        entry["created_at"] = AT.into();
        if entry.get("actor").is_none() {
            entry["actor"] = json!({ "login": "anna", "type": "User" });
        }
        told(&json!([entry])).pop()
    }

    #[test]
    fn each_event_is_understood() {
        let what = |entry: Value| one(entry).map(|event| event.what);
        let pull_request = json!({ "issue": { "id": 9, "pull_request": { "url": "x" } } });
        let cases = [
            (
                json!({ "event": "labeled", "label": { "name": "bug" } }),
                Some(Happening::Labeled { label: "bug".into() }),
            ),
            (
                json!({ "event": "unlabeled", "label": { "name": "bug" } }),
                Some(Happening::Unlabeled { label: "bug".into() }),
            ),
            (
                json!({ "event": "assigned", "assignee": { "login": "x" } }),
                Some(Happening::Assigned),
            ),
            (json!({ "event": "unassigned" }), Some(Happening::Unassigned)),
            (
                json!({ "event": "milestoned", "milestone": { "title": "2.0" } }),
                Some(Happening::Milestoned { title: "2.0".into() }),
            ),
            (json!({ "event": "demilestoned" }), Some(Happening::Demilestoned)),
            (json!({ "event": "reopened" }), Some(Happening::Reopened)),
            (
                json!({ "event": "locked", "lock_reason": "spam" }),
                Some(Happening::Locked { reason: Some("spam".into()) }),
            ),
            (
                json!({ "event": "locked", "lock_reason": null }),
                Some(Happening::Locked { reason: None }),
            ),
            (
                json!({ "event": "closed", "state_reason": "not_planned" }),
                Some(Happening::Closed { reason: CloseReason::NotPlanned }),
            ),
            (
                json!({ "event": "closed", "state_reason": null }),
                Some(Happening::Closed { reason: CloseReason::Completed }),
            ),
            (
                json!({ "event": "closed", "state_reason": "eaten" }),
                Some(Happening::Closed { reason: CloseReason::Duplicate }),
            ),
            (
                json!({ "event": "referenced", "commit_id": "6dcb09b" }),
                Some(Happening::LinkedChange),
            ),
            (json!({ "event": "referenced", "commit_id": null }), None),
            (json!({ "event": "connected" }), Some(Happening::LinkedChange)),
            (
                json!({ "event": "cross-referenced", "source": pull_request }),
                Some(Happening::LinkedChange),
            ),
            (json!({ "event": "cross-referenced", "source": { "issue": { "id": 9 } } }), None),
            (json!({ "event": "subscribed" }), None),
            (json!({ "event": "renamed" }), None),
        ];
        for (entry, expected) in cases {
            assert_eq!(what(entry.clone()), expected, "{entry}");
        }
    }

    #[test]
    fn a_comment_keeps_its_id_words_and_place() {
        let events = told(&json!([{
            "event": "commented", "id": 77, "body": "Reproduced.", "created_at": AT,
            "html_url": "https://github.com/a/b/issues/1#issuecomment-77",
            "user": { "login": "anna", "type": "User" },
        }]));
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((event.key.as_str(), event.actor), ("comment:77", Actor::Person));
        assert_eq!(event.what, Happening::Commented { text: "Reproduced.".into() });
        assert!(event.url.as_deref().is_some_and(|it| it.ends_with("#issuecomment-77")));
    }

    #[test]
    fn we_and_other_robots_are_told_from_people() {
        let who = |user: Value| actor(&user, &["mostik-bot"]);
        assert_eq!(who(json!({ "login": "Mostik-Bot", "type": "User" })), Actor::Ourselves);
        assert_eq!(who(json!({ "login": "stale[bot]", "type": "Bot" })), Actor::Robot);
        assert_eq!(who(json!({ "login": "ci", "type": "Bot" })), Actor::Robot);
        assert_eq!(who(json!({ "login": "anna", "type": "User" })), Actor::Person);
        assert_eq!(who(Value::Null), Actor::Robot);
    }

    #[test]
    fn malformed_entries_are_passed_over_and_the_rest_is_read() {
        let deep = (0..100).fold(json!(null), |inner, _| json!([inner]));
        let page = json!([
            null, 7, "closed", [], {}, deep,
            { "event": 7 },
            { "event": "labeled", "created_at": AT },
            { "event": "labeled", "created_at": AT, "label": { "name": 7 } },
            { "event": "closed", "created_at": "yesterday" },
            { "event": "commented", "created_at": AT, "id": 5, "body": null },
            { "event": "reopened", "created_at": AT, "id": "not a number", "url": "javascript:x" },
        ]);
        let events = told(&page);
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(event.what, Happening::Reopened);
        assert_eq!(event.key, "reopened:1793689200", "made up where GitHub gives none");
        assert_eq!(told(&json!({ "message": "not a list" })), []);
    }
}
