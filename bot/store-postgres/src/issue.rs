use std::collections::HashMap;

use mostik_domain::{Issue, IssueId, Marker, ProblemId};
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    document,
    error::{failed, failed_on},
};

/// Adds an issue that is not there; updates one that nobody has changed since it was read.
pub(crate) async fn save(db: &mut Connection, issue: Issue) -> Result<(), StoreError> {
    match find(db, issue.id).await? {
        Some(_) => update(db, issue).await,
        None => insert(db, &issue).await,
    }
}

async fn insert(db: &mut Connection, issue: &Issue) -> Result<(), StoreError> {
    let sql = "INSERT INTO issue \
               (id, revision, problem_id, tracker, project, tracker_key, marker, document) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(sql)
        .bind(issue.id.to_string())
        .bind(i64::from(issue.revision))
        .bind(issue.problem.to_string())
        .bind(column::key(&issue.tracker))
        .bind(column::key(&issue.project))
        .bind(column::key(&issue.key))
        .bind(Marker::of(issue.problem).as_str())
        .bind(document::encode(issue)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("issue {}", issue.id)))?;
    Ok(())
}

async fn update(db: &mut Connection, issue: Issue) -> Result<(), StoreError> {
    let (id, read) = (issue.id, issue.revision);
    let issue = Issue { revision: read.saturating_add(1), ..issue };
    let sql = "UPDATE issue SET revision = $3, tracker = $4, project = $5, tracker_key = $6, \
               document = $7 WHERE id = $1 AND revision = $2";
    let saved = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(read))
        .bind(i64::from(issue.revision))
        .bind(column::key(&issue.tracker))
        .bind(column::key(&issue.project))
        .bind(column::key(&issue.key))
        .bind(document::encode(&issue)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("issue {id}")))?;
    if saved.rows_affected() == 0 {
        return Err(StoreError::Conflict { what: format!("issue {id}") });
    }
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: IssueId) -> Result<Option<Issue>, StoreError> {
    document::one(db, "SELECT document FROM issue WHERE id = $1", id).await
}

/// The first issue that was filed for a problem.
pub(crate) async fn of_problem(
    db: &mut Connection,
    problem: ProblemId,
) -> Result<Option<Issue>, StoreError> {
    let sql = "SELECT document FROM issue WHERE problem_id = $1 ORDER BY id LIMIT 1";
    document::one(db, sql, problem).await
}

/// The same for many.
pub(crate) async fn of_problems(
    db: &mut Connection,
    problems: impl IntoIterator<Item = ProblemId>,
) -> Result<HashMap<ProblemId, Issue>, StoreError> {
    let select = "SELECT document FROM issue WHERE problem_id IN";
    let newest_first: Vec<Issue> =
        document::among(db, select, problems, " ORDER BY id DESC").await?;
    Ok(newest_first.into_iter().map(|issue| (issue.problem, issue)).collect())
}

/// The issue that the tracker itself calls so.
pub(crate) async fn by_key(
    db: &mut Connection,
    tracker: &str,
    project: &str,
    key: &str,
) -> Result<Option<Issue>, StoreError> {
    let sql = "SELECT document FROM issue \
               WHERE tracker = $1 AND project = $2 AND tracker_key = $3";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(column::key(tracker))
        .bind(column::key(project))
        .bind(column::key(key))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    found.as_deref().map(document::decode).transpose()
}

/// The built-in board's issues with these markers.
pub(crate) async fn on_board(
    db: &mut Connection,
    markers: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Issue>, StoreError> {
    let select = "SELECT document FROM issue WHERE tracker = 'board' AND marker IN";
    let found: Vec<Issue> = document::among(db, select, markers, "").await?;
    let by_marker = |issue: Issue| (Marker::of(issue.problem).as_str().to_owned(), issue);
    Ok(found.into_iter().map(by_marker).collect())
}
