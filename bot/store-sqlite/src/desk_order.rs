use jiff::Timestamp;
use mostik_domain::{DeskOrder, OrderId};
use mostik_store::StoreError;
use sqlx::QueryBuilder;

use crate::{
    connect::{Connection, Db},
    document,
    error::{failed, failed_on},
    time::micros,
};

/// In place of what was asked about that call before.
pub(crate) async fn give(db: &mut Connection, order: &DeskOrder) -> Result<(), StoreError> {
    let sql = "INSERT INTO desk_order (call_id, id, at, document) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (call_id) DO UPDATE \
               SET id = excluded.id, at = excluded.at, document = excluded.document";
    sqlx::query(sql)
        .bind(order.call.to_string())
        .bind(order.id.to_string())
        .bind(micros(order.at))
        .bind(document::encode(order)?)
        .execute(db)
        .await
        .map_err(failed_on(format_args!("order {}", order.id)))?;
    Ok(())
}

/// Obeyed, or refused; one that was replaced meanwhile is not there any more.
pub(crate) async fn done(db: &mut Connection, id: OrderId) -> Result<(), StoreError> {
    let sql = "DELETE FROM desk_order WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).execute(db).await.map_err(failed)?;
    Ok(())
}

/// Oldest first.
pub(crate) async fn open(
    db: &mut Connection,
    now: Timestamp,
) -> Result<Vec<DeskOrder>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM desk_order WHERE at > ");
    query.push_bind(micros(DeskOrder::oldest_open(now))).push(" ORDER BY at, id LIMIT 1000");
    document::built(db, query).await
}
