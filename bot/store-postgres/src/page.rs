use std::{fmt::Display, str::FromStr};

use mostik_store::{Page, PageRequest};
use sqlx::QueryBuilder;

use crate::connect::Db;

/// The `after` of a request that is not an id: nothing follows it.
pub(crate) struct NoSuchCursor;

/// Adds `AND id < …`, for lists that go by id, newest first.
pub(crate) fn push_cursor<Id: FromStr + Display>(
    query: &mut QueryBuilder<Db>,
    column: &'static str,
    request: &PageRequest,
) -> Result<(), NoSuchCursor> {
    let Some(after) = &request.after else {
        return Ok(());
    };
    let after: Id = after.parse().map_err(|_| NoSuchCursor)?;
    query.push(" AND ").push(column).push(" < ").push_bind(after.to_string());
    Ok(())
}

/// Adds the limit, and one row more, which tells whether anything follows.
pub(crate) fn push_limit(query: &mut QueryBuilder<Db>, request: &PageRequest) {
    query.push(" LIMIT ").push_bind(i64::from(size(request)) + 1);
}

/// What the page after these rows begins at; takes the row too many away.
pub(crate) fn cut<T>(
    rows: &mut Vec<T>,
    request: &PageRequest,
    id: impl Fn(&T) -> String,
) -> Option<String> {
    let size = usize::try_from(size(request)).unwrap_or(usize::MAX);
    if rows.len() <= size {
        return None;
    }
    rows.truncate(size);
    rows.last().map(id)
}

/// A page on which nothing is.
pub(crate) const fn empty<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

fn size(request: &PageRequest) -> u32 {
    request.limit.clamp(1, 200)
}
