use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{SESSION_COOKIE, cookie, header_text};
use crate::{error::ProblemDocument, state::WebState};

/// Open to other sites and to programs: neither looks at a session.
const OPEN: [&str; 2] = ["/api/v1/messages", "/webhooks/github"];

/// What changes something must come from our own pages, or show a token that no
/// other site's page can make a browser send.
pub(crate) async fn same_origin(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let public = OPEN.contains(&request.uri().path());
    if harmless || public || is_from_here(request.headers(), &state.settings.public_url) {
        return next.run(request).await;
    }
    ProblemDocument::forbidden("the request came from a page of another site").into_response()
}

fn is_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    if let Some(site) = header_text(headers, "sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match header_text(headers, header::ORIGIN.as_str()) {
        Some(origin) => is_ours(origin, headers, public_url),
        // Browsers name the origin of every POST; who does not is a program,
        // and a program has no business with a browser's session.
        None => cookie(headers, SESSION_COOKIE).is_none(),
    }
}

fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let host = header_text(headers, header::HOST.as_str());
    let by_host = host.is_some_and(|host| {
        origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
    });
    by_host || origin == origin_of(public_url)
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find('/').map_or(url.len(), |at| authority + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_here(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("host", "desk.test:8080".parse().expect("a header"));
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a header"));
        }
        is_from_here(&headers, "https://help.example.org/mostik")
    }

    #[test]
    fn another_site_cannot_submit_our_forms() {
        let session = ("cookie", "mostik_session=abc");
        for (allowed, headers) in [
            (true, vec![session, ("sec-fetch-site", "same-origin")]),
            (true, vec![session, ("sec-fetch-site", "none")]),
            (false, vec![session, ("sec-fetch-site", "same-site")]),
            (false, vec![session, ("sec-fetch-site", "cross-site")]),
            (true, vec![session, ("origin", "https://help.example.org")]),
            (true, vec![session, ("origin", "http://desk.test:8080")]),
            (false, vec![session, ("origin", "http://desk.test:8081")]),
            (false, vec![session, ("origin", "https://evil.example")]),
            (false, vec![session, ("origin", "null")]),
            (false, vec![session]),
            (true, vec![]),
            (true, vec![("authorization", "Bearer x"), ("sec-fetch-site", "cross-site")]),
        ] {
            assert_eq!(from_here(&headers), allowed, "{headers:?}");
        }
    }
}
