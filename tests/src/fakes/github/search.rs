//! `GET /search/issues`, as far as a client looks for its own marker: qualifiers `repo:`, `is:`,
//! `state:`, `label:`, `author:`, `in:` and words that must all be there
//! (<https://docs.github.com/search-github/searching-on-github/searching-issues-and-pull-requests>).

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use super::access::Caller;
use super::hub::{Hub, Issue, Role, State as IssueState};
use super::pages::{Query, cut, with_links};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

pub(super) async fn issues(
    State(shared): State<Shared>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Refusal> {
    let (hub, query) = (locked(&shared.hub), Query::of(&uri));
    let asked = query.get("q").ok_or_else(|| Refusal::invalid("q", "missing"))?;
    let terms = terms(asked);
    let visible = hub.repositories.values().filter(|it| it.role(&caller.login) > Role::None);
    let found: Vec<Value> = visible
        .flat_map(|repository| repository.issues.iter().rev())
        .filter(|issue| is_indexed(&hub, issue) && terms.iter().all(|term| fits(issue, term)))
        .map(|issue| {
            let mut json = hub.issue_json(&issue.repository, issue.number);
            json["score"] = 1.0.into();
            json.as_object_mut().map(|json| json.remove("closed_by"));
            json
        })
        .collect();
    let total = found.len();
    let (items, links) = cut(found, &query, &format!("{}{}", hub.base, uri.path()));
    let body = json!({
        "total_count": total, "incomplete_results": false, "items": items,
        "search_type": "lexical",
    });
    Ok(with_links(Json(body), links))
}

/// The real index lags behind by seconds to minutes.
fn is_indexed(hub: &Hub, issue: &Issue) -> bool {
    hub.search_stands_still_since.is_none_or(|last| issue.id <= last)
}

/// Words, with "quoted ones" kept together.
fn terms(query: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quoted = false;
    for letter in query.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => terms.push(String::new()),
            _ => terms.last_mut().expect("never empty").push(letter),
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

fn fits(issue: &Issue, term: &str) -> bool {
    let is_open = matches!(issue.state, IssueState::Open { .. });
    match term.split_once(':') {
        Some(("repo", name)) => issue.repository == name,
        Some(("is" | "state", "open")) => is_open,
        Some(("is" | "state", "closed")) => !is_open,
        Some(("is" | "type", "issue")) => !issue.is_pull_request,
        Some(("is" | "type", "pr")) => issue.is_pull_request,
        Some(("label", name)) => issue.labels.iter().any(|it| it.eq_ignore_ascii_case(name)),
        Some(("author", login)) => issue.author == login,
        Some(("in" | "sort", _)) => true,
        _ => {
            let term = term.to_lowercase();
            let body = issue.body.as_deref().unwrap_or_default();
            let comments = issue.comments.iter().map(|comment| comment.body.as_str());
            [issue.title.as_str(), body]
                .into_iter()
                .chain(comments)
                .any(|text| text.to_lowercase().contains(&term))
        }
    }
}
