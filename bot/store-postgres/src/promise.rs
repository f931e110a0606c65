use mostik_domain::{FeedbackId, Promise, PromiseId};
use mostik_store::StoreError;

use crate::{connect::Connection, document, error::failed_on, time::micros};

/// Adds or updates.
pub(crate) async fn save(db: &mut Connection, promise: &Promise) -> Result<(), StoreError> {
    let sql = "INSERT INTO promise (id, feedback_id, made_at, document) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO UPDATE \
               SET made_at = excluded.made_at, document = excluded.document";
    sqlx::query(sql)
        .bind(promise.id.to_string())
        .bind(promise.feedback.to_string())
        .bind(micros(promise.made_at))
        .bind(document::encode(promise)?)
        .execute(db)
        .await
        .map_err(failed_on(promise.id))?;
    Ok(())
}

pub(crate) async fn find(
    db: &mut Connection,
    id: PromiseId,
) -> Result<Option<Promise>, StoreError> {
    document::one(db, "SELECT document FROM promise WHERE id = $1", id).await
}

/// Of these feedbacks, oldest first.
pub(crate) async fn of(
    db: &mut Connection,
    feedback: impl IntoIterator<Item = FeedbackId>,
) -> Result<Vec<Promise>, StoreError> {
    let select = "SELECT document FROM promise WHERE feedback_id IN";
    document::among(db, select, feedback, " ORDER BY made_at, id").await
}
