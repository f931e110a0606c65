use mostik_store::StoreError;
use sha2::{Digest, Sha256};

use crate::{connect::Connection, error::failed};

/// Waits until no other transaction holds the lock of this name, and holds it to
/// the end of this one. Whoever needs several takes messages before addresses, so
/// that no two wait for each other.
pub(crate) async fn take(db: &mut Connection, name: [&str; 3]) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(number(name))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// PostgreSQL's advisory locks are numbers: the first 64 bits of the name's hash.
fn number(name: [&str; 3]) -> i64 {
    let hash = Sha256::digest(name.join("\0").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
