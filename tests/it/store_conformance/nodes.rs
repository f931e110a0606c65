//! Two nodes on one PostgreSQL.

use std::time::Duration;

use mostik_domain::{Change, OrderWhat, Step};
use mostik_store::Store;
use mostik_store_postgres::PostgresStore;
use mostik_tests::needs;
use tokio::time::timeout;

use super::at_the_phone::{order, waiting};
use super::given::{LEASE, at, captured, submitted};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn one_node_hears_what_another_commits() {
    needs!("postgres");
    let (url, one) = super::postgres().await;
    let other = PostgresStore::connect(&url.into()).await.expect("a second node");
    let mut changes = other.changes();
    let id = captured(&one, "m-1", "Опоздал").await.feedback;
    let heard = timeout(PATIENCE, changes.recv()).await.expect("in time").expect("news");
    assert!(heard.jobs);
    assert_eq!(heard.feedback, Some(id));
    let lease = other.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    assert!(lease.is_some(), "and finds the job");
}

#[tokio::test]
async fn an_order_of_the_desk_reaches_the_phone_of_another_node() {
    needs!("postgres");
    let (url, phone) = super::postgres().await;
    let desk = PostgresStore::connect(&url.into()).await.expect("a second node");
    let call = waiting(1);
    submitted(&phone, vec![Change::SaveLiveCall(call.clone())]).await;
    let mut changes = phone.changes();
    let given = order(call.id, OrderWhat::TakeNow, at(2));
    submitted(&desk, vec![Change::GiveOrder(given.clone())]).await;
    let heard = timeout(PATIENCE, changes.recv()).await.expect("in time").expect("news");
    assert_eq!((heard.calls, heard.jobs), (true, false));
    assert_eq!(phone.desk_orders(at(3)).await.expect("a read"), [given]);
}

#[tokio::test]
async fn nodes_that_start_together_migrate_once() {
    needs!("postgres");
    let database = mostik_tests::postgres::database().await;
    let url = database.url.into();
    let starts = (0..4).map(|_| PostgresStore::connect(&url));
    for store in futures::future::join_all(starts).await {
        store.expect("a node starts").ping().await.expect("an answer");
    }
}

#[tokio::test]
async fn a_database_out_of_reach_is_said_without_its_password() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    for url in [
        format!("postgres://mostik:hunter2@127.0.0.1:{port}/mostik"),
        "postgres://mostik:hunter2@[/mostik".to_owned(),
        "mysql//hunter2".to_owned(),
    ] {
        let error = PostgresStore::connect(&url.into()).await.expect_err("nobody is there");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("hunter2"), "{told}");
        assert!(error.retry_after().is_some(), "{told}");
    }
}
