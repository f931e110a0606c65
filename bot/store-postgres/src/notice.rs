use mostik_domain::{FeedbackId, Notice, NoticeId, NoticeKind};
use mostik_store::StoreError;

use crate::{
    connect::Connection,
    document,
    error::{failed, failed_on},
    time::micros,
};

/// How many notices that wait for a call are listed.
const LISTED: i64 = 200;

/// Adds or updates; ignored when the feedback has another notice of this kind, and when it was
/// told meanwhile: what was told stays told, whoever read it before.
pub(crate) async fn save(db: &mut Connection, notice: &Notice) -> Result<(), StoreError> {
    let sql = "INSERT INTO notice (id, feedback_id, kind, state, created_at, document) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (feedback_id, kind) DO UPDATE \
               SET state = excluded.state, document = excluded.document \
               WHERE notice.id = excluded.id \
               AND notice.state NOT IN ('sent', 'posted', 'undeliverable')";
    sqlx::query(sql)
        .bind(notice.id.to_string())
        .bind(notice.feedback.to_string())
        .bind(notice.kind.as_str())
        .bind(notice.state.as_str())
        .bind(micros(notice.created_at))
        .bind(document::encode(notice)?)
        .execute(db)
        .await
        .map_err(failed_on(notice.id))?;
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: NoticeId) -> Result<Option<Notice>, StoreError> {
    document::one(db, "SELECT document FROM notice WHERE id = $1", id).await
}

pub(crate) async fn find_kind(
    db: &mut Connection,
    feedback: FeedbackId,
    kind: NoticeKind,
) -> Result<Option<Notice>, StoreError> {
    let sql = "SELECT document FROM notice WHERE feedback_id = $1 AND kind = $2";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(feedback.to_string())
        .bind(kind.as_str())
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    found.as_deref().map(document::decode).transpose()
}

/// Of these feedbacks, oldest first.
pub(crate) async fn of(
    db: &mut Connection,
    feedback: impl IntoIterator<Item = FeedbackId>,
) -> Result<Vec<Notice>, StoreError> {
    let select = "SELECT document FROM notice WHERE feedback_id IN";
    document::among(db, select, feedback, " ORDER BY created_at, id").await
}

/// Those that wait for a call to the customer, oldest first.
pub(crate) async fn awaiting_call(db: &mut Connection) -> Result<Vec<Notice>, StoreError> {
    let sql = "SELECT document FROM notice WHERE state = 'awaiting_call' \
               ORDER BY created_at, id LIMIT $1";
    let found: Vec<String> =
        sqlx::query_scalar(sql).bind(LISTED).fetch_all(db).await.map_err(failed)?;
    found.iter().map(|document| document::decode(document)).collect()
}
