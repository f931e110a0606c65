use mostik_domain::{Classification, Feedback, FeedbackId};
use mostik_store::StoreError;

use crate::{
    connect::Connection,
    document,
    error::{failed, failed_on},
};

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

/// What persons decided: of each feedback the newest such decision, newest first.
pub(crate) async fn taught(
    db: &mut Connection,
    limit: u32,
) -> Result<Vec<(Feedback, Classification)>, StoreError> {
    // Words in a document have their quotes escaped, so this finds the key and nothing else.
    let sql = "SELECT f.document, c.document FROM classification c \
               JOIN feedback f ON f.id = c.feedback_id \
               WHERE c.seq IN (SELECT MAX(seq) FROM classification \
                               WHERE document LIKE '%\"decided_by\":{\"kind\":\"operator\"%' \
                               GROUP BY feedback_id) \
               ORDER BY c.seq DESC LIMIT $1";
    let found: Vec<(String, String)> =
        sqlx::query_as(sql).bind(i64::from(limit)).fetch_all(db).await.map_err(failed)?;
    let pair = |(feedback, named): &(String, String)| {
        Ok((document::decode(feedback)?, document::decode(named)?))
    };
    found.iter().map(pair).collect()
}
