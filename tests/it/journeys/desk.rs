//! What people at the desk and on the board see.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::world::Api;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
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

/// The hidden markers of all issues on the built-in board, in the order of their numbers.
pub(crate) async fn markers_on_the_board(world: &World) -> Vec<String> {
    const MARKERS: &str = "SELECT marker FROM board_issue ORDER BY number";
    let config: toml::Table = std::fs::read_to_string(world.config_file())
        .expect("mostik.toml")
        .parse()
        .expect("a configuration");
    let url = config.get("store").and_then(|store| store.get("url")?.as_str());
    let markers = if let Some(url) = url {
        let mut postgres = sqlx::PgConnection::connect(url).await.expect("the database");
        sqlx::query_scalar(MARKERS).fetch_all(&mut postgres).await
    } else {
        let file = SqliteConnectOptions::new().filename(world.data().join("mostik.db"));
        let mut sqlite = file.read_only(true).connect().await.expect("the database");
        sqlx::query_scalar(MARKERS).fetch_all(&mut sqlite).await
    };
    markers.expect("the board")
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

/// All feedback, once there is so much of it, and not more.
pub(crate) async fn all_of(world: &World, count: usize, patience: Duration) -> Vec<Value> {
    let all = eventually(&format!("{count} feedbacks"), patience, async || {
        let all = world.all_feedback().await;
        if all.len() >= count { Ok(all) } else { Err(format!("there are {}", all.len())) }
    })
    .await;
    assert_eq!(all.len(), count);
    all
}

/// Waits until a call that is being recorded has so many bytes on the disk.
pub(crate) async fn recording_grows_beyond(world: &World, bytes: u64) {
    let folder = world.data().join("recordings");
    eventually("a recording to grow", Duration::from_secs(40), async || {
        let files = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        let part = files
            .filter(|file| file.path().extension().is_some_and(|it| it == "part"))
            .filter_map(|file| Some(file.metadata().ok()?.len()))
            .max();
        if part > Some(bytes) { Ok(()) } else { Err(format!("{part:?} bytes")) }
    })
    .await;
}
