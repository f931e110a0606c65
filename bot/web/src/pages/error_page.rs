use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::shell::{Shell, Visit, page, see};
use crate::{
    error::ProblemDocument,
    locale::{LANGUAGE_COOKIE, Locale, asked},
    state::WebState,
    wording::Wording,
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    title: &'static str,
    text: String,
}

/// Turns problem documents into pages, sends those who must sign in to the
/// sign-in page, and keeps the choice of a language.
pub(crate) async fn friendly(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let visit = Visit {
        locale: Locale::of(request.uri(), request.headers(), &state),
        uri: request.uri().clone(),
        now: state.clock.now(),
        state,
    };
    let get = request.method() == Method::GET;
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<ProblemDocument>() {
        response = explained(&visit, &problem, get, response.headers());
    }
    if let Some(language) = asked(&visit.uri) {
        let kept = format!("{LANGUAGE_COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Lax");
        let value = kept.try_into().ok().map(|value: HeaderValue| (header::SET_COOKIE, value));
        response.headers_mut().extend(value);
    }
    response
}

fn explained(visit: &Visit, problem: &ProblemDocument, get: bool, was: &HeaderMap) -> Response {
    if problem.status() == StatusCode::UNAUTHORIZED {
        let back = if get { visit.uri.path() } else { "/desk" };
        return see(&format!("/sign-in?next={back}"));
    }
    let (title, text) = words(visit.w(), problem);
    let shown = page(&ErrorPage { shell: visit.public(), title, text });
    let mut response = shown.into_response();
    *response.status_mut() = problem.status();
    let wait = was.get(header::RETRY_AFTER).cloned();
    response.headers_mut().extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
    response
}

/// Title and text, in the words of the person's language where there are some.
pub(super) fn words(w: &Wording, problem: &ProblemDocument) -> (&'static str, String) {
    let e = &w.error;
    let (title, text) = match problem.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => (e.not_found, e.not_found_text),
        StatusCode::FORBIDDEN => (e.forbidden, e.forbidden_text),
        StatusCode::CONFLICT => (e.conflict, e.conflict_text),
        StatusCode::PAYLOAD_TOO_LARGE => (e.too_large, e.too_large_text),
        StatusCode::TOO_MANY_REQUESTS => (e.too_many, e.too_many_text),
        StatusCode::SERVICE_UNAVAILABLE => (e.busy, e.busy_text),
        status if status.is_client_error() => (e.invalid, e.invalid_text),
        _ => (e.ours, e.ours_text),
    };
    let text = problem.refusal().map_or(text, |refusal| refusal.words(w.language));
    (title, text.to_owned())
}

/// What leads nowhere: a page for people, a problem document for programs.
pub(crate) async fn not_found(visit: Visit) -> Response {
    let problem = ProblemDocument::not_found();
    let program = ["/api/", "/webhooks/"].iter().any(|at| visit.uri.path().starts_with(at));
    if program {
        return problem.into_response();
    }
    explained(&visit, &problem, true, &HeaderMap::new())
}
