use mostik_domain::{Address, Feedback, FeedbackId, ProblemId};
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    customer, document,
    error::{failed, failed_on},
    time::micros,
};

pub(crate) async fn insert(db: &mut Connection, feedback: &Feedback) -> Result<(), StoreError> {
    let columns = Columns::of(feedback);
    let sql = "INSERT INTO feedback \
               (id, revision, state, root_cause, owner_team, problem_id, filed, search, document, \
               customer_id, channel, captured_at, kind, urgency) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    sqlx::query(sql)
        .bind(feedback.id.to_string())
        .bind(i64::from(feedback.revision))
        .bind(feedback.state.as_str())
        .bind(columns.root_cause)
        .bind(columns.owner_team)
        .bind(columns.problem)
        .bind(columns.filed)
        .bind(columns.search)
        .bind(document::encode(feedback)?)
        .bind(feedback.customer.to_string())
        .bind(feedback.channel.as_str())
        .bind(micros(feedback.captured_at))
        .bind(columns.kind)
        .bind(columns.urgency)
        .execute(db)
        .await
        .map_err(failed_on(feedback.id))?;
    Ok(())
}

/// Updates the stored copy if nobody has since this one was read.
pub(crate) async fn save(db: &mut Connection, feedback: Feedback) -> Result<(), StoreError> {
    let (id, read) = (feedback.id, feedback.revision);
    let feedback = Feedback { revision: read.saturating_add(1), ..feedback };
    let columns = Columns::of(&feedback);
    let sql = "UPDATE feedback SET revision = $3, state = $4, root_cause = $5, owner_team = $6, \
               problem_id = $7, filed = $8, search = $9, document = $10, kind = $11, \
               urgency = $12 \
               WHERE id = $1 AND revision = $2";
    let saved = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(read))
        .bind(i64::from(feedback.revision))
        .bind(feedback.state.as_str())
        .bind(columns.root_cause)
        .bind(columns.owner_team)
        .bind(columns.problem)
        .bind(columns.filed)
        .bind(columns.search)
        .bind(document::encode(&feedback)?)
        .bind(columns.kind)
        .bind(columns.urgency)
        .execute(&mut *db)
        .await
        .map_err(failed_on(id))?;
    if saved.rows_affected() == 1 {
        return Ok(());
    }
    let what = format!("feedback {id}");
    Err(match find(db, id).await? {
        Some(_) => StoreError::Conflict { what },
        None => StoreError::NotFound { what },
    })
}

pub(crate) async fn find(
    db: &mut Connection,
    id: FeedbackId,
) -> Result<Option<Feedback>, StoreError> {
    document::one(db, "SELECT document FROM feedback WHERE id = $1", id).await
}

/// The newest of the customer whom an address belongs to.
pub(crate) async fn latest_of(
    db: &mut Connection,
    address: &Address,
) -> Result<Option<Feedback>, StoreError> {
    let Some(customer) = customer::recognised_by(db, address).await? else {
        return Ok(None);
    };
    let sql = "SELECT document FROM feedback WHERE customer_id = $1 ORDER BY id DESC LIMIT 1";
    document::one(db, sql, customer).await
}

/// Under a problem and not yet counted by its issue, oldest first.
pub(crate) async fn unfiled(
    db: &mut Connection,
    problem: ProblemId,
) -> Result<Vec<Feedback>, StoreError> {
    let sql = "SELECT document FROM feedback WHERE problem_id = $1 AND NOT filed ORDER BY id";
    document::all(db, sql, problem).await
}

/// Under a problem, oldest first.
pub(crate) async fn of_problem(
    db: &mut Connection,
    problem: ProblemId,
) -> Result<Vec<Feedback>, StoreError> {
    document::all(db, "SELECT document FROM feedback WHERE problem_id = $1 ORDER BY id", problem)
        .await
}

/// The newest 200 under a problem, newest first.
pub(crate) async fn newest_of_problem(
    db: &mut Connection,
    problem: ProblemId,
) -> Result<Vec<Feedback>, StoreError> {
    let sql = "SELECT document FROM feedback WHERE problem_id = $1 ORDER BY id DESC LIMIT 200";
    document::all(db, sql, problem).await
}

/// What a feedback shows to filters and joins.
struct Columns {
    root_cause: Option<String>,
    owner_team: Option<String>,
    problem: Option<String>,
    filed: bool,
    search: String,
    kind: Option<&'static str>,
    urgency: i64,
}

impl Columns {
    fn of(feedback: &Feedback) -> Self {
        let state = &feedback.state;
        let understood = state.classification().and_then(|it| it.understanding.as_ref());
        Self {
            kind: understood.map(|it| it.kind.as_str()),
            urgency: feedback.urgency().into(),
            root_cause: state.classification().map(|it| column::key(it.root_cause.as_str())),
            owner_team: feedback.owner_team().map(column::key),
            problem: feedback.problem().map(|problem| problem.to_string()),
            filed: state.filed_as().is_some(),
            search: search(feedback),
        }
    }
}

/// The words, and the reference with and without its hyphen.
fn search(feedback: &Feedback) -> String {
    let reference = feedback.reference.as_str();
    let words = feedback.text.as_ref().map_or("", |text| text.reveal());
    column::searchable(&format!("{reference} {} {words}", reference.replace('-', "")))
}

/// How many feedbacks a customer has.
pub(crate) async fn count_of_customer(
    db: &mut Connection,
    customer: mostik_domain::CustomerId,
) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM feedback WHERE customer_id = $1")
        .bind(customer.to_string())
        .fetch_one(db)
        .await
        .map_err(failed)?;
    Ok(u64::try_from(count).unwrap_or_default())
}
