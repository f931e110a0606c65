use mostik_domain::{Classification, FeedbackId};
use mostik_store::StoreError;

use crate::{connect::Connection, document, error::failed_on};

/// Keeps a classification beside all earlier ones.
pub(crate) async fn add(
    db: &mut Connection,
    feedback: FeedbackId,
    classification: &Classification,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO classification (feedback_id, document) VALUES ($1, $2)")
        .bind(feedback.to_string())
        .bind(document::encode(classification)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("the classification of {feedback}")))?;
    Ok(())
}

/// Of one feedback, oldest first.
pub(crate) async fn of(
    db: &mut Connection,
    feedback: FeedbackId,
) -> Result<Vec<Classification>, StoreError> {
    let sql = "SELECT document FROM classification WHERE feedback_id = $1 ORDER BY seq";
    document::all(db, sql, feedback).await
}
