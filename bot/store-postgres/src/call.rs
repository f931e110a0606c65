use std::collections::HashMap;

use mostik_domain::{Call, CallId, Channel, FeedbackId, InboxId, WaitEnd};
use mostik_store::{CallCard, KeepCalls, Page, PageRequest, StoreError};
use sqlx::{QueryBuilder, Row};

use crate::{
    call_back, call_note, column,
    connect::{Connection, Db},
    document,
    error::failed,
    page,
};

/// Keeps a call, or corrects what is stored of it.
pub(crate) async fn save(db: &mut Connection, call: &Call) -> Result<(), StoreError> {
    let answered = call.waited.is_some_and(|waited| waited.ended == WaitEnd::Answered);
    let sql = "INSERT INTO call (id, document, answered_on, answered_by) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO UPDATE SET document = excluded.document, \
               answered_on = excluded.answered_on, answered_by = excluded.answered_by";
    sqlx::query(sql)
        .bind(call.id.to_string())
        .bind(document::encode(call)?)
        .bind(answered.then(|| column::key(&call.line)))
        .bind(call.answered_by().map(column::key))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: CallId) -> Result<Option<Call>, StoreError> {
    let found: Option<Call> =
        document::one(db, "SELECT document FROM call WHERE id = $1", id).await?;
    let mut found: Vec<Call> = found.into_iter().collect();
    call_note::add_to(db, &mut found).await?;
    Ok(found.pop())
}

pub(crate) async fn card(db: &mut Connection, id: CallId) -> Result<Option<CallCard>, StoreError> {
    let Some(call) = find(db, id).await? else {
        return Ok(None);
    };
    let became = feedbacks(db, std::slice::from_ref(&call)).await?;
    Ok(Some(CallCard { feedback: became.get(&call.id).copied(), call }))
}

/// Newest first: ids grow with time.
pub(crate) async fn list(
    db: &mut Connection,
    request: &PageRequest,
) -> Result<Page<CallCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM call WHERE TRUE");
    if page::push_cursor::<CallId>(&mut query, "id", request).is_err() {
        return Ok(page::empty());
    }
    query.push(" ORDER BY id DESC");
    page::push_limit(&mut query, request);
    let mut calls: Vec<Call> = document::built(db, query).await?;
    let next = page::cut(&mut calls, request, |call| call.id.to_string());
    Ok(Page { items: cards(db, calls).await?, next })
}

/// Adds to each call what a list shows of it.
pub(crate) async fn cards(
    db: &mut Connection,
    mut calls: Vec<Call>,
) -> Result<Vec<CallCard>, StoreError> {
    call_note::add_to(db, &mut calls).await?;
    let became = feedbacks(db, &calls).await?;
    let card = |call: Call| CallCard { feedback: became.get(&call.id).copied(), call };
    Ok(calls.into_iter().map(card).collect())
}

/// The feedback that each of these calls became.
async fn feedbacks(
    db: &mut Connection,
    calls: &[Call],
) -> Result<HashMap<CallId, FeedbackId>, StoreError> {
    let mut by_line: HashMap<&str, Vec<String>> = HashMap::new();
    for call in calls {
        by_line.entry(&call.line).or_default().push(call.id.to_string());
    }
    let mut found = HashMap::new();
    for (line, ids) in by_line {
        let inbox = InboxId::new(Channel::Phone, line);
        for ids in ids.chunks(document::LIST) {
            let mut query = QueryBuilder::<Db>::new(
                "SELECT external_id, feedback_id FROM message WHERE inbox = ",
            );
            query.push_bind(column::key(inbox.as_str())).push(" AND external_id IN");
            document::push_list(&mut query, ids.iter().cloned());
            for row in query.build().fetch_all(&mut *db).await.map_err(failed)? {
                let ids: (String, String) =
                    (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
                if let (Ok(call), Ok(feedback)) = (ids.0.parse(), ids.1.parse()) {
                    found.insert(call, feedback);
                }
            }
        }
    }
    Ok(found)
}

/// Calls that one transaction looks at: others want to write meanwhile.
const PRUNED_AT_ONCE: i64 = 200;

/// See [`mostik_store::Store::prune_calls`].
pub(crate) async fn prune(db: &mut Connection, keep: KeepCalls) -> Result<u64, StoreError> {
    let first_kept = first_kept(db, keep).await?;
    // A quotation mark within a text of a document stands behind a backslash.
    let sql = "SELECT document FROM call WHERE id < $1 AND \
               (document LIKE '%\"ladder\":[{%' OR document LIKE '%\"tone_at\":null%') \
               ORDER BY id LIMIT $2";
    let found: Vec<String> = sqlx::query_scalar(sql)
        .bind(first_kept)
        .bind(PRUNED_AT_ONCE)
        .fetch_all(&mut *db)
        .await
        .map_err(failed)?;
    let calls: Vec<Call> =
        found.iter().map(|document| document::decode(document)).collect::<Result<_, _>>()?;
    let became = feedbacks(db, &calls).await?;
    let mut pruned = call_back::prune(db, keep).await?;
    for mut call in calls {
        if call.tone_at.is_none() && !became.contains_key(&call.id) {
            for sql in
                ["DELETE FROM call WHERE id = $1", "DELETE FROM call_note WHERE call_id = $1"]
            {
                sqlx::query(sql)
                    .bind(call.id.to_string())
                    .execute(&mut *db)
                    .await
                    .map_err(failed)?;
            }
        } else if call.facts.ladder.is_empty() {
            continue;
        } else {
            call.facts.ladder.clear();
            save(db, &call).await?;
        }
        pruned += 1;
    }
    Ok(pruned)
}

/// The id before which calls are pruned: ids grow with time.
async fn first_kept(db: &mut Connection, keep: KeepCalls) -> Result<String, StoreError> {
    let since = CallId::first_since(keep.since).to_string();
    let sql = "SELECT id FROM call ORDER BY id DESC LIMIT 1 OFFSET $1";
    let Some(before_the_newest) = keep.newest.checked_sub(1) else {
        return Ok(CallId::LAST.to_string());
    };
    let oldest_of_the_newest: Option<String> = sqlx::query_scalar(sql)
        .bind(i64::from(before_the_newest))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    Ok(oldest_of_the_newest.map_or(since.clone(), |id| id.max(since)))
}
