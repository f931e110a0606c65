use std::collections::HashMap;

use mostik_domain::{Call, CallId, CallNote};
use mostik_store::StoreError;
use sqlx::{QueryBuilder, Row};

use crate::{
    connect::{Connection, Db},
    document,
    error::failed,
};

/// Sets or replaces the line written after a call, which need not be stored yet.
pub(crate) async fn save(
    db: &mut Connection,
    call: CallId,
    note: &CallNote,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO call_note (call_id, document) VALUES ($1, $2) \
               ON CONFLICT (call_id) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(call.to_string())
        .bind(document::encode(note)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Gives each call the line that was written about it.
pub(crate) async fn add_to(db: &mut Connection, calls: &mut [Call]) -> Result<(), StoreError> {
    let mut notes = HashMap::new();
    for calls in calls.chunks(document::LIST) {
        let mut query =
            QueryBuilder::<Db>::new("SELECT call_id, document FROM call_note WHERE call_id IN");
        document::push_list(&mut query, calls.iter().map(|call| call.id.to_string()));
        for row in query.build().fetch_all(&mut *db).await.map_err(failed)? {
            let document: String = row.try_get(1).map_err(failed)?;
            let id: String = row.try_get(0).map_err(failed)?;
            notes.insert(id, document::decode::<CallNote>(&document)?);
        }
    }
    for call in calls {
        call.note = notes.remove(&call.id.to_string());
    }
    Ok(())
}
