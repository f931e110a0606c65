use mostik_domain::{CallId, LiveCall};
use mostik_store::StoreError;
use sqlx::QueryBuilder;

use crate::{
    connect::{Connection, Db},
    document,
    error::failed,
};

/// Keeps what the phone is doing with a call now.
pub(crate) async fn save(db: &mut Connection, call: &LiveCall) -> Result<(), StoreError> {
    let sql = "INSERT INTO live_call (id, document) VALUES ($1, $2) \
               ON CONFLICT (id) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(call.id.to_string())
        .bind(document::encode(call)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// The order about it goes with it.
pub(crate) async fn end(db: &mut Connection, id: CallId) -> Result<(), StoreError> {
    let sql = "DELETE FROM live_call WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).execute(db).await.map_err(failed)?;
    Ok(())
}

/// The orders go with them.
pub(crate) async fn end_all(db: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM live_call").execute(db).await.map_err(failed)?;
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: CallId) -> Result<Option<LiveCall>, StoreError> {
    document::one(db, "SELECT document FROM live_call WHERE id = $1", id).await
}

/// The earliest arrived first: ids grow with time.
pub(crate) async fn all(db: &mut Connection) -> Result<Vec<LiveCall>, StoreError> {
    let sql = "SELECT document FROM live_call ORDER BY id LIMIT 1000";
    document::built(db, QueryBuilder::<Db>::new(sql)).await
}
