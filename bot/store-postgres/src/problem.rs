use mostik_domain::{Problem, ProblemId};
use mostik_store::StoreError;
use sqlx::QueryBuilder;

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::{failed, failed_on},
};

/// How many look-alikes are worth comparing.
const LOOK_ALIKES: i64 = 50;

/// Opens a problem if the team has opened no other since its look-alikes were read.
pub(crate) async fn open(
    db: &mut Connection,
    problem: &Problem,
    gathering: u64,
) -> Result<(), StoreError> {
    count_up(db, &problem.owner_team, gathering).await?;
    let sql = "INSERT INTO problem (id, revision, state, root_cause, owner_team, document) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(problem.id.to_string())
        .bind(i64::from(problem.revision))
        .bind(problem.state.as_str())
        .bind(column::key(problem.root_cause.as_str()))
        .bind(column::key(&problem.owner_team))
        .bind(document::encode(problem)?)
        .execute(&mut *db)
        .await
        .map_err(failed_on(problem.id))?;
    add_likeness(db, problem).await
}

/// Updates the stored copy if nobody has since this one was read.
pub(crate) async fn save(db: &mut Connection, problem: Problem) -> Result<(), StoreError> {
    let (id, read) = (problem.id, problem.revision);
    let problem = Problem { revision: read.saturating_add(1), ..problem };
    let sql = "UPDATE problem SET revision = $3, state = $4, root_cause = $5, owner_team = $6, \
               document = $7 WHERE id = $1 AND revision = $2";
    let saved = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(read))
        .bind(i64::from(problem.revision))
        .bind(problem.state.as_str())
        .bind(column::key(problem.root_cause.as_str()))
        .bind(column::key(&problem.owner_team))
        .bind(document::encode(&problem)?)
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    if saved.rows_affected() == 0 {
        let what = format!("problem {id}");
        return Err(match find(db, id).await? {
            Some(_) => StoreError::Conflict { what },
            None => StoreError::NotFound { what },
        });
    }
    sqlx::query("DELETE FROM problem_likeness WHERE problem_id = $1")
        .bind(id.to_string())
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    add_likeness(db, &problem).await
}

pub(crate) async fn find(
    db: &mut Connection,
    id: ProblemId,
) -> Result<Option<Problem>, StoreError> {
    document::one(db, "SELECT document FROM problem WHERE id = $1", id).await
}

/// Open problems of a team that share a key, newest first, and the team's count.
/// The count is read first: what is opened in between makes it outdated, never unseen.
pub(crate) async fn look_alikes(
    db: &mut Connection,
    owner_team: &str,
    keys: &[u64],
) -> Result<(Vec<Problem>, u64), StoreError> {
    let gathering = opened(db, owner_team).await?;
    if keys.is_empty() {
        return Ok((Vec::new(), gathering));
    }
    let mut query = QueryBuilder::<Db>::new(
        "SELECT document FROM problem WHERE state = 'open' AND owner_team = ",
    );
    query.push_bind(column::key(owner_team));
    query.push(" AND id IN (SELECT problem_id FROM problem_likeness WHERE likeness_key IN (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key.cast_signed());
    }
    query.push(")) ORDER BY id DESC LIMIT ").push_bind(LOOK_ALIKES);
    Ok((document::built(db, query).await?, gathering))
}

/// Open problems, newest first.
pub(crate) async fn open_ones(
    db: &mut Connection,
    limit: u32,
) -> Result<Vec<ProblemId>, StoreError> {
    let sql = "SELECT id FROM problem WHERE state = 'open' ORDER BY id DESC LIMIT $1";
    let ids: Vec<String> =
        sqlx::query_scalar(sql).bind(i64::from(limit)).fetch_all(db).await.map_err(failed)?;
    ids.iter().map(|id| column::id(id)).collect()
}

async fn opened(db: &mut Connection, owner_team: &str) -> Result<u64, StoreError> {
    let count: Option<i64> =
        sqlx::query_scalar("SELECT opened FROM gathering WHERE owner_team = $1")
            .bind(column::key(owner_team))
            .fetch_optional(db)
            .await
            .map_err(failed)?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

async fn count_up(db: &mut Connection, owner_team: &str, read: u64) -> Result<(), StoreError> {
    let sql = if read == 0 {
        "INSERT INTO gathering (owner_team, opened) VALUES ($1, $2 + 1) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE gathering SET opened = opened + 1 WHERE owner_team = $1 AND opened = $2"
    };
    let counted = sqlx::query(sql)
        .bind(column::key(owner_team))
        .bind(i64::try_from(read).unwrap_or(i64::MAX))
        .execute(db)
        .await
        .map_err(failed)?;
    if counted.rows_affected() == 0 {
        return Err(StoreError::Conflict { what: format!("the problems of {owner_team}") });
    }
    Ok(())
}

async fn add_likeness(db: &mut Connection, problem: &Problem) -> Result<(), StoreError> {
    if problem.likeness_keys.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Db>::new("INSERT INTO problem_likeness ");
    query.push("(likeness_key, problem_id) ");
    query.push_values(&problem.likeness_keys, |mut row, key| {
        row.push_bind(key.cast_signed()).push_bind(problem.id.to_string());
    });
    query.push(" ON CONFLICT DO NOTHING");
    query.build().execute(db).await.map_err(failed)?;
    Ok(())
}
