//! Labels of a repository and of an issue, milestones
//! (<https://docs.github.com/rest/issues/labels>).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::access::{Place, Spot};
use super::hub::{Hub, Role};
use super::issues::{names, read, set_labels};
use super::pages::{Query, page};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

type Answer = Result<Response, Refusal>;

pub(super) async fn of_repository(State(shared): State<Shared>, place: Place, uri: Uri) -> Answer {
    let hub = locked(&shared.hub);
    let labels = &hub.repositories[&place.repository].labels;
    let all = labels.iter().map(|it| hub.label_json(&place.repository, &it.name)).collect();
    Ok(page(all, &Query::of(&uri), &format!("{}{}", hub.base, uri.path())))
}

pub(super) async fn create(State(shared): State<Shared>, place: Place, body: Bytes) -> Answer {
    place.require(Role::Write)?;
    let asked = read(&body)?;
    let name = asked["name"].as_str().ok_or_else(|| Refusal::invalid("name", "missing_field"))?;
    let color = asked["color"].as_str().unwrap_or("ededed");
    let description = asked["description"].as_str().map(str::to_owned);
    let mut hub = locked(&shared.hub);
    if !hub.make_label(&place.repository, name, color, description) {
        return Err(Refusal::invalid("name", "already_exists"));
    }
    let label = hub.label_json(&place.repository, name);
    Ok((StatusCode::CREATED, Json(label)).into_response())
}

pub(super) async fn one(
    State(shared): State<Shared>,
    place: Place,
    Path((_, _, name)): Path<(String, String, String)>,
) -> Answer {
    match locked(&shared.hub).label_json(&place.repository, &name) {
        Value::Null => Err(Refusal::not_found()),
        label => Ok(Json(label).into_response()),
    }
}

pub(super) async fn milestones(State(shared): State<Shared>, place: Place) -> Response {
    let hub = locked(&shared.hub);
    let milestones = &hub.repositories[&place.repository].milestones;
    let all: Vec<Value> =
        milestones.iter().map(|it| hub.milestone_json(&place.repository, &it.title)).collect();
    Json(all).into_response()
}

pub(super) async fn of_issue(State(shared): State<Shared>, spot: Spot, uri: Uri) -> Answer {
    let mut hub = locked(&shared.hub);
    let all = labels(&mut hub, &spot);
    Ok(page(all, &Query::of(&uri), &format!("{}{}", hub.base, uri.path())))
}

pub(super) async fn add(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    spot.place.require(Role::Triage)?;
    let wanted = wanted(&body)?;
    let mut hub = locked(&shared.hub);
    hub.label(&spot.place.repository, spot.number, &spot.place.caller, &wanted);
    Ok(Json(labels(&mut hub, &spot)).into_response())
}

pub(super) async fn replace(State(shared): State<Shared>, spot: Spot, body: Bytes) -> Answer {
    spot.place.require(Role::Triage)?;
    let wanted = wanted(&body)?;
    let mut hub = locked(&shared.hub);
    set_labels(&mut hub, (&spot.place.repository, spot.number, &spot.place.caller), &wanted);
    Ok(Json(labels(&mut hub, &spot)).into_response())
}

pub(super) async fn remove(
    State(shared): State<Shared>,
    spot: Spot,
    Path((_, _, _, name)): Path<(String, String, u64, String)>,
) -> Answer {
    spot.place.require(Role::Triage)?;
    let mut hub = locked(&shared.hub);
    if !hub.issue(&spot.place.repository, spot.number).labels.contains(&name) {
        return Err(Refusal::not_found());
    }
    hub.unlabel(&spot.place.repository, spot.number, &spot.place.caller, &name);
    Ok(Json(labels(&mut hub, &spot)).into_response())
}

/// The names are in an object, or are the whole body.
fn wanted(body: &Bytes) -> Result<Vec<String>, Refusal> {
    let asked = read(body)?;
    let list = asked.get("labels").unwrap_or(&asked);
    names(list, "name").ok_or_else(|| Refusal::invalid("labels", "invalid"))
}

fn labels(hub: &mut Hub, spot: &Spot) -> Vec<Value> {
    let names = hub.issue(&spot.place.repository, spot.number).labels.clone();
    names.iter().map(|name| hub.label_json(&spot.place.repository, name)).collect()
}
