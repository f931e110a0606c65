use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
};

use crate::{
    error::ProblemDocument,
    guard::{header_text, raw},
    ports::{Delivery, WebhookOutcome},
    state::WebState,
};

/// A signed delivery of GitHub.
#[utoipa::path(
    post,
    path = "/webhooks/github",
    tag = "webhooks",
    params(
        ("X-GitHub-Event" = String, Header, description = "as issues"),
        ("X-GitHub-Delivery" = String, Header, description = "unique per delivery"),
        ("X-Hub-Signature-256" = Option<String>, Header, description = "as sha256=…"),
    ),
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses(
        (status = 202, description = "taken, or about nothing of ours"),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "GitHub is not configured",
         body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn github(
    State(state): State<WebState>,
    headers: HeaderMap,
    request: Request,
) -> Result<StatusCode, ProblemDocument> {
    let webhooks = state.webhooks.as_ref().ok_or_else(ProblemDocument::not_found)?;
    let text = |name| header_text(&headers, name).map(str::to_owned);
    let event = text("x-github-event");
    let id = text("x-github-delivery");
    let signature = text("x-hub-signature-256");
    let delivery = Delivery {
        event: event.unwrap_or_default(),
        id: id.unwrap_or_default(),
        signature,
        body: raw(request).await?,
    };
    match webhooks.github(delivery).await {
        WebhookOutcome::Taken | WebhookOutcome::Ignored => Ok(StatusCode::ACCEPTED),
        WebhookOutcome::BadSignature => Err(ProblemDocument::bad_signature()),
        WebhookOutcome::Malformed(why) => Err(ProblemDocument::unreadable(why)),
        WebhookOutcome::Unavailable => Err(ProblemDocument::busy()),
    }
}
