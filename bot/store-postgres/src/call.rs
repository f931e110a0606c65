use std::collections::HashMap;

use mostik_domain::{Call, CallId, Channel, FeedbackId, InboxId};
use mostik_store::{CallCard, Page, PageRequest, StoreError};
use sqlx::{QueryBuilder, Row};

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::failed,
    page,
};

/// Keeps a call, or corrects what is stored of it.
pub(crate) async fn save(db: &mut Connection, call: &Call) -> Result<(), StoreError> {
    let sql = "INSERT INTO call (id, document) VALUES ($1, $2) \
               ON CONFLICT (id) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(call.id.to_string())
        .bind(document::encode(call)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn find(db: &mut Connection, id: CallId) -> Result<Option<Call>, StoreError> {
    document::one(db, "SELECT document FROM call WHERE id = $1", id).await
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
    let became = feedbacks(db, &calls).await?;
    let items =
        calls.into_iter().map(|call| CallCard { feedback: became.get(&call.id).copied(), call });
    Ok(Page { items: items.collect(), next })
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
