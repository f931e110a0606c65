//! The pages (temporary minimum while they are written).
use crate::{error::ProblemDocument, state::WebState};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::Next,
    response::Response,
};
pub(crate) fn routes() -> Router<WebState> {
    Router::new()
}
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(256 * 1024)
}
pub(crate) async fn friendly(request: Request, next: Next) -> Response {
    next.run(request).await
}
pub(crate) async fn not_found() -> ProblemDocument {
    ProblemDocument::not_found()
}
