//! Aggregates as the JSON of their domain types.

use std::fmt::Display;

use mostik_store::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::QueryBuilder;

use crate::{
    connect::{Connection, Db},
    error::failed,
};

/// Bound values in one list, well under what either database allows.
pub(crate) const LIST: usize = 500;

/// What is stored of a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt { why: format!("a value has no JSON: {error}") })
}

/// The value of what is stored. The error says where, never what: documents hold personal data.
pub(crate) fn decode<T: DeserializeOwned>(document: &str) -> Result<T, StoreError> {
    serde_json::from_str(document).map_err(|error| StoreError::Corrupt {
        why: format!(
            "a {} is not as expected at character {}",
            std::any::type_name::<T>().rsplit("::").next().unwrap_or("document"),
            error.column()
        ),
    })
}

/// The document that a query with one key finds.
pub(crate) async fn one<T: DeserializeOwned>(
    db: &mut Connection,
    sql: &'static str,
    key: impl Display,
) -> Result<Option<T>, StoreError> {
    let found: Option<String> =
        sqlx::query_scalar(sql).bind(key.to_string()).fetch_optional(db).await.map_err(failed)?;
    found.as_deref().map(decode).transpose()
}

/// All documents that a query with one key finds.
pub(crate) async fn all<T: DeserializeOwned>(
    db: &mut Connection,
    sql: &'static str,
    key: impl Display,
) -> Result<Vec<T>, StoreError> {
    let found: Vec<String> =
        sqlx::query_scalar(sql).bind(key.to_string()).fetch_all(db).await.map_err(failed)?;
    found.iter().map(|document| decode(document)).collect()
}

/// All documents for many keys, in as few queries as the number of bound values
/// allows: `select` ends before the list, `order` follows it and holds among the
/// documents of one key.
pub(crate) async fn among<T: DeserializeOwned>(
    db: &mut Connection,
    select: &'static str,
    keys: impl IntoIterator<Item = impl Display>,
    order: &'static str,
) -> Result<Vec<T>, StoreError> {
    let keys: Vec<String> = keys.into_iter().map(|key| key.to_string()).collect();
    let mut found = Vec::new();
    for keys in keys.chunks(LIST) {
        let mut query = QueryBuilder::<Db>::new(select);
        push_list(&mut query, keys.iter().cloned());
        query.push(order);
        found.extend(built(db, query).await?);
    }
    Ok(found)
}

/// All documents that a built query finds.
pub(crate) async fn built<T: DeserializeOwned>(
    db: &mut Connection,
    mut query: QueryBuilder<Db>,
) -> Result<Vec<T>, StoreError> {
    let found: Vec<String> = query.build_query_scalar().fetch_all(db).await.map_err(failed)?;
    found.iter().map(|document| decode(document)).collect()
}

/// Adds ` (…, …)` of bound texts.
pub(crate) fn push_list(query: &mut QueryBuilder<Db>, texts: impl IntoIterator<Item = String>) {
    query.push(" (");
    let mut list = query.separated(", ");
    for text in texts {
        list.push_bind(text);
    }
    query.push(")");
}
