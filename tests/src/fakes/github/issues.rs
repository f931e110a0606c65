//! `/repos/{owner}/{repo}/issues`, one issue, its people, lock and history
//! (<https://docs.github.com/rest/issues/issues>).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::Value;

use super::access::{Place, Spot};
use super::acts::Draft;
use super::hub::{Hub, Issue, Role, State as IssueState, StateReason};
use super::pages::{Query, page};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

type Answer = Result<Response, Refusal>;

pub(super) fn read(body: &Bytes) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::bad_json())
}

/// A list of names, each given as text or as an object with the name inside.
pub(super) fn names(list: &Value, key: &str) -> Option<Vec<String>> {
    let name = |item: &Value| item.as_str().or_else(|| item[key].as_str()).map(str::to_owned);
    list.as_array().map(|items| items.iter().filter_map(name).collect())
}

pub(super) async fn repository(State(shared): State<Shared>, place: Place) -> Response {
    let json = locked(&shared.hub).repository_json(&place.repository);
    Json(json).into_response()
}

pub(super) async fn list(State(shared): State<Shared>, place: Place, uri: Uri) -> Answer {
    let query = Query::of(&uri);
    let hub = locked(&shared.hub);
    let mut issues: Vec<&Issue> = hub.repositories[&place.repository]
        .issues
        .iter()
        .filter(|issue| is_wanted(issue, &query))
        .collect();
    match query.get("sort").unwrap_or("created") {
        "updated" => issues.sort_by_key(|issue| (issue.updated_at, issue.number)),
        "comments" => issues.sort_by_key(|issue| (issue.comments.len(), issue.number)),
        _ => issues.sort_by_key(|issue| issue.number),
    }
    if query.get("direction").unwrap_or("desc") == "desc" {
        issues.reverse();
    }
    let all = issues.iter().map(|issue| hub.issue_json(&place.repository, issue.number)).collect();
    Ok(page(all, &query, &format!("{}{}", hub.base, uri.path())))
}

fn is_wanted(issue: &Issue, query: &Query) -> bool {
    let is_open = matches!(issue.state, IssueState::Open { .. });
    let state = match query.get("state").unwrap_or("open") {
        "all" => true,
        "closed" => !is_open,
        _ => is_open,
    };
    let since = query.get("since").and_then(|since| since.parse::<Timestamp>().ok());
    let any_of = |name: &str, has: &[String]| match query.get(name) {
        None => true,
        Some("none") => has.is_empty(),
        Some("*") => !has.is_empty(),
        Some(wanted) => has.iter().any(|it| it == wanted),
    };
    state
        && since.is_none_or(|since| issue.updated_at >= since)
        && query.get("creator").is_none_or(|creator| issue.author == creator)
        && any_of("assignee", &issue.assignees)
        && query.get("labels").is_none_or(|wanted| {
            wanted
                .split(',')
                .all(|name| issue.labels.iter().any(|it| it.eq_ignore_ascii_case(name)))
        })
}

pub(super) async fn create(State(shared): State<Shared>, place: Place, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let mut hub = locked(&shared.hub);
    if !hub.repositories[&place.repository].issues_enabled {
        return Err(Refusal::issues_are_disabled());
    }
    let title = asked["title"].as_str().filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Refusal::invalid("title", "missing_field"))?;
    // Longer ones are refused by the real service, although its contract does not say so.
    let body = asked["body"].as_str().map(str::to_owned);
    if title.chars().count() > 256 || body.iter().any(|body| body.chars().count() > 65_536) {
        return Err(Refusal::invalid("body", "invalid"));
    }
    let mut draft = Draft { title: title.to_owned(), body, ..Draft::default() };
    // Without push access labels, assignees and milestone are silently dropped.
    if place.role >= Role::Write {
        draft.labels = names(&asked["labels"], "name").unwrap_or_default();
        draft.assignees = names(&asked["assignees"], "login").unwrap_or_default();
        draft.milestone = milestone(&hub, &place.repository, &asked["milestone"])?;
        if !draft.assignees.iter().all(|who| may_be_assigned(&hub, &place.repository, who)) {
            return Err(Refusal::invalid("assignees", "invalid"));
        }
    }
    let number = hub.open(&place.repository, &place.caller, draft);
    Ok((StatusCode::CREATED, Json(hub.issue_json(&place.repository, number))).into_response())
}

fn milestone(hub: &Hub, repository: &str, number: &Value) -> Result<Option<String>, Refusal> {
    let Some(number) = number.as_u64() else { return Ok(None) };
    let milestones = &hub.repositories[repository].milestones;
    let found = milestones.iter().find(|milestone| milestone.number == number);
    let found = found.ok_or_else(|| Refusal::invalid("milestone", "invalid"))?;
    Ok(Some(found.title.clone()))
}

fn may_be_assigned(hub: &Hub, repository: &str, login: &str) -> bool {
    hub.repositories[repository].may_triage(login)
}

pub(super) async fn one(State(shared): State<Shared>, spot: Spot) -> Answer {
    let hub = locked(&shared.hub);
    Ok(Json(hub.issue_json(&spot.place.repository, spot.number)).into_response())
}

