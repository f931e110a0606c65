use std::collections::HashMap;

use mostik_domain::{BoardIssue, BoardIssueId, TrackerEvent};
use mostik_store::{BoardCard, StoreError};
use sqlx::{QueryBuilder, Row};

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::{failed, failed_on},
    issue,
};

/// Adds an issue that is not there, or updates one that nobody has changed since
/// it was read; and what happened to it.
pub(crate) async fn save(
    db: &mut Connection,
    board_issue: BoardIssue,
    events: &[TrackerEvent],
) -> Result<(), StoreError> {
    let id = board_issue.id;
    match find_issue(db, id).await? {
        Some(_) => update(db, board_issue).await?,
        None => insert(db, board_issue).await?,
    }
    for event in events {
        sqlx::query("INSERT INTO board_event (board_issue_id, document) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(document::encode(event)?)
            .execute(&mut *db)
            .await
            .map_err(failed_on(id))?;
    }
    Ok(())
}

async fn insert(db: &mut Connection, board_issue: BoardIssue) -> Result<(), StoreError> {
    let number = number_for(db, board_issue.number).await?;
    let board_issue = BoardIssue { number: number.unsigned_abs(), ..board_issue };
    let sql = "INSERT INTO board_issue (id, revision, project, number, marker, document) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(board_issue.id.to_string())
        .bind(i64::from(board_issue.revision))
        .bind(column::key(&board_issue.project))
        .bind(number)
        .bind(column::key(&board_issue.marker))
        .bind(document::encode(&board_issue)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("board issue {}", board_issue.id)))?;
    Ok(())
}

/// The asked number, or the next one for 0. The row of the last number is
/// locked until the end of the transaction, so nobody else gets the same.
async fn number_for(db: &mut Connection, asked: u64) -> Result<i64, StoreError> {
    let asked = i64::try_from(asked).unwrap_or(i64::MAX);
    let sql = "UPDATE board_number SET last = \
               CASE WHEN $1 = 0 THEN last + 1 WHEN $1 > last THEN $1 ELSE last END \
               RETURNING last";
    let last: i64 = sqlx::query_scalar(sql).bind(asked).fetch_one(db).await.map_err(failed)?;
    Ok(if asked == 0 { last } else { asked })
}

async fn update(db: &mut Connection, board_issue: BoardIssue) -> Result<(), StoreError> {
    let (id, read) = (board_issue.id, board_issue.revision);
    let board_issue = BoardIssue { revision: read.saturating_add(1), ..board_issue };
    let sql = "UPDATE board_issue SET revision = $3, project = $4, document = $5 \
               WHERE id = $1 AND revision = $2";
    let saved = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(read))
        .bind(i64::from(board_issue.revision))
        .bind(column::key(&board_issue.project))
        .bind(document::encode(&board_issue)?)
        .execute(db)
        .await
        .map_err(failed)?;
    if saved.rows_affected() == 0 {
        return Err(StoreError::Conflict { what: format!("board issue {id}") });
    }
    Ok(())
}

/// A board, oldest issue first; all boards without a project.
pub(crate) async fn list(
    db: &mut Connection,
    project: Option<&str>,
) -> Result<Vec<BoardCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM board_issue");
    if let Some(project) = project {
        query.push(" WHERE project = ").push_bind(column::key(project));
    }
    query.push(" ORDER BY number");
    let found = document::built(db, query).await?;
    cards(db, found).await
}

pub(crate) async fn find(
    db: &mut Connection,
    id: BoardIssueId,
) -> Result<Option<BoardCard>, StoreError> {
    let found = find_issue(db, id).await?;
    Ok(cards(db, found.into_iter().collect()).await?.pop())
}

pub(crate) async fn by_number(
    db: &mut Connection,
    number: u64,
) -> Result<Option<BoardCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM board_issue WHERE number = ");
    query.push_bind(i64::try_from(number).unwrap_or(i64::MAX));
    let found = document::built(db, query).await?;
    Ok(cards(db, found).await?.pop())
}

pub(crate) async fn by_marker(
    db: &mut Connection,
    marker: &str,
) -> Result<Option<BoardCard>, StoreError> {
    let sql = "SELECT document FROM board_issue WHERE marker = $1";
    let found: Option<BoardIssue> = document::one(db, sql, column::key(marker)).await?;
    Ok(cards(db, found.into_iter().collect()).await?.pop())
}

async fn find_issue(
    db: &mut Connection,
    id: BoardIssueId,
) -> Result<Option<BoardIssue>, StoreError> {
    document::one(db, "SELECT document FROM board_issue WHERE id = $1", id).await
}

async fn cards(db: &mut Connection, found: Vec<BoardIssue>) -> Result<Vec<BoardCard>, StoreError> {
    let mut events = events_of(db, &found).await?;
    let issues = issue::on_board(db, found.iter().map(|it| it.marker.as_str())).await?;
    let card = |board_issue: BoardIssue| BoardCard {
        events: events.remove(&board_issue.id.to_string()).unwrap_or_default(),
        issue: issues.get(&board_issue.marker).cloned(),
        board_issue,
    };
    Ok(found.into_iter().map(card).collect())
}

/// What happened to each, oldest first.
async fn events_of(
    db: &mut Connection,
    issues: &[BoardIssue],
) -> Result<HashMap<String, Vec<TrackerEvent>>, StoreError> {
    let mut events = HashMap::<_, Vec<_>>::new();
    for issues in issues.chunks(document::LIST) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT board_issue_id, document FROM board_event WHERE board_issue_id IN",
        );
        document::push_list(&mut query, issues.iter().map(|it| it.id.to_string()));
        query.push(" ORDER BY seq");
        for row in query.build().fetch_all(&mut *db).await.map_err(failed)? {
            let document: String = row.try_get(1).map_err(failed)?;
            let id: String = row.try_get(0).map_err(failed)?;
            events.entry(id).or_default().push(document::decode(&document)?);
        }
    }
    Ok(events)
}
