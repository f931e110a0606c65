use std::{
    fs::{DirBuilder, OpenOptions},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    time::Duration,
};

use jiff::Timestamp;
use mostik_store::{Changed, StoreError};
use sqlx::{
    Connection as _, Pool, SqlSafeStr, Sqlite, SqliteConnection, Transaction,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::broadcast;

use crate::{error::failed, jobs, waking};

/// The database behind this crate; the only place that names it.
pub(crate) type Db = Sqlite;
/// What every query runs on: a reader, or the writer inside its transaction.
pub(crate) type Connection = SqliteConnection;

/// Readers beside the one writer.
const READERS: u32 = 4;
/// How long another process (a report, a backup) may hold the file before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a query may wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The write-ahead log is cut back to this many bytes after a checkpoint.
const LOG_BYTES: &str = "67108864";

/// Everything in one SQLite file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    readers: Pool<Db>,
    writer: Pool<Db>,
    changes: broadcast::Sender<Changed>,
}

impl SqliteStore {
    /// Opens the file, or creates it (and its folder) for this user alone, and
    /// brings its tables up to date. Refuses a file of a newer Mostik.
    ///
    /// On a full disk SQLite rolls back by itself (sqlite.org/lang_transaction.html, section 3.1);
    /// the driver's own rollback then fails, and for as long as that connection lives it counts a
    /// transaction that is no more. So a connection that comes back in one is replaced.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_for_this_user_alone(path)?;
        let writer = pool(1)
            .before_acquire(|db, _| Box::pin(async move { Ok(!db.is_in_transaction()) }))
            .connect_with(options(path))
            .await
            .map_err(failed)?;
        migrations().run(&writer).await.map_err(migration_failed)?;
        let reading = options(path).pragma("query_only", "on");
        let readers = pool(READERS).connect_with(reading).await.map_err(failed)?;
        Ok(Self { readers, writer, changes: waking::channel() })
    }

    /// Ends every lease. Only for the one process that holds the data folder's
    /// lock, at its start: what is leased was held by a process that is gone.
    pub async fn take_back_leases(&self, now: Timestamp) -> Result<(), StoreError> {
        jobs::take_back_leases(&mut *self.writer().await?, now).await
    }

    /// A connection that only reads.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>, StoreError> {
        self.readers.acquire().await.map_err(failed)
    }

    /// The writing connection, outside a transaction: for single statements.
    pub(crate) async fn writer(&self) -> Result<PoolConnection<Db>, StoreError> {
        self.writer.acquire().await.map_err(failed)
    }

    /// A transaction that holds the write lock from its first moment, so that
    /// what it reads cannot change before it writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }

    /// Where commits are told.
    pub(crate) fn changes_sender(&self) -> &broadcast::Sender<Changed> {
        &self.changes
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is synced before it is acknowledged: what got its 202 survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("journal_size_limit", LOG_BYTES)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn create_for_this_user_alone(path: &Path) -> Result<(), StoreError> {
    let unavailable =
        |why: std::io::Error| StoreError::Unavailable { why: format!("{}: {why}", path.display()) };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unavailable)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unavailable(error)),
        _ => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn writing_goes_on_after_the_disk_was_full() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("mostik.db")).await.expect("a store");
        let mut writer = store.writer().await.expect("the writer");
        sqlx::query("CREATE TABLE filler (bytes)").execute(&mut *writer).await.expect("a table");
        // SQLite takes the pages that are there for the limit when it is smaller.
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *writer).await.expect("a limit");
        drop(writer);
        let mut db = store.begin().await.expect("a transaction");
        let filled = sqlx::query("INSERT INTO filler VALUES (randomblob(1000000))");
        let refused = filled.execute(&mut *db).await.map_err(failed).expect_err("no room");
        assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused:?}");
        drop(db);
        // The limit goes with the connection that was lost: there is room again.
        let mut db = store.begin().await.expect("a transaction");
        let filled = sqlx::query("INSERT INTO filler VALUES (randomblob(1000000))");
        filled.execute(&mut *db).await.expect("room");
        db.commit().await.expect("written");
    }
}