pub(super) async fn update(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let Spot { place, number } = spot;
    let (repository, who) = (place.repository.as_str(), place.caller.as_str());
    let mut hub = locked(&shared.hub);
    // Authors may edit and close their own issues without any role.
    if hub.issue(repository, number).author != who {
        place.require(Role::Triage)?;
    }
    let title = asked["title"].as_str().map(str::to_owned);
    let body = asked["body"].as_str().map(str::to_owned);
    hub.edit(repository, number, who, (title, body));
    if place.role >= Role::Triage {
        set_labels_and_people(&mut hub, (repository, number, who), &asked)?;
    }
    let reason = asked["state_reason"].as_str();
    match asked["state"].as_str() {
        Some("closed") => {
            let why = reason.and_then(StateReason::named).unwrap_or(StateReason::Completed);
            hub.close(repository, number, who, why);
        }
        Some("open") => hub.reopen(repository, number, who),
        Some(_) => return Err(Refusal::invalid("state", "invalid")),
        None => {}
    }
    Ok(Json(hub.issue_json(repository, number)).into_response())
}

fn set_labels_and_people(
    hub: &mut Hub,
    (repository, number, who): (&str, u64, &str),
    asked: &Value,
) -> Result<(), Refusal> {
    if let Some(wanted) = names(&asked["labels"], "name") {
        set_labels(hub, (repository, number, who), &wanted);
    }
    if let Some(wanted) = names(&asked["assignees"], "login") {
        let gone = hub.issue(repository, number).assignees.clone();
        for it in gone.iter().filter(|it| !wanted.contains(it)) {
            hub.unassign(repository, number, who, it);
        }
        for it in &wanted {
            hub.assign(repository, number, who, it);
        }
    }
    if asked.get("milestone").is_some() {
        let title = milestone(hub, repository, &asked["milestone"])?;
        hub.put_into_milestone(repository, number, who, title.as_deref());
    }
    Ok(())
}

pub(super) fn set_labels(hub: &mut Hub, at: (&str, u64, &str), wanted: &[String]) {
    let (repository, number, who) = at;
    let had = hub.issue(repository, number).labels.clone();
    for it in had.iter().filter(|it| !wanted.contains(it)) {
        hub.unlabel(repository, number, who, it);
    }
    hub.label(repository, number, who, wanted);
}

pub(super) async fn assignable(State(shared): State<Shared>, place: Place, uri: Uri) -> Answer {
    let hub = locked(&shared.hub);
    let roles = &hub.repositories[&place.repository].roles;
    let able = roles.iter().filter(|(_, role)| **role >= Role::Triage);
    let all = able.map(|(login, _)| hub.user_json(login)).collect();
    Ok(page(all, &Query::of(&uri), &format!("{}{}", hub.base, uri.path())))
}

pub(super) async fn is_assignable(
    State(shared): State<Shared>,
    place: Place,
    Path((_, _, login)): Path<(String, String, String)>,
) -> Answer {
    let able = may_be_assigned(&locked(&shared.hub), &place.repository, &login);
    if able { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(Refusal::not_found()) }
}

/// Logins that may not be assigned are silently left out, as the contract's own text says.
pub(super) async fn assign(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let Spot { place, number } = spot;
    let mut hub = locked(&shared.hub);
    if place.role >= Role::Triage {
        for who in names(&asked["assignees"], "login").unwrap_or_default() {
            if may_be_assigned(&hub, &place.repository, &who) {
                hub.assign(&place.repository, number, &place.caller, &who);
            }
        }
    }
    Ok((StatusCode::CREATED, Json(hub.issue_json(&place.repository, number))).into_response())
}

pub(super) async fn unassign(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let Spot { place, number } = spot;
    let mut hub = locked(&shared.hub);
    if place.role >= Role::Triage {
        for who in names(&asked["assignees"], "login").unwrap_or_default() {
            hub.unassign(&place.repository, number, &place.caller, &who);
        }
    }
    Ok(Json(hub.issue_json(&place.repository, number)).into_response())
}

pub(super) async fn lock(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    spot.place.require(Role::Write)?;
    let reason = read(&body)?["lock_reason"].as_str().map(str::to_owned);
    locked(&shared.hub).lock(&spot.place.repository, spot.number, &spot.place.caller, reason);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn unlock(State(shared): State<Shared>, spot: Spot) -> Answer {
    spot.place.require(Role::Write)?;
    locked(&shared.hub).unlock(&spot.place.repository, spot.number, &spot.place.caller);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn events(State(shared): State<Shared>, spot: Spot, uri: Uri) -> Answer {
    let hub = locked(&shared.hub);
    let all = hub.events_json(&spot.place.repository, spot.number);
    Ok(page(all, &Query::of(&uri), &format!("{}{}", hub.base, uri.path())))
}

pub(super) async fn timeline(State(shared): State<Shared>, spot: Spot, uri: Uri) -> Answer {
    let hub = locked(&shared.hub);
    let all = hub.timeline_json(&spot.place.repository, spot.number);
    Ok(page(all, &Query::of(&uri), &format!("{}{}", hub.base, uri.path())))
}
