use mostik_domain::{JobId, Step};
use mostik_store::{JobFilter, JobRecord, JobState, Page, PageRequest, StoreError, WaitingJobs};
use sqlx::{QueryBuilder, Row};

use crate::{
    connect::{Connection, Db},
    document,
    error::failed,
    jobs::job_id,
    page,
    time::timestamp,
};

type DbRow = <Db as sqlx::Database>::Row;

pub(crate) async fn list(
    db: &mut Connection,
    filter: &JobFilter,
    request: &PageRequest,
) -> Result<Page<JobRecord>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT id, state, attempts, run_at, last_error, created_at, updated_at, document \
         FROM job WHERE TRUE",
    );
    if let Some(state) = filter.state {
        query.push(index_of(state)).push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(step) = filter.step {
        query.push(" AND step = ").push_bind(step.as_str());
    }
    if page::push_cursor::<JobId>(&mut query, "id", request).is_err() {
        return Ok(page::empty());
    }
    query.push(" ORDER BY id DESC");
    page::push_limit(&mut query, request);
    let rows = query.build().fetch_all(db).await.map_err(failed)?;
    let mut items = rows.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    let next = page::cut(&mut items, request, |record| record.id.to_string());
    Ok(Page { items, next })
}

pub(crate) async fn counts(db: &mut Connection) -> Result<Vec<WaitingJobs>, StoreError> {
    let sql = "SELECT step, state, COUNT(*) FROM job WHERE state IN ('ready', 'leased') \
               GROUP BY state, step UNION ALL SELECT step, state, COUNT(*) FROM job \
               WHERE state IN ('done', 'dead') GROUP BY state, step";
    let rows = sqlx::query(sql).fetch_all(db).await.map_err(failed)?;
    rows.iter()
        .map(|row| {
            let name: String = row.try_get(0).map_err(failed)?;
            let count: i64 = row.try_get(2).map_err(failed)?;
            Ok(WaitingJobs {
                step: Step::ALL
                    .into_iter()
                    .find(|step| step.as_str() == name)
                    .ok_or_else(|| StoreError::Corrupt { why: format!("a step {name}") })?,
                state: state(row, 1)?,
                count: u64::try_from(count).unwrap_or_default(),
            })
        })
        .collect()
}

/// The condition of the index that covers the state.
const fn index_of(state: JobState) -> &'static str {
    match state {
        JobState::Ready | JobState::Leased => " AND state IN ('ready', 'leased')",
        JobState::Done | JobState::Dead => " AND state IN ('done', 'dead')",
    }
}

fn record(row: &DbRow) -> Result<JobRecord, StoreError> {
    let id: String = row.try_get("id").map_err(failed)?;
    let attempts: i64 = row.try_get("attempts").map_err(failed)?;
    let document: String = row.try_get("document").map_err(failed)?;
    let time = |column| timestamp(row.try_get(column).map_err(failed)?);
    Ok(JobRecord {
        id: job_id(&id)?,
        job: document::decode(&document)?,
        state: state(row, 1)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        run_at: time("run_at")?,
        last_error: row.try_get("last_error").map_err(failed)?,
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
    })
}

fn state(row: &DbRow, at: usize) -> Result<JobState, StoreError> {
    let name: String = row.try_get(at).map_err(failed)?;
    JobState::ALL
        .into_iter()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| StoreError::Corrupt { why: format!("a job that is {name}") })
}
