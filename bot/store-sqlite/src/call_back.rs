use mostik_domain::{CallBack, CallBackId, CallId};
use mostik_store::{KeepCalls, StoreError};
use sqlx::QueryBuilder;

use crate::{
    connect::{Connection, Db},
    document,
    error::{failed, failed_on},
    time::micros,
};

/// Adds one that is not there, or updates one that nobody has changed since it
/// was read.
pub(crate) async fn save(db: &mut Connection, call_back: CallBack) -> Result<(), StoreError> {
    match find(db, call_back.id).await? {
        Some(_) => update(db, call_back).await,
        None => insert(db, &call_back).await,
    }
}

async fn insert(db: &mut Connection, call_back: &CallBack) -> Result<(), StoreError> {
    let sql = "INSERT INTO call_back (id, revision, call_id, in_queue_since, over, document) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(call_back.id.to_string())
        .bind(i64::from(call_back.revision))
        .bind(call_back.call.to_string())
        .bind(micros(call_back.in_queue_since))
        .bind(call_back.state.is_final())
        .bind(document::encode(call_back)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("call-back {}", call_back.id)))?;
    Ok(())
}

async fn update(db: &mut Connection, call_back: CallBack) -> Result<(), StoreError> {
    let (id, read) = (call_back.id, call_back.revision);
    let call_back = CallBack { revision: read.saturating_add(1), ..call_back };
    let sql = "UPDATE call_back SET revision = $3, in_queue_since = $4, over = $5, document = $6 \
               WHERE id = $1 AND revision = $2";
    let saved = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(read))
        .bind(i64::from(call_back.revision))
        .bind(micros(call_back.in_queue_since))
        .bind(call_back.state.is_final())
        .bind(document::encode(&call_back)?)
        .execute(db)
        .await
        .map_err(failed)?;
    if saved.rows_affected() == 0 {
        return Err(StoreError::Conflict { what: format!("call-back {id}") });
    }
    Ok(())
}

pub(crate) async fn find(
    db: &mut Connection,
    id: CallBackId,
) -> Result<Option<CallBack>, StoreError> {
    document::one(db, "SELECT document FROM call_back WHERE id = $1", id).await
}

pub(crate) async fn asked_in(
    db: &mut Connection,
    call: CallId,
) -> Result<Option<CallBack>, StoreError> {
    document::one(db, "SELECT document FROM call_back WHERE call_id = $1", call).await
}

/// Those of which something is still to come, by their place.
pub(crate) async fn kept(db: &mut Connection) -> Result<Vec<CallBack>, StoreError> {
    let sql = "SELECT document FROM call_back WHERE NOT over \
               ORDER BY in_queue_since, id LIMIT 1000";
    document::built(db, QueryBuilder::<Db>::new(sql)).await
}

/// Forgets some of those that are over, and were asked for before.
pub(crate) async fn prune(db: &mut Connection, keep: KeepCalls) -> Result<u64, StoreError> {
    let sql = "DELETE FROM call_back WHERE id IN \
               (SELECT id FROM call_back WHERE over AND id < $1 ORDER BY id LIMIT 200)";
    let pruned = sqlx::query(sql)
        .bind(CallBackId::first_since(keep.since).to_string())
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(pruned.rows_affected())
}
