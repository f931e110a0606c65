use mostik_domain::Attendance;
use mostik_store::StoreError;
use sqlx::QueryBuilder;

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::failed,
};

/// The last word of an operator counts.
pub(crate) async fn save(db: &mut Connection, said: &Attendance) -> Result<(), StoreError> {
    let sql = "INSERT INTO attendance (operator, document) VALUES ($1, $2) \
               ON CONFLICT (operator) DO UPDATE SET document = excluded.document";
    sqlx::query(sql)
        .bind(column::key(&said.operator))
        .bind(document::encode(said)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// What everybody said, by name.
pub(crate) async fn all(db: &mut Connection) -> Result<Vec<Attendance>, StoreError> {
    let sql = "SELECT document FROM attendance ORDER BY operator";
    document::built(db, QueryBuilder::<Db>::new(sql)).await
}
