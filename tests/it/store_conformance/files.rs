//! The SQLite file itself.

use std::os::unix::fs::PermissionsExt as _;

use mostik_domain::{Decision, Step};
use mostik_store::{Store, StoreError};
use mostik_store_sqlite::SqliteStore;

use super::given::{LEASE, at, captured};

#[tokio::test]
async fn the_file_is_for_this_user_alone() {
    let (folder, store) = super::sqlite().await;
    captured(&store, "m-1", "Опоздал").await;
    for file in ["data/mostik.db", "data/mostik.db-wal", "data/mostik.db-shm"] {
        let metadata = folder.path().join(file).metadata().expect(file);
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
    let parent = folder.path().join("data").metadata().expect("the folder");
    assert_eq!(parent.permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_for_the_next_process() {
    let (folder, store) = super::sqlite().await;
    let id = captured(&store, "m-1", "Опоздал").await.feedback;
    // Not closed: as after a SIGKILL, the next one finds the log beside the file.
    let next = SqliteStore::open(&folder.path().join("data/mostik.db")).await.expect("it opens");
    assert!(next.feedback(id).await.expect("a read").is_some());
    let lease = next.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    assert!(lease.is_some());
    let none = store.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    assert_eq!(none, None, "two processes share one queue");
}

#[tokio::test]
async fn the_leases_of_a_dead_process_are_taken_back() {
    let (folder, store) = super::sqlite().await;
    captured(&store, "m-1", "Опоздал").await;
    let lost = store.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    let lost = lost.expect("a job");
    let next = SqliteStore::open(&folder.path().join("data/mostik.db")).await.expect("it opens");
    next.take_back_leases(at(2)).await.expect("taken back");
    let again = next.claim(&[Step::Classify], at(2), LEASE).await.expect("a claim");
    assert_eq!(again.map(|lease| (lease.id, lease.attempt)), Some((lost.id, 2)));
    let late = store.commit(&lost, Decision::nothing(), at(3)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{late:?}");
}

#[tokio::test]
async fn what_is_no_database_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "это не база ".repeat(1_000)).expect("a file");
    let error = SqliteStore::open(&text).await.expect_err("no database");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    let beneath_a_file = SqliteStore::open(&text.join("mostik.db")).await.expect_err("no folder");
    assert!(matches!(beneath_a_file, StoreError::Unavailable { .. }), "{beneath_a_file}");
}
