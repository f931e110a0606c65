use std::fmt::Display;

use mostik_store::StoreError;

/// Classes of SQLSTATE (PostgreSQL manual, appendix A) that pass by themselves
/// or by someone's help: connection, authorisation, resources, intervention
/// (and the statement timeout), locks not available, system error.
const PASSING: [&str; 6] = ["08", "28", "53", "55", "57", "58"];
/// Two transactions got into each other's way: serialization failure, deadlock.
const IN_EACH_OTHERS_WAY: [&str; 2] = ["40001", "40P01"];

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
        sqlx::Error::Database(database) if collided(database.code().as_deref()) => {
            StoreError::Conflict { what: what.to_string() }
        }
        sqlx::Error::Database(database) if passes(database.code().as_deref()) => {
            StoreError::Unavailable { why: error.to_string() }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable { why: error.to_string() },
        _ => StoreError::Corrupt { why: error.to_string() },
    }
}

fn collided(code: Option<&str>) -> bool {
    code.is_some_and(|code| IN_EACH_OTHERS_WAY.contains(&code))
}

fn passes(code: Option<&str>) -> bool {
    code.is_some_and(|code| PASSING.iter().any(|class| code.starts_with(class)))
}
