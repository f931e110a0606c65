//! Deliveries that GitHub sends when something happened
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use mostik_domain::{Happening, IssueState, TrackerEvent, Words};
use serde_json::Value;
use sha2::Sha256;

use super::{
    is_pull_request,
    json::{text, time},
    project::Project,
    state_of, timeline,
};

/// GitHub sends up to 25 MB; an issue with the longest body and comment stays far below this.
pub const LARGEST_DELIVERY: usize = 5 * 1024 * 1024;

/// What a delivery says about one issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// As `owner/repository`.
    pub project: String,
    /// The issue's number.
    pub key: String,
    /// Open or how closed, after what happened.
    pub state: IssueState,
    /// What happened. Where GitHub gives no id of it, the key is made of kind, detail and second;
    /// [`mostik_domain::acceptance::tells_again`] joins it with what polling tells.
    pub events: Vec<TrackerEvent>,
}

/// Whether the body came from who knows the secret: `signature` is the header
/// `X-Hub-Signature-256`. Compared in constant time; without a secret nothing is believed.
pub fn verify(secret: &[u8], body: &[u8], signature: &str) -> bool {
    let given = signature.strip_prefix("sha256=").and_then(from_hex);
    let (false, Some(given)) = (secret.is_empty(), given) else { return false };
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(secret) else { return false };
    mac.update(body);
    mac.verify_slice(&given).is_ok()
}

/// Understands a delivery; `event` is the header `X-GitHub-Event`, `own_login` as of
/// [`GitHub::own_login`](super::GitHub::own_login), may be empty: whoever filed the issue is we in
/// any case. `None` for everything that says nothing about
/// acceptance: to be answered with 202 and forgotten.
pub fn parse(event: &str, body: &[u8], own_login: &str) -> Option<Delivery> {
    if body.len() > LARGEST_DELIVERY {
        return None;
    }
    let delivery: Value = serde_json::from_slice(body).ok()?;
    let (issue, action) = (delivery.get("issue")?, text(&delivery, "/action")?);
    if is_pull_request(issue) {
        return None;
    }
    let told = match event {
        "issues" => of_issue(action, &delivery)?,
        "issue_comment" if action == "created" => of_comment(&delivery)?,
        _ => return None,
    };
    let project = text(&delivery, "/repository/full_name")?;
    Project::parse(project).ok()?;
    Some(Delivery {
        project: project.to_owned(),
        key: issue["number"].as_u64()?.to_string(),
        state: state_of(issue),
        events: vec![TrackerEvent {
            key: told.key,
            actor: timeline::actor(&delivery["sender"], &[own_login, timeline::author(issue)]),
            at: told.at,
            url: told
                .url
                .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
                .map(ToOwned::to_owned),
            what: told.what,
        }],
    })
}

struct Told<'a> {
    key: String,
    at: Timestamp,
    url: Option<&'a str>,
    what: Happening,
}

fn of_comment(delivery: &Value) -> Option<Told<'_>> {
    let comment = delivery.get("comment")?;
    Some(Told {
        key: format!("comment:{}", comment["id"].as_u64()?),
        at: time(comment, "/created_at")?,
        url: text(comment, "/html_url"),
        what: Happening::Commented { text: Words::new(text(comment, "/body")?) },
    })
}

