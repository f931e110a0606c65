use mostik_domain::ParseIdError;
use mostik_store::{Page, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ProblemDocument;

/// Items of a page when nothing else is asked.
const USUAL: u32 = 50;
/// Items of a page at most.
const MOST: u32 = 200;
/// Characters of a cursor at most.
const CURSOR: usize = 200;

/// A part of a list, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed<T: ToSchema> {
    /// Newest first.
    items: Vec<T>,
    /// Pass it as `after` to get what follows; null at the end.
    next: Option<String>,
}

impl<T: ToSchema> Listed<T> {
    pub(super) fn of<S>(page: Page<S>, shape: impl Fn(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(shape).collect(), next: page.next }
    }
}

/// How much of a list was asked for.
pub(crate) fn page_request(
    limit: Option<&str>,
    after: Option<String>,
) -> Result<PageRequest, ProblemDocument> {
    let limit = match limit {
        None => USUAL,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| ProblemDocument::invalid("limit", format!("use 1 to {MOST}")))?,
    };
    if after.as_ref().is_some_and(|cursor| cursor.len() > CURSOR) {
        return Err(ProblemDocument::invalid("after", "this is not a cursor of ours"));
    }
    Ok(PageRequest { limit, after: after.filter(|cursor| !cursor.is_empty()) })
}

/// A parameter that must be one of our words; an empty one is as if absent.
pub(super) fn parameter<T>(
    name: &str,
    text: Option<&str>,
    expected: &str,
) -> Result<Option<T>, ProblemDocument>
where
    T: std::str::FromStr,
{
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| ProblemDocument::invalid(name, format!("expected {expected}"))),
    }
}

/// The id in a path: another kind of text leads nowhere.
pub(crate) fn id_in_path<T>(text: &str) -> Result<T, ProblemDocument>
where
    T: std::str::FromStr<Err = ParseIdError>,
{
    text.parse().map_err(|_| ProblemDocument::not_found())
}
