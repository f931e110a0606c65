use mostik_domain::{Address, Customer, CustomerId};
use mostik_store::StoreError;
use sqlx::Row;

use crate::{
    column,
    connect::Connection,
    document,
    error::{failed, failed_on},
};

/// The customer of an address: the known one, brought up to date, or this new one.
pub(crate) async fn recognise(
    db: &mut Connection,
    address: Option<&Address>,
    customer: &Customer,
) -> Result<CustomerId, StoreError> {
    let Some(address) = address else {
        insert(db, customer).await?;
        return Ok(customer.id);
    };
    let Some((known, proved)) = known_by(db, address).await? else {
        insert(db, customer).await?;
        add_address(db, address, customer.id).await?;
        return Ok(customer.id);
    };
    // Who only claims an address in a form must not rename the one who proved it.
    if address.proved || !proved {
        bring_up_to_date(db, known, customer).await?;
    }
    if address.proved && !proved {
        prove(db, address).await?;
    }
    Ok(known)
}

pub(crate) async fn find(
    db: &mut Connection,
    id: CustomerId,
) -> Result<Option<Customer>, StoreError> {
    document::one(db, "SELECT document FROM customer WHERE id = $1", id).await
}

pub(crate) async fn among(
    db: &mut Connection,
    ids: impl IntoIterator<Item = CustomerId>,
) -> Result<Vec<Customer>, StoreError> {
    document::among(db, "SELECT document FROM customer WHERE id IN", ids, "").await
}

pub(crate) async fn recognised_by(
    db: &mut Connection,
    address: &Address,
) -> Result<Option<CustomerId>, StoreError> {
    Ok(known_by(db, address).await?.map(|(customer, _)| customer))
}

async fn known_by(
    db: &mut Connection,
    address: &Address,
) -> Result<Option<(CustomerId, bool)>, StoreError> {
    let sql = "SELECT customer_id, proved FROM address WHERE kind = $1 AND value = $2";
    let row = sqlx::query(sql)
        .bind(address.kind.as_str())
        .bind(column::key(address.value.reveal()))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let id: String = row.try_get(0).map_err(failed)?;
    let id = id.parse().map_err(|_| StoreError::Corrupt { why: "an address's owner".into() })?;
    Ok(Some((id, row.try_get(1).map_err(failed)?)))
}

async fn insert(db: &mut Connection, customer: &Customer) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO customer (id, document) VALUES ($1, $2)")
        .bind(customer.id.to_string())
        .bind(document::encode(customer)?)
        .execute(db)
        .await
        .map_err(failed_on(customer.id))?;
    Ok(())
}

async fn add_address(
    db: &mut Connection,
    address: &Address,
    customer: CustomerId,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO address (kind, value, customer_id, proved) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql)
        .bind(address.kind.as_str())
        .bind(column::key(address.value.reveal()))
        .bind(customer.to_string())
        .bind(address.proved)
        .execute(db)
        .await
        .map_err(failed_on("an address"))?;
    Ok(())
}

async fn bring_up_to_date(
    db: &mut Connection,
    id: CustomerId,
    latest: &Customer,
) -> Result<(), StoreError> {
    let known = find(db, id)
        .await?
        .ok_or_else(|| StoreError::Corrupt { why: format!("{id} has an address but no row") })?;
    let name = latest.name.clone().or_else(|| known.name.clone());
    let updated = Customer { name, language: latest.language, ..known.clone() };
    if updated == known {
        return Ok(());
    }
    sqlx::query("UPDATE customer SET document = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(document::encode(&updated)?)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn prove(db: &mut Connection, address: &Address) -> Result<(), StoreError> {
    sqlx::query("UPDATE address SET proved = $3 WHERE kind = $1 AND value = $2")
        .bind(address.kind.as_str())
        .bind(column::key(address.value.reveal()))
        .bind(true)
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}
