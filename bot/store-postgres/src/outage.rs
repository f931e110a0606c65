use mostik_domain::Outage;
use mostik_store::StoreError;
use sqlx::QueryBuilder;

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::failed,
};

/// In place of what was told on its line.
pub(crate) async fn set(db: &mut Connection, outage: &Outage) -> Result<(), StoreError> {
    let sql = "INSERT INTO outage (line, document) VALUES ($1, $2) \
               ON CONFLICT (line) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(key(outage.line.as_deref()))
        .bind(document::encode(outage)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn clear(db: &mut Connection, line: Option<&str>) -> Result<(), StoreError> {
    let sql = "DELETE FROM outage WHERE line = $1";
    sqlx::query(sql).bind(key(line)).execute(db).await.map_err(failed)?;
    Ok(())
}

/// That of every line first.
pub(crate) async fn all(db: &mut Connection) -> Result<Vec<Outage>, StoreError> {
    let sql = "SELECT document FROM outage ORDER BY line LIMIT 1000";
    document::built(db, QueryBuilder::<Db>::new(sql)).await
}

/// No line has an empty name.
fn key(line: Option<&str>) -> String {
    line.map(column::key).unwrap_or_default()
}
