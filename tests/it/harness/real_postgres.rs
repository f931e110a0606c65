//! The database server.

use mostik_tests::{needs, postgres};
use sqlx::{Connection as _, PgConnection};

#[tokio::test]
async fn every_test_gets_a_database_of_its_own() {
    needs!("postgres");
    let (one, other) = (postgres::database().await, postgres::database().await);
    assert_ne!(one.url, other.url);
    let mut connection = PgConnection::connect(&one.url).await.expect("a connection");
    sqlx::raw_sql("CREATE TABLE feedback (id text)").execute(&mut connection).await.expect("DDL");
    let mut elsewhere = PgConnection::connect(&other.url).await.expect("a connection");
    let missing = sqlx::raw_sql("SELECT * FROM feedback").execute(&mut elsewhere).await;
    assert!(missing.is_err(), "databases are separate");
}
