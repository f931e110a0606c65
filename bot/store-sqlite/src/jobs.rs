//! The queue: what is to be done, who has it until when, and what became of it.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{JobId, NewJob, Step};
use mostik_store::{Lease, Release, StoreError};
use sqlx::{QueryBuilder, Row};

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::failed,
    time::{micros, timestamp},
};

/// Queues jobs whose key nobody has taken.
pub(crate) async fn queue(
    db: &mut Connection,
    jobs: &[NewJob],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO job (id, dedup_key, step, lane, state, attempts, run_at, \
               created_at, updated_at, document) \
               VALUES ($1, $2, $3, $4, 'ready', 0, $5, $6, $6, $7) ON CONFLICT DO NOTHING";
    for new in jobs {
        sqlx::query(sql)
            .bind(new.id.to_string())
            .bind(column::key(&new.dedup_key))
            .bind(new.job.step().as_str())
            .bind(column::key(&new.job.lane()))
            .bind(micros(new.run_at))
            .bind(micros(now))
            .bind(document::encode(&new.job)?)
            .execute(&mut *db)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

/// Leases the longest-waiting job that may run. A job that cannot be read any
/// more is put aside as dead, so that it does not block those behind it.
pub(crate) async fn claim(
    db: &mut Connection,
    steps: &[Step],
    now: Timestamp,
    lease_for: SignedDuration,
) -> Result<Option<Lease>, StoreError> {
    let until = timestamp(micros(now.saturating_add(lease_for).unwrap_or(Timestamp::MAX)))?;
    while let Some(Leased { id, attempt, overtaken, document }) =
        lease_one(db, steps, now, until).await?
    {
        match document::decode(&document) {
            Ok(job) => return Ok(Some(Lease { id, job, attempt, overtaken, until })),
            Err(error) => {
                bury(db, id, &error.to_string(), now).await?;
            }
        }
    }
    Ok(None)
}

/// A lease whose job has not been read.
struct Leased {
    id: JobId,
    attempt: u32,
    overtaken: u32,
    document: String,
}

/// One statement is one transaction here, and SQLite has one writer: no two
/// claims can choose the same job or the same lane. The index is named because
/// the planner, which does not know how many jobs wait for tomorrow, takes another.
async fn lease_one(
    db: &mut Connection,
    steps: &[Step],
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Leased>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("UPDATE job SET state = 'leased', lease_until = ");
    query.push_bind(micros(until)).push(", updated_at = ").push_bind(micros(now));
    query.push(
        ", attempts = attempts + 1 WHERE id = (SELECT id FROM job j INDEXED BY job_waiting \
         WHERE state IN ('ready', 'leased') AND run_at <= ",
    );
    query.push_bind(micros(now)).push(" AND (state = 'ready' OR lease_until <= ");
    query.push_bind(micros(now)).push(") AND step IN");
    push_steps(&mut query, steps);
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM job o WHERE o.lane = j.lane \
         AND o.state = 'leased' AND o.id <> j.id \
         AND o.lease_until > ",
    );
    query.push_bind(micros(now));
    query.push(") ORDER BY run_at, id LIMIT 1) RETURNING id, attempts, overtaken, document");
    // Read to the end, although there is one row: only then has the statement
    // been committed, and only then is it known when that failed.
    let mut rows = query.build().fetch_all(db).await.map_err(failed)?;
    rows.pop()
        .map(|row| {
            let id: String = row.try_get(0).map_err(failed)?;
            let count = |column| -> Result<u32, StoreError> {
                let count: i64 = row.try_get(column).map_err(failed)?;
                Ok(u32::try_from(count).unwrap_or(u32::MAX))
            };
            Ok(Leased {
                id: job_id(&id)?,
                attempt: count(1)?,
                overtaken: count(2)?,
                document: row.try_get(3).map_err(failed)?,
            })
        })
        .transpose()
}

/// Marks a leased job done, if this lease still holds: same attempt, same end,
/// and the end has not come.
pub(crate) async fn finish(
    db: &mut Connection,
    lease: &Lease,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE job SET state = 'done', lease_until = NULL, last_error = NULL, \
               updated_at = $4 WHERE id = $1 AND state = 'leased' AND attempts = $2 \
               AND lease_until = $3 AND lease_until > $4";
    let done = sqlx::query(sql)
        .bind(lease.id.to_string())
        .bind(i64::from(lease.attempt))
        .bind(micros(lease.until))
        .bind(micros(now))
        .execute(db)
        .await
        .map_err(failed)?;
    held(lease, done.rows_affected())
}

/// Gives a leased job back. A lease that ran out may still be given back as long
/// as nobody else has taken the job.
pub(crate) async fn release(
    db: &mut Connection,
    lease: &Lease,
    release: Release,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE job SET lease_until = NULL, updated_at = $4, state = $5, \
               attempts = attempts - $6, run_at = COALESCE($7, run_at), \
               last_error = COALESCE($8, last_error), overtaken = overtaken + $9 \
               WHERE id = $1 AND state = 'leased' AND attempts = $2 AND lease_until = $3";
    let overtaken = matches!(release, Release::Overtaken { .. });
    let (state, uncounted, run_at, why) = match release {
        Release::RetryAt { at, why } | Release::Overtaken { at, why } => {
            ("ready", 0_i64, Some(micros(at)), Some(why))
        }
        Release::Unused => ("ready", 1, None, None),
        Release::Dead { why } => ("dead", 0, None, Some(why)),
    };
    let released = sqlx::query(sql)
        .bind(lease.id.to_string())
        .bind(i64::from(lease.attempt))
        .bind(micros(lease.until))
        .bind(micros(now))
        .bind(state)
        .bind(uncounted)
        .bind(run_at)
        .bind(why.as_deref().map(column::reason))
        .bind(i64::from(overtaken))
        .execute(db)
        .await
        .map_err(failed)?;
    held(lease, released.rows_affected())
}

/// Ends every lease, for when no worker can be at work.
pub(crate) async fn take_back_leases(
    db: &mut Connection,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE job SET lease_until = $1 WHERE state = 'leased' AND lease_until > $1")
        .bind(micros(now))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Makes a dead job ready again; its next attempt is the second.
pub(crate) async fn run_again(
    db: &mut Connection,
    id: JobId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE job SET state = 'ready', attempts = 1, overtaken = 0, run_at = $2, \
               updated_at = $2 WHERE id = $1 AND state = 'dead'";
    let revived = sqlx::query(sql)
        .bind(id.to_string())
        .bind(micros(now))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    if revived.rows_affected() == 1 {
        return Ok(());
    }
    let known: Option<i64> = sqlx::query_scalar("SELECT attempts FROM job WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    Err(match known {
        Some(_) => StoreError::Conflict { what: format!("job {id}") },
        None => StoreError::NotFound { what: format!("job {id}") },
    })
}

/// When a worker of these steps should look again: when a lease that holds a job
/// or a lane of theirs ends, or when the next job in a free lane is due.
pub(crate) async fn next_due(
    db: &mut Connection,
    steps: &[Step],
) -> Result<Option<Timestamp>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT MIN(due) FROM (SELECT MIN(lease_until) AS due FROM job l \
         WHERE state = 'leased' AND (step IN",
    );
    push_steps(&mut query, steps);
    query.push(
        " OR EXISTS (SELECT 1 FROM job w WHERE w.lane = l.lane \
         AND w.state IN ('ready', 'leased') AND w.state = 'ready' AND w.step IN",
    );
    push_steps(&mut query, steps);
    query.push(
        ")) UNION ALL SELECT due FROM (SELECT run_at AS due FROM job r INDEXED BY job_waiting \
         WHERE state IN ('ready', 'leased') AND state = 'ready' AND step IN",
    );
    push_steps(&mut query, steps);
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM job o WHERE o.lane = r.lane \
         AND o.state = 'leased') \
         ORDER BY run_at, id LIMIT 1) AS free) AS both_kinds",
    );
    let due: Option<i64> = query.build_query_scalar().fetch_one(db).await.map_err(failed)?;
    due.map(timestamp).transpose()
}

