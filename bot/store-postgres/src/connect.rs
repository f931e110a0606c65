use std::{sync::Arc, time::Duration};

use mostik_store::{Changed, StoreError};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Connection as _, Executor, PgConnection, Pool, Postgres, SqlSafeStr, Transaction,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::broadcast;

use crate::{
    error::failed,
    waking::{self, Listening},
};

/// The database behind this crate; the only place that names it.
pub(crate) type Db = Postgres;
/// What every query runs on: alone, or inside its transaction.
pub(crate) type Connection = PgConnection;

/// Connections of one node, besides the one that listens.
const CONNECTIONS: u32 = 16;
/// How long connecting, and waiting for a free connection, may take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Nothing here takes long: what does is stuck, and is ended by the server.
const LIMITS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                      SET idle_in_transaction_session_timeout = '15s'; \
                      SET default_transaction_isolation = 'read committed'";

/// Everything in one PostgreSQL database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: Pool<Db>,
    changes: broadcast::Sender<Changed>,
    /// Ends with the last clone.
    listening: Arc<Listening>,
}

impl PostgresStore {
    /// Connects to `postgres://user:password@host/database` and brings its tables
    /// up to date; one node does, the others wait. Refuses a database of a newer Mostik.
    pub async fn connect(url: &SecretString) -> Result<Self, StoreError> {
        let options = options(url)?;
        tokio::time::timeout(ACQUIRE_TIMEOUT, reach(&options)).await.map_err(|_| too_slow())??;
        migrate(&options).await?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(LIMITS).await.map(drop) })
            })
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        let changes = waking::channel();
        let listening = Listening::start(options, changes.clone()).await?;
        Ok(Self { pool, changes, listening: Arc::new(listening) })
    }

    /// A connection that only reads.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>, StoreError> {
        self.pool.acquire().await.map_err(failed)
    }

    /// A connection outside a transaction: for single statements.
    pub(crate) async fn writer(&self) -> Result<PoolConnection<Db>, StoreError> {
        self.pool.acquire().await.map_err(failed)
    }

    /// A transaction; what must not change beside it is locked by its statements.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>, StoreError> {
        self.pool.begin().await.map_err(failed)
    }

    /// Where commits are told.
    pub(crate) fn changes_sender(&self) -> &broadcast::Sender<Changed> {
        &self.changes
    }

    /// By what this node knows its own notifications.
    pub(crate) fn node(&self) -> &str {
        self.listening.node()
    }
}

fn options(url: &SecretString) -> Result<PgConnectOptions, StoreError> {
    let options = url.expose_secret().parse::<PgConnectOptions>();
    // The parser's own words may hold the password.
    let options = options.map_err(|_| StoreError::Unavailable {
        why: "the address is not of the form postgres://user:password@host/database".into(),
    })?;
    Ok(options.application_name("mostik"))
}

fn too_slow() -> StoreError {
    StoreError::Unavailable { why: format!("no answer within {} s", ACQUIRE_TIMEOUT.as_secs()) }
}

/// A quick try, so that a wrong address is told at once.
async fn reach(options: &PgConnectOptions) -> Result<(), StoreError> {
    let connection = PgConnection::connect_with(options).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// On a connection of its own, without limits: a migration may take its time.
async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(options).await.map_err(failed)?;
    migrations().run(&mut connection).await.map_err(migration_failed)?;
    connection.close().await.map_err(failed)
}

fn migrations() -> Migrator {
    let migration = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        migration(1, "feedback desk", include_str!("../migrations/0001_feedback_desk.sql")),
        migration(2, "full text", include_str!("../migrations/0002_full_text.sql")),
        migration(3, "what words say", include_str!("../migrations/0003_what_words_say.sql")),
        migration(4, "the call", include_str!("../migrations/0004_the_call.sql")),
        migration(5, "overtaken", include_str!("../migrations/0005_overtaken.sql")),
    ])
}

fn migration_failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Corrupt {
            why: format!(
                "it was made by a newer Mostik (migration {version} is unknown here): \
                 run that version, or restore a backup made by this one"
            ),
        },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => StoreError::Corrupt { why: other.to_string() },
    }
}
