use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::ProblemDocument,
    guard::{has_api_token, is_direct_loopback},
    state::WebState,
};

/// Whether Mostik can do its work.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    ready: bool,
    checks: Vec<CheckJson>,
}

/// One thing that must work.
#[derive(Serialize, ToSchema)]
struct CheckJson {
    /// As `database`.
    name: String,
    ok: bool,
    /// Why it does not work.
    why: Option<String>,
    /// A failure of it means "not ready".
    required: bool,
}

/// The process lives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "health",
    responses((status = 200, description = "ok", body = String, content_type = "text/plain"))
)]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether everything that is needed works, with reasons.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
pub(super) async fn ready(State(state): State<WebState>) -> Response {
    let checks: Vec<_> = state
        .readiness
        .checks()
        .await
        .into_iter()
        .map(|check| CheckJson {
            name: check.name,
            ok: check.failure.is_none(),
            why: check.failure,
            required: check.required,
        })
        .collect();
    let ready = checks.iter().all(|check| check.ok || !check.required);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, checks })).into_response()
}

/// Prometheus text: for programs of this machine without a token, for others with it.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn metrics(
    State(state): State<WebState>,
    request: Request,
) -> Result<Response, ProblemDocument> {
    let (parts, _) = request.into_parts();
    if !is_direct_loopback(&parts) && !has_api_token(&parts.headers, &state) {
        return Err(ProblemDocument::not_signed_in());
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, (state.metrics)()).into_response())
}
