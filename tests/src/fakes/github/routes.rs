//! The table of operations, and what all of them share.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Extension, Router};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::hub::Hub;
use super::webhooks::Post;
use super::{apps, comments, issues, labels, search};
use crate::fakes::front::OutsideTheSubset;

/// What every handler holds.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) hub: Arc<Mutex<Hub>>,
    pub(super) post: Post,
}

pub(super) fn router(shared: &Shared) -> Router {
    Router::new()
        .route("/rate_limit", get(apps::rate_limit))
        .route("/app/installations/{id}", get(apps::installation))
        .route("/app/installations/{id}/access_tokens", post(apps::access_token))
        .route("/search/issues", get(search::issues))
        .merge(repository_routes())
        .merge(routes_outside_the_subset())
        .with_state(shared.clone())
        .layer(from_fn(with_rate_limit))
        .layer(from_fn(with_entity_tag))
        .layer(from_fn_with_state(shared.clone(), with_webhooks))
}

const REPOSITORY: &str = "/repos/{owner}/{repo}";

/// Operations of the real service that the subset of its description leaves out.
fn routes_outside_the_subset() -> Router<Shared> {
    Router::new()
        .route("/user", get(apps::own_user))
        .route("/app", get(apps::own_app))
        .route("/app/installations", get(apps::installations))
        .route(REPOSITORY, get(issues::repository))
        .route(&format!("{REPOSITORY}/installation"), get(apps::repository_installation))
        .route(&format!("{REPOSITORY}/milestones"), get(labels::milestones))
        .layer(map_response(async |response: Response| {
            (Extension(OutsideTheSubset), response).into_response()
        }))
}

fn repository_routes() -> Router<Shared> {
    const ISSUE: &str = "/repos/{owner}/{repo}/issues/{number}";
    let at = |tail: &str| format!("{REPOSITORY}{tail}");
    let of = |tail: &str| format!("{ISSUE}{tail}");
    Router::new()
        .route(&at("/assignees"), get(issues::assignable))
        .route(&at("/assignees/{login}"), get(issues::is_assignable))
        .route(&at("/labels"), get(labels::of_repository).post(labels::create))
        .route(&at("/labels/{name}"), get(labels::one))
        .route(&at("/issues"), get(issues::list).post(issues::create))
        .route(&at("/issues/comments"), get(comments::of_repository))
        .route(&at("/issues/comments/{id}"), get(comments::one).merge(patch(comments::edit)))
        .route(ISSUE, get(issues::one).merge(patch(issues::update)))
        .route(&of("/comments"), get(comments::list).post(comments::create))
        .route(&of("/labels"), get(labels::of_issue).post(labels::add).put(labels::replace))
        .route(&of("/labels/{name}"), axum::routing::delete(labels::remove))
        .route(&of("/assignees"), post(issues::assign).delete(issues::unassign))
        .route(&of("/lock"), put(issues::lock).delete(issues::unlock))
        .route(&of("/events"), get(issues::events))
        .route(&of("/timeline"), get(issues::timeline))
}

/// Whatever a request changed is announced to the webhook, but the answer does not wait for it.
async fn with_webhooks(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    shared.post.send_outbox(&shared.hub);
    response
}

/// <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit>
async fn with_rate_limit(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let reset = Timestamp::now().as_second() + 3600;
    for (name, value) in [
        ("x-ratelimit-limit", HeaderValue::from(5000)),
        ("x-ratelimit-remaining", HeaderValue::from(4999)),
        ("x-ratelimit-used", HeaderValue::from(1)),
        ("x-ratelimit-reset", HeaderValue::from(reset)),
        ("x-ratelimit-resource", HeaderValue::from_static("core")),
    ] {
        response.headers_mut().insert(name, value);
    }
    response
}

/// <https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>
async fn with_entity_tag(request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let (mut parts, body) = next.run(request).await.into_parts();
    if !is_get || parts.status != StatusCode::OK {
        return Response::from_parts(parts, body);
    }
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let tag = format!("W/\"{:x}\"", Sha256::digest(&bytes));
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    Response::from_parts(parts, Body::from(bytes))
}
