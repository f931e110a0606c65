//! Comments of an issue and of a whole repository
//! (<https://docs.github.com/rest/issues/comments>).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::Value;

use super::access::{Place, Spot};
use super::hub::{Hub, Issue, Role};
use super::issues::read;
use super::pages::{Query, page};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

type Answer = Result<Response, Refusal>;

pub(super) async fn list(State(shared): State<Shared>, spot: Spot, uri: Uri) -> Answer {
    let (hub, query) = (locked(&shared.hub), Query::of(&uri));
    let repository = &spot.place.repository;
    let issue = hub.repositories[repository].issue(spot.number).ok_or_else(Refusal::not_found)?;
    let all = rendered(&hub, [issue].into_iter(), &query);
    Ok(page(all, &query, &format!("{}{}", hub.base, uri.path())))
}

pub(super) async fn of_repository(State(shared): State<Shared>, place: Place, uri: Uri) -> Answer {
    let (hub, query) = (locked(&shared.hub), Query::of(&uri));
    let mut all = rendered(&hub, hub.repositories[&place.repository].issues.iter(), &query);
    all.sort_by_key(|comment| comment["id"].as_u64());
    if query.get("direction") == Some("desc") {
        all.reverse();
    }
    Ok(page(all, &query, &format!("{}{}", hub.base, uri.path())))
}

fn rendered<'i>(hub: &Hub, issues: impl Iterator<Item = &'i Issue>, query: &Query) -> Vec<Value> {
    let since = query.get("since").and_then(|since| since.parse::<Timestamp>().ok());
    issues
        .flat_map(|issue| issue.comments.iter().map(move |comment| (issue, comment)))
        .filter(|(_, comment)| since.is_none_or(|since| comment.created_at >= since))
        .map(|(issue, comment)| hub.comment_json(&issue.repository, issue.number, comment.id))
        .collect()
}

pub(super) async fn create(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let text = asked["body"].as_str().filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Refusal::invalid("body", "missing_field"))?;
    let Spot { place, number } = spot;
    let mut hub = locked(&shared.hub);
    if hub.issue(&place.repository, number).locked.is_some() && place.role < Role::Write {
        return Err(Refusal::forbidden("Unable to create comment because issue is locked."));
    }
    let id = hub.comment(&place.repository, number, &place.caller, text);
    let comment = hub.comment_json(&place.repository, number, id);
    Ok((StatusCode::CREATED, Json(comment)).into_response())
}

pub(super) async fn one(
    State(shared): State<Shared>,
    place: Place,
    Path((_, _, id)): Path<(String, String, u64)>,
) -> Answer {
    let hub = locked(&shared.hub);
    let number = holder(&hub, &place.repository, id)?;
    Ok(Json(hub.comment_json(&place.repository, number, id)).into_response())
}

pub(super) async fn edit(
    State(shared): State<Shared>,
    place: Place,
    Path((_, _, id)): Path<(String, String, u64)>,
    body: Bytes,
) -> Answer {
    let asked = read(&body)?;
    let text = asked["body"].as_str().ok_or_else(|| Refusal::invalid("body", "missing_field"))?;
    let mut hub = locked(&shared.hub);
    let number = holder(&hub, &place.repository, id)?;
    let issue = hub.issue(&place.repository, number);
    let comment = issue.comments.iter_mut().find(|comment| comment.id == id);
    let comment = comment.ok_or_else(Refusal::not_found)?;
    if comment.author != place.caller {
        place.require(Role::Write)?;
    }
    text.clone_into(&mut comment.body);
    issue.updated_at = Hub::now();
    Ok(Json(hub.comment_json(&place.repository, number, id)).into_response())
}

fn holder(hub: &Hub, repository: &str, comment: u64) -> Result<u64, Refusal> {
    let has = |issue: &&Issue| issue.comments.iter().any(|it| it.id == comment);
    let found = hub.repositories[repository].issues.iter().find(has);
    found.map(|issue| issue.number).ok_or_else(Refusal::not_found)
}