fn of_issue<'a>(action: &str, delivery: &'a Value) -> Option<Told<'a>> {
    let issue = &delivery["issue"];
    let what = match action {
        "closed" => Happening::Closed { reason: timeline::reason(text(issue, "/state_reason")) },
        "locked" => {
            Happening::Locked { reason: text(issue, "/active_lock_reason").map(ToOwned::to_owned) }
        }
        // The milestone that was left stands beside the issue, as the one that was entered does.
        _ => timeline::happening(action, delivery)?,
    };
    let at = match what {
        Happening::Closed { .. } => time(issue, "/closed_at"),
        _ => None,
    }
    .or_else(|| time(issue, "/updated_at"))?;
    let detail = match &what {
        Happening::Labeled { label } | Happening::Unlabeled { label } => label,
        Happening::Milestoned { title } => title,
        _ => text(delivery, "/assignee/login").unwrap_or_default(),
    };
    Some(Told {
        key: format!("{action}:{detail}:{}", at.as_second()),
        at,
        url: text(issue, "/html_url"),
        what,
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use mostik_domain::{Actor, CloseReason};
    use serde_json::json;

    use super::*;

    #[test]
    fn the_signature_of_githubs_own_example_is_right_and_others_are_not() {
        // From "Validating webhook deliveries" of GitHub's documentation.
        let (secret, body) = (b"It's a Secret to Everybody", b"Hello, World!");
        let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(verify(secret, body, right));
        let hexless = right.replace("sha256=", "");
        let other = right.replace("757107", "757108");
        let sha1 = right.replace("sha256", "sha1");
        for wrong in ["", "sha256=", "sha256=zz", "sha256=я", &hexless, &other, &sha1] {
            assert!(!verify(secret, body, wrong), "{wrong}");
        }
        assert!(!verify(b"other", body, right));
        assert!(!verify(secret, b"Hello, World?", right));
        assert!(!verify(
            b"",
            b"",
            "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        ));
    }

    fn issues(action: &str, changes: &[(&str, Value)]) -> Value {
        let mut delivery = json!({
            "action": action,
            "issue": {
                "number": 12, "state": "open", "state_reason": null,
                "updated_at": "2026-11-03T07:00:00Z",
                "html_url": "https://github.com/acme/web/issues/12",
            },
            "repository": { "full_name": "acme/web" },
            "sender": { "login": "anna", "type": "User" },
        });
        for (pointer, value) in changes {
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            delivery.pointer_mut(parent).expect("its parent")[name] = value.clone();
        }
        delivery
    }

    fn told(event: &str, delivery: &Value) -> Option<Delivery> {
        parse(event, delivery.to_string().as_bytes(), "mostik[bot]")
    }

    #[test]
    fn a_label_is_told_with_project_issue_and_actor() {
        let delivery = told("issues", &issues("labeled", &[("/label", json!({ "name": "bug" }))]))
            .expect("told");
        assert_eq!((delivery.project.as_str(), delivery.key.as_str()), ("acme/web", "12"));
        assert_eq!(delivery.state, IssueState::Open);
        let [event] = delivery.events.as_slice() else { panic!("one event") };
        assert_eq!(event.key, "labeled:bug:1793689200");
        assert_eq!(event.actor, Actor::Person);
        assert_eq!(event.what, Happening::Labeled { label: "bug".into() });
    }

    #[test]
    fn closing_takes_its_reason_and_time_from_the_issue() {
        let delivery = issues(
            "closed",
            &[
                ("/issue/state", "closed".into()),
                ("/issue/state_reason", "not_planned".into()),
                ("/issue/closed_at", "2026-11-03T06:59:59Z".into()),
                ("/sender", json!({ "login": "mostik[bot]", "type": "Bot" })),
            ],
        );
        let delivery = told("issues", &delivery).expect("told");
        assert_eq!(delivery.state, IssueState::NotPlanned);
        let event = &delivery.events[0];
        assert_eq!(event.what, Happening::Closed { reason: CloseReason::NotPlanned });
        assert_eq!(event.at.to_string(), "2026-11-03T06:59:59Z");
        assert_eq!(event.actor, Actor::Ourselves);
    }

    #[test]
    fn a_comment_has_the_key_that_polling_gives_it() {
        let comment = json!({
            "id": 77, "body": "Thanks!", "created_at": "2026-11-03T07:00:00Z",
            "html_url": "javascript:alert(1)",
        });
        let delivery = issues("created", &[("/comment", comment)]);
        let event = told("issue_comment", &delivery).expect("told").events.remove(0);
        assert_eq!(event.key, "comment:77");
        assert_eq!(event.url, None, "only web addresses are kept");
    }

    #[test]
    fn what_says_nothing_about_acceptance_is_passed_over() {
        let label = ("/label", json!({ "name": "bug" }));
        let labeled = issues("labeled", std::slice::from_ref(&label));
        for event in ["ping", "push", "pull_request", "", "issue_comment"] {
            assert_eq!(told(event, &labeled), None, "{event}");
        }
        for action in ["opened", "edited", "deleted", "pinned", "transferred", "unlocked", ""] {
            assert_eq!(
                told("issues", &issues(action, std::slice::from_ref(&label))),
                None,
                "{action}"
            );
        }
        let on_a_pull_request = issues("labeled", &[label, ("/issue/pull_request", json!({}))]);
        assert_eq!(told("issues", &on_a_pull_request), None);
    }

    #[test]
    fn hostile_bodies_are_passed_over() {
        let mut huge = issues("reopened", &[]).to_string().into_bytes();
        huge.resize(LARGEST_DELIVERY + 1, b' ');
        let nested = "[".repeat(100_000).into_bytes();
        let bad_project = issues("reopened", &[("/repository/full_name", "../..".into())]);
        let bad_number = issues("reopened", &[("/issue/number", (-1).into())]);
        let no_time = issues("reopened", &[("/issue/updated_at", Value::Null)]);
        for body in [
            b"".to_vec(),
            b"null".to_vec(),
            b"{\"issue\":{},\"action\":\"reopened\"}".to_vec(),
            vec![0xff; 100],
            huge,
            nested,
            bad_project.to_string().into_bytes(),
            bad_number.to_string().into_bytes(),
            no_time.to_string().into_bytes(),
        ] {
            assert_eq!(parse("issues", &body, "mostik[bot]"), None);
        }
    }
}
