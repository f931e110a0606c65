use jiff::Timestamp;
use mostik_domain::{Classification, DecidedBy, Feedback, FeedbackId, agreement::Judgement};
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    document,
    error::{failed, failed_on},
    time::{micros, timestamp},
};

/// Keeps a classification beside all earlier ones.
pub(crate) async fn add(
    db: &mut Connection,
    feedback: FeedbackId,
    classification: &Classification,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO classification (feedback_id, document, decided_by, root_cause, at) \
               VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql)
        .bind(feedback.to_string())
        .bind(document::encode(classification)?)
        .bind(classification.decided_by.as_str())
        .bind(column::key(classification.root_cause.as_str()))
        .bind(micros(classification.at))
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

/// What persons decided: of each feedback the newest such decision of an
/// operator, without one of the customer; newest first.
pub(crate) async fn taught(
    db: &mut Connection,
    limit: u32,
) -> Result<Vec<(Feedback, Classification)>, StoreError> {
    let sql = "SELECT f.document, c.document FROM classification c \
               JOIN feedback f ON f.id = c.feedback_id \
               WHERE c.decided_by <> 'model' AND NOT EXISTS \
                   (SELECT 1 FROM classification o WHERE o.feedback_id = c.feedback_id \
                    AND ((o.decided_by = c.decided_by AND o.seq > c.seq) \
                         OR (o.decided_by = 'operator' AND c.decided_by = 'customer'))) \
               ORDER BY c.seq DESC LIMIT $1";
    let found: Vec<(String, String)> =
        sqlx::query_as(sql).bind(i64::from(limit)).fetch_all(db).await.map_err(failed)?;
    let pair = |(feedback, named): &(String, String)| {
        Ok((document::decode(feedback)?, document::decode(named)?))
    };
    found.iter().map(pair).collect()
}

/// What persons named and what the model had said before: of each feedback the
/// newest judgement of the desk and that of the customer; newest first.
pub(crate) async fn judgements(
    db: &mut Connection,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Judgement>, StoreError> {
    let sql = "SELECT p.at, m.root_cause, p.root_cause, p.decided_by FROM classification p \
               JOIN classification m ON m.seq = \
                   (SELECT MAX(e.seq) FROM classification e WHERE e.feedback_id = p.feedback_id \
                    AND e.decided_by = 'model' AND e.seq < p.seq) \
               WHERE p.decided_by <> 'model' AND p.at >= $1 AND NOT EXISTS \
                   (SELECT 1 FROM classification o WHERE o.feedback_id = p.feedback_id \
                    AND o.decided_by = p.decided_by AND o.seq > p.seq) \
               ORDER BY p.seq DESC LIMIT $2";
    let found: Vec<(i64, String, String, String)> = sqlx::query_as(sql)
        .bind(micros(since))
        .bind(i64::from(limit))
        .fetch_all(db)
        .await
        .map_err(failed)?;
    found.into_iter().map(|(at, said, named, by)| judgement(at, &said, &named, &by)).collect()
}

fn judgement(at: i64, said: &str, named: &str, by: &str) -> Result<Judgement, StoreError> {
    let cause = |name: &str| {
        name.parse().map_err(|_| StoreError::Corrupt { why: "a cause has no name".to_owned() })
    };
    Ok(Judgement {
        at: timestamp(at)?,
        said: cause(said)?,
        named: cause(named)?,
        by_customer: by == DecidedBy::Customer.as_str(),
    })
}
