//! What people at the desk and on the board see.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::world::Api;
use serde_json::Value;
use sqlx::{ConnectOptions as _, Connection as _};

/// The newest feedback, once it is in this state.
pub(crate) async fn newest_becomes(world: &World, state: &str, patience: Duration) -> Value {
    newest_where(world, state, patience, |_| true).await
}

/// The newest feedback besides a known one, once it is in this state.
pub(crate) async fn newest_other_becomes(
    world: &World,
    known: &Value,
    state: &str,
    patience: Duration,
) -> Value {
    newest_where(world, state, patience, |found| found["id"] != known["id"]).await
}

async fn newest_where(
    world: &World,
    state: &str,
    patience: Duration,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    eventually(&format!("the newest feedback to become {state}"), patience, async || {
        let newest = world.all_feedback().await.into_iter().next();
        match newest.filter(&wanted) {
            Some(found) if found["state"] == state => Ok(found),
            Some(found) => Err(found.to_string()),
            None => Err("nothing new".to_owned()),
        }
    })
    .await
}

/// The page of a feedback's issue on the built-in board, as text.
pub(crate) async fn board_issue(world: &World, feedback: &Value) -> String {
    assert_eq!(feedback["issue"]["tracker"], "board", "{feedback}");
    let url = feedback["issue"]["url"].as_str().expect("an address");
    let path = url.strip_prefix(&world.web_url()).expect("a page of this desk");
    world.api().try_get(path).await.expect(200).text
}

/// The hidden markers of all issues on the built-in board; its database is SQLite.
pub(crate) async fn markers_on_the_board(world: &World) -> Vec<String> {
    let database = world.data().join("mostik.db");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(database)
        .read_only(true)
        .connect()
        .await
        .expect("the database");
    let markers = sqlx::query_scalar("SELECT marker FROM board_issue ORDER BY number")
        .fetch_all(&mut connection)
        .await
        .expect("the board");
    connection.close().await.expect("closed");
    markers
}

/// The body of an answer that is not text.
pub(crate) async fn bytes(api: &Api, path: &str) -> Vec<u8> {
    let request = api.request(reqwest::Method::GET, path);
    let answer = request.send().await.expect("an answer").error_for_status().expect("a success");
    answer.bytes().await.expect("a body").to_vec()
}

/// The problem under which a feedback was gathered.
pub(crate) async fn problem_of(world: &World, feedback: &Value) -> Value {
    let id = feedback["problem"].as_str().unwrap_or_else(|| panic!("no problem in {feedback}"));
    world.api().get(&format!("/api/v1/problems/{id}")).await
}

/// A time as the API tells it.
pub(crate) fn moment(value: &Value) -> jiff::Timestamp {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no time"));
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
