//! GitHub Apps and their tokens, rate limits (<https://docs.github.com/rest/apps/apps>).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::APP_LOGIN;
use super::access::{self, Caller};
use super::hub::{App, Hub};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

type Answer = Result<Response, Refusal>;

pub(super) async fn rate_limit(_: Caller) -> Response {
    let reset = Timestamp::now().as_second() + 3600;
    let of =
        |limit: u32| json!({ "limit": limit, "remaining": limit - 1, "reset": reset, "used": 1 });
    let resources = json!({ "core": of(5000), "search": of(30), "graphql": of(5000) });
    Json(json!({ "resources": resources, "rate": of(5000) })).into_response()
}

/// Whose token it is; an App's installation is nobody
/// (<https://docs.github.com/rest/users/users#get-the-authenticated-user>).
pub(super) async fn own_user(State(shared): State<Shared>, caller: Caller) -> Answer {
    if caller.login == APP_LOGIN {
        return Err(Refusal::forbidden("Resource not accessible by integration"));
    }
    Ok(Json(locked(&shared.hub).user_json(&caller.login)).into_response())
}

pub(super) async fn own_app(State(shared): State<Shared>, headers: HeaderMap) -> Answer {
    let hub = locked(&shared.hub);
    let app = access::app(&hub, &headers)?;
    let now = Hub::now();
    let body = json!({
        "id": app.id, "slug": "mostik", "node_id": "A_1", "owner": hub.user_json(APP_LOGIN),
        "name": "Mostik", "description": null, "external_url": "https://example.org",
        "html_url": "https://github.com/apps/mostik", "created_at": now, "updated_at": now,
        "permissions": { "issues": "write", "metadata": "read" }, "events": ["issues"],
    });
    Ok(Json(body).into_response())
}

pub(super) async fn installations(State(shared): State<Shared>, headers: HeaderMap) -> Answer {
    let hub = locked(&shared.hub);
    let app = access::app(&hub, &headers)?;
    let all = [installation_json(&hub, app)];
    Ok(Json(json!(all)).into_response())
}

pub(super) async fn repository_installation(
    State(shared): State<Shared>,
    Path((owner, repo)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let hub = locked(&shared.hub);
    let app = access::app(&hub, &headers)?;
    if !hub.repositories.contains_key(&format!("{owner}/{repo}")) {
        return Err(Refusal::not_found());
    }
    Ok(Json(installation_json(&hub, app)).into_response())
}

pub(super) async fn installation(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    let hub = locked(&shared.hub);
    let app = access::app(&hub, &headers)?;
    if app.installation != id {
        return Err(Refusal::not_found());
    }
    Ok(Json(installation_json(&hub, app)).into_response())
}

pub(super) async fn access_token(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    let mut hub = locked(&shared.hub);
    let app = access::app(&hub, &headers)?;
    if app.installation != id {
        return Err(Refusal::not_found());
    }
    let token = format!("installation-token-{}", hub.next_id());
    hub.tokens.insert(token.clone(), APP_LOGIN.to_owned());
    let expires = Timestamp::from_second(Timestamp::now().as_second() + 3600).unwrap_or_default();
    let body = json!({
        "token": token, "expires_at": expires, "repository_selection": "all",
        "permissions": { "issues": "write", "metadata": "read" },
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

fn installation_json(hub: &Hub, app: App) -> Value {
    let (now, id) = (Hub::now(), app.installation);
    let owner = hub.repositories.values().next().map_or(APP_LOGIN, |it| it.owner());
    json!({
        "id": id, "account": hub.user_json(owner), "repository_selection": "all",
        "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", hub.base),
        "repositories_url": format!("{}/installation/repositories", hub.base),
        "html_url": format!("https://github.com/settings/installations/{id}"),
        "app_id": app.id, "target_id": hub.users.get(owner), "target_type": "User",
        "permissions": { "issues": "write", "metadata": "read" }, "events": ["issues"],
        "created_at": now, "updated_at": now, "single_file_name": null, "app_slug": "mostik",
        "suspended_by": null, "suspended_at": null,
    })
}
