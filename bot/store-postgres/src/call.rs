use mostik_domain::{Call, CallId};
use mostik_store::StoreError;

use crate::{
    connect::Connection,
    document,
    error::{failed, failed_on},
};

pub(crate) async fn insert(db: &mut Connection, call: &Call) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO call (id, document) VALUES ($1, $2)")
        .bind(call.id.to_string())
        .bind(document::encode(call)?)
        .execute(db)
        .await
        .map_err(failed_on(call.id))?;
    Ok(())
}

/// Corrects a call that is there.
pub(crate) async fn save(db: &mut Connection, call: &Call) -> Result<(), StoreError> {
    let saved = sqlx::query("UPDATE call SET document = $2 WHERE id = $1")
        .bind(call.id.to_string())
        .bind(document::encode(call)?)
        .execute(db)
        .await
        .map_err(failed)?;
    if saved.rows_affected() == 0 {
        return Err(StoreError::NotFound { what: format!("call {}", call.id) });
    }
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: CallId) -> Result<Option<Call>, StoreError> {
    document::one(db, "SELECT document FROM call WHERE id = $1", id).await
}
