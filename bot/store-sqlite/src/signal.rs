use mostik_domain::{AcceptanceSignal, ProblemId};
use mostik_store::StoreError;

use crate::{column, connect::Connection, document, error::failed_on, time::micros};

/// Adds evidence; does nothing when the issue has a signal of this event.
pub(crate) async fn add(db: &mut Connection, signal: &AcceptanceSignal) -> Result<(), StoreError> {
    let sql = "INSERT INTO signal (id, issue_id, event_key, at, document) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(signal.id.to_string())
        .bind(signal.issue.to_string())
        .bind(column::key(&signal.key))
        .bind(micros(signal.at))
        .bind(document::encode(signal)?)
        .execute(db)
        .await
        .map_err(failed_on(signal.id))?;
    Ok(())
}

/// On all issues of a problem, oldest first.
pub(crate) async fn of_problem(
    db: &mut Connection,
    problem: ProblemId,
) -> Result<Vec<AcceptanceSignal>, StoreError> {
    let sql = "SELECT s.document FROM signal s JOIN issue i ON i.id = s.issue_id \
               WHERE i.problem_id = $1 ORDER BY s.at, s.id";
    document::all(db, sql, problem).await
}
