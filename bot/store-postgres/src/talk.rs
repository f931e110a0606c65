//! Calls by what people had to do with them.

use jiff::Timestamp;
use mostik_domain::{Call, CallId, CustomerId, Waited};
use mostik_store::{CallCard, StoreError};
use sqlx::QueryBuilder;

use crate::{
    call, column,
    connect::{Connection, Db},
    document,
};

/// The longest list asked for at once.
const MOST: u32 = 200;

/// How callers of a line waited until they were answered, newest first.
pub(crate) async fn recent_waits(
    db: &mut Connection,
    line: &str,
    most: u32,
) -> Result<Vec<Waited>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM call WHERE answered_on = ");
    query.push_bind(column::key(line)).push(" ORDER BY id DESC LIMIT ");
    query.push_bind(i64::from(most.min(MOST)));
    let calls: Vec<Call> = document::built(db, query).await?;
    Ok(calls.into_iter().filter_map(|call| call.waited).collect())
}

/// Calls that became feedback of a customer, newest first.
pub(crate) async fn calls_of(
    db: &mut Connection,
    customer: CustomerId,
    most: u32,
) -> Result<Vec<CallCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT call.document FROM feedback \
         JOIN message ON message.feedback_id = feedback.id \
         JOIN call ON call.id = message.external_id \
         WHERE feedback.customer_id = ",
    );
    query.push_bind(customer.to_string()).push(" AND feedback.channel = 'phone'");
    query.push(" ORDER BY call.id DESC LIMIT ").push_bind(i64::from(most.min(MOST)));
    let found = document::built(db, query).await?;
    call::cards(db, found).await
}

/// Calls since then that an operator answered last and wrote no line about,
/// newest first.
pub(crate) async fn without_a_note(
    db: &mut Connection,
    operator: &str,
    since: Timestamp,
) -> Result<Vec<CallCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM call WHERE answered_by = ");
    query.push_bind(column::key(operator));
    query.push(" AND id >= ").push_bind(CallId::first_since(since).to_string());
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM call_note WHERE call_id = call.id) \
         ORDER BY id DESC LIMIT 20",
    );
    let found = document::built(db, query).await?;
    call::cards(db, found).await
}
