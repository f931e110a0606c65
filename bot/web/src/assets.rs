use crate::state::WebState;
use axum::Router;
pub(crate) fn routes() -> Router<WebState> {
    Router::new()
}
