use jiff::Timestamp;
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    error::failed,
    time::{micros, timestamp},
};

/// Remembers how far a tracker's project was read.
pub(crate) async fn set(
    db: &mut Connection,
    tracker: &str,
    project: &str,
    read_until: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO read_cursor (tracker, project, read_until) VALUES ($1, $2, $3) \
               ON CONFLICT (tracker, project) DO UPDATE SET read_until = excluded.read_until";
    sqlx::query(sql)
        .bind(column::key(tracker))
        .bind(column::key(project))
        .bind(micros(read_until))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn find(
    db: &mut Connection,
    tracker: &str,
    project: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT read_until FROM read_cursor WHERE tracker = $1 AND project = $2";
    let found: Option<i64> = sqlx::query_scalar(sql)
        .bind(column::key(tracker))
        .bind(column::key(project))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    found.map(timestamp).transpose()
}
