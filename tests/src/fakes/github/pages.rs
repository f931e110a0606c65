//! Lists in pages, with the `Link` header
//! (<https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api>).

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// GitHub gives 30 unless asked, and never more than 100.
const USUAL: usize = 30;
const MOST: usize = 100;

/// Query parameters by name.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(uri: &axum::http::Uri) -> Self {
        Self(crate::fakes::front::query(uri.query().unwrap_or_default()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }
}

/// The part of `all` between two indices that the query asks for, and the `Link` header.
pub(super) fn cut(all: Vec<Value>, query: &Query, url: &str) -> (Vec<Value>, Option<String>) {
    let per_page = query.number("per_page").unwrap_or(USUAL).clamp(1, MOST);
    let page = query.number("page").unwrap_or(1).max(1);
    let last = all.len().div_ceil(per_page).max(1);
    let mut links = Vec::new();
    let mut link = |page: usize, relation: &str| {
        let others = query.0.iter().filter(|(name, _)| name != "page");
        let mut pairs: Vec<String> =
            others.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        pairs.push(format!("page={page}"));
        let text = pairs.join("&");
        links.push(format!("<{url}?{text}>; rel=\"{relation}\""));
    };
    if page > 1 {
        link(page - 1, "prev");
    }
    if page < last {
        link(page + 1, "next");
        link(last, "last");
    }
    if page > 1 {
        link(1, "first");
    }
    let items = all.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    (items, (!links.is_empty()).then(|| links.join(", ")))
}

/// One page of a plain list.
pub(super) fn page(all: Vec<Value>, query: &Query, url: &str) -> Response {
    let (items, links) = cut(all, query, url);
    with_links(Json(items), links)
}

pub(super) fn with_links(body: impl IntoResponse, links: Option<String>) -> Response {
    match links {
        Some(links) => ([(header::LINK, links)], body).into_response(),
        None => body.into_response(),
    }
}

/// Percent-encoded, for a path or a query; label names may hold letters of any alphabet.
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
