use mostik_domain::{FeedbackId, Transcript};
use mostik_store::StoreError;

use crate::{connect::Connection, document, error::failed_on};

/// Sets or replaces the words of a call.
pub(crate) async fn save(
    db: &mut Connection,
    feedback: FeedbackId,
    transcript: &Transcript,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO transcript (feedback_id, document) VALUES ($1, $2) \
               ON CONFLICT (feedback_id) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(feedback.to_string())
        .bind(document::encode(transcript)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("the transcript of {feedback}")))?;
    Ok(())
}

pub(crate) async fn find(
    db: &mut Connection,
    feedback: FeedbackId,
) -> Result<Option<Transcript>, StoreError> {
    document::one(db, "SELECT document FROM transcript WHERE feedback_id = $1", feedback).await
}
