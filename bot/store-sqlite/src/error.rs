use std::fmt::Display;

use mostik_store::StoreError;

/// Primary result codes (sqlite.org/rescode.html) that pass by themselves or
/// by someone's help: busy, locked, read-only, I/O, full, cannot open.
const PASSING: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// The driver's error in our words; without any bound value.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    failed_on("a row")(error)
}

/// The same, where it is known what was being written.
pub(crate) fn failed_on(what: impl Display) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => {
            StoreError::Conflict { what: what.to_string() }
        }
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
            StoreError::NotFound { what: format!("what {what} refers to") }
        }
        sqlx::Error::Database(database) if passes(database.code().as_deref()) => {
            StoreError::Unavailable { why: error.to_string() }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable { why: error.to_string() },
        _ => StoreError::Corrupt { why: error.to_string() },
    }
}

/// Extended codes hold the primary one in their low byte.
fn passes(code: Option<&str>) -> bool {
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| PASSING.contains(&(code & 255)))
}
