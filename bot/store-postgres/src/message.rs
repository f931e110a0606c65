use mostik_domain::{Author, Feedback, FeedbackId, InboxId, Message};
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    document,
    error::{failed, failed_on},
    time::micros,
};

/// Adds a message; does nothing when its inbox has one with this external id.
pub(crate) async fn add(db: &mut Connection, message: &Message) -> Result<(), StoreError> {
    let sql = "INSERT INTO message \
               (id, inbox, external_id, feedback_id, by_customer, at, document) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(message.id.to_string())
        .bind(column::key(message.inbox.as_str()))
        .bind(column::key(&message.external_id))
        .bind(message.feedback.to_string())
        .bind(message.author == Author::Customer)
        .bind(micros(message.at))
        .bind(document::encode(message)?)
        .execute(db)
        .await
        .map_err(failed_on(message.id))?;
    Ok(())
}

/// The feedback of a message that was captured before.
pub(crate) async fn captured_as(
    db: &mut Connection,
    inbox: &InboxId,
    external_id: &str,
) -> Result<Option<Feedback>, StoreError> {
    let sql = "SELECT f.document FROM message m JOIN feedback f ON f.id = m.feedback_id \
               WHERE m.inbox = $1 AND m.external_id = $2";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(column::key(inbox.as_str()))
        .bind(column::key(external_id))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    found.as_deref().map(document::decode).transpose()
}

/// About one feedback, oldest first.
pub(crate) async fn about(
    db: &mut Connection,
    feedback: FeedbackId,
) -> Result<Vec<Message>, StoreError> {
    let sql = "SELECT document FROM message WHERE feedback_id = $1 ORDER BY at, id";
    document::all(db, sql, feedback).await
}

/// The newest external id of the customers' side that begins with `prefix`.
pub(crate) async fn newest_external_id(
    db: &mut Connection,
    inbox: &str,
    prefix: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT document FROM message \
               WHERE inbox = $1 AND external_id >= $2 AND external_id < $3 AND by_customer \
               ORDER BY at DESC, id DESC LIMIT 1";
    let first = column::key(prefix);
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(column::key(inbox))
        .bind(&first)
        .bind(format!("{first}\u{10ffff}"))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    let message: Option<Message> = found.as_deref().map(document::decode).transpose()?;
    Ok(message.map(|message| message.external_id))
}
