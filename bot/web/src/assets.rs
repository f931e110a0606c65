//! Style, script and mark: compiled in, so that a page needs nothing from elsewhere.

use axum::{
    Router,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};

use crate::state::WebState;

const STYLE: &str = include_str!("assets/mostik.css");
const SCRIPT: &str = include_str!("assets/mostik.js");
const MARK: &str = include_str!("assets/mostik.svg");

/// Kept for minutes only, so that a new release looks right soon.
pub(crate) fn routes() -> Router<WebState> {
    Router::new()
        .route("/assets/mostik.css", get(async || kept("text/css; charset=utf-8", STYLE)))
        .route("/assets/mostik.js", get(async || kept("text/javascript; charset=utf-8", SCRIPT)))
        .route("/assets/mostik.svg", get(async || kept("image/svg+xml", MARK)))
        .route("/favicon.ico", get(async || kept("image/svg+xml", MARK)))
}

fn kept(kind: &'static str, body: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, body).into_response()
}
