use axum::{Router, middleware};

use crate::{
    api, assets,
    error::ProblemDocument,
    guard::{same_origin, secure, timed},
    pages,
    state::WebState,
};

/// All routes with all guards. Serve it by [`crate::serve`], or so that the
/// peer's address is known (`into_make_service_with_connect_info`).
pub fn router(state: WebState) -> Router {
    let mut api = Router::new();
    for (path, methods) in api::routes() {
        api = api.route(path, methods);
    }
    let api = api
        .layer(api::body_limit())
        .layer(middleware::from_fn_with_state(state.clone(), same_origin))
        .method_not_allowed_fallback(async || ProblemDocument::wrong_method());
    let pages = pages::routes()
        .layer(pages::body_limit())
        .layer(middleware::from_fn_with_state(state.clone(), same_origin))
        .layer(middleware::from_fn_with_state(state.clone(), pages::friendly));
    Router::new()
        .merge(api)
        .merge(pages)
        .merge(assets::routes())
        .fallback(pages::not_found)
        .layer(middleware::from_fn(timed))
        .layer(middleware::from_fn(secure))
        .with_state(state)
}