/// A job that can never run again by itself.
async fn bury(db: &mut Connection, id: JobId, why: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE job SET state = 'dead', lease_until = NULL, last_error = $2, \
               updated_at = $3 WHERE id = $1";
    sqlx::query(sql)
        .bind(id.to_string())
        .bind(column::reason(why))
        .bind(micros(now))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

fn held(lease: &Lease, rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::LeaseLost { job: lease.id.to_string() }) }
}

/// Adds ` (…)` of step names; no step at all matches nothing.
fn push_steps(query: &mut QueryBuilder<Db>, steps: &[Step]) {
    query.push(" (NULL");
    for step in steps {
        query.push(", '").push(step.as_str()).push("'");
    }
    query.push(")");
}

pub(crate) fn job_id(text: &str) -> Result<JobId, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { why: "a job's id".into() })
}

#[cfg(test)]
mod tests {
    use mostik_domain::{Decision, Job};
    use mostik_store::Store as _;

    use super::*;
    use crate::SqliteStore;

    #[tokio::test]
    async fn a_lease_that_could_not_be_stored_is_not_given() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("mostik.db")).await.expect("a store");
        let number = "0".repeat(32);
        let waiting = NewJob {
            id: format!("job_{number}").parse().expect("an id"),
            dedup_key: "look".to_owned(),
            job: Job::Look { issue: format!("is_{number}").parse().expect("an id") },
            run_at: Timestamp::UNIX_EPOCH,
        };
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        store.submit(Decision::nothing().then(waiting), now).await.expect("queued");

        let claim = async || store.claim(&Step::ALL, now, SignedDuration::from_mins(1)).await;
        let commits = async |possible: bool| {
            let mut writer = store.writer().await.expect("the writer");
            let mut handle = writer.lock_handle().await.expect("its handle");
            handle.set_commit_hook(move || possible);
        };
        commits(false).await;
        claim().await.expect_err("nothing can be committed");
        commits(true).await;
        let lease = claim().await.expect("an answer").expect("the job still waits");
        assert_eq!(lease.attempt, 1);
    }
}
