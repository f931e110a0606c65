//! Databases made by earlier versions open with all they hold; those made by
//! later ones are refused.
//!
//! `sqlite_0001.sql` and `postgres_0001.sql` are dumps of a small desk as the
//! first migration left it. They never change; later migrations run on them.

use mostik_domain::{
    Call, CallNote, Change, CustomerId, Decision, Direction, FeedbackId, NoticeKind, ProblemId,
    Role, Step,
};
use mostik_store::{FeedbackFilter, JobFilter, JobState, StoreError};
use mostik_store_postgres::PostgresStore;
use mostik_store_sqlite::SqliteStore;
use mostik_tests::needs;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, sqlite::SqliteConnectOptions};

use super::Backend;
use super::given::first;

const SQLITE: &str = include_str!("sqlite_0001.sql");
const POSTGRES: &str = include_str!("postgres_0001.sql");

#[tokio::test]
async fn a_file_of_the_first_version_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mostik.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options.connect().await.expect("a fresh file");
    sqlx::raw_sql(SQLITE).execute(&mut connection).await.expect("the dump");
    sqlx::raw_sql(JUDGED).execute(&mut connection).await.expect("a judgement");
    connection.close().await.expect("closed");
    let store = SqliteStore::open(&path).await.expect("the store migrates it");
    assert_small_desk(&store).await;
}

#[tokio::test]
async fn a_database_of_the_first_version_opens() {
    needs!("postgres");
    let database = mostik_tests::postgres::database().await;
    // The dump leaves its connection without a search path.
    for sql in [POSTGRES, JUDGED] {
        let mut connection = PgConnection::connect(&database.url).await.expect("a connection");
        sqlx::raw_sql(sql).execute(&mut connection).await.expect("the dump");
        connection.close().await.expect("closed");
    }
    let store = PostgresStore::connect(&database.url.into()).await.expect("the store migrates it");
    assert_small_desk(&store).await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let (folder, store) = super::sqlite().await;
    drop(store);
    let path = folder.path().join("data/mostik.db");
    let mut connection =
        SqliteConnectOptions::new().filename(&path).connect().await.expect("the file");
    sqlx::raw_sql(FROM_THE_FUTURE).execute(&mut connection).await.expect("a newer migration");
    let refused = SqliteStore::open(&path).await.expect_err("too new");
    assert_too_new(&refused);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    needs!("postgres");
    let (url, store) = super::postgres().await;
    drop(store);
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    sqlx::raw_sql(FROM_THE_FUTURE).execute(&mut connection).await.expect("a newer migration");
    let refused = PostgresStore::connect(&url.into()).await.expect_err("too new");
    assert_too_new(&refused);
}

/// A person at the desk of that time named another cause, of words with a NUL
/// character between them.
const JUDGED: &str = "INSERT INTO classification (feedback_id, document) \
    SELECT feedback_id, replace(replace(replace(document, \
        '\"root_cause\":\"delivery\"', '\"root_cause\":\"copy\"'), \
        '{\"kind\":\"model\",\"version\":\"local/1\"}', \
        '{\"kind\":\"operator\",\"name\":\"Вера\"}'), \
        '\"опоздал\"', '\"опоздал\\u0000курьер\"') FROM classification";

const FROM_THE_FUTURE: &str = "INSERT INTO _sqlx_migrations \
    (version, description, success, checksum, execution_time) \
    SELECT 9000, 'from the future', success, checksum, 0 FROM _sqlx_migrations LIMIT 1";

fn assert_too_new(error: &StoreError) {
    let told = error.to_string();
    assert!(told.contains("newer Mostik") && told.contains("9000"), "{told}");
}

/// All that the dumps hold can still be read, and worked on.
async fn assert_small_desk(store: &dyn Backend) {
    let page = store.feedback_page(&FeedbackFilter::default(), &first(10)).await.expect("a page");
    assert_eq!(page.items.len(), 3);
    let words = FeedbackFilter { q: Some("курьер".into()), ..Default::default() };
    assert_eq!(store.feedback_count(&words).await.expect("a count"), 2);
    let filed = FeedbackFilter { state: Some("filed".into()), ..Default::default() };
    let filed = store.feedback_page(&filed, &first(10)).await.expect("a page").items;
    let card = filed.first().expect("a filed feedback");
    assert_eq!(card.customer.name, Some("Анна".into()));
    assert_eq!(card.issue.as_ref().map(|issue| issue.key.as_str()), Some("1"));
    assert_eq!(card.notices[0].kind, NoticeKind::Received);
    assert_details(store, card.feedback.id, card.feedback.problem().expect("a problem")).await;
    let dead = JobFilter { state: Some(JobState::Dead), step: None };
    let dead = store.job_page(&dead, &first(10)).await.expect("jobs").items;
    assert_eq!(dead.len(), 1);
    assert!(store.next_due(&Step::ALL).await.expect("a time").is_some());
    assert_eq!(store.users().await.expect("users")[0].role, Role::Admin);
    let secret = store.installation_secret("customer links", [0; 32]).await.expect("a secret");
    assert_eq!(secret, [42; 32]);
}

async fn assert_details(store: &dyn Backend, feedback: FeedbackId, problem: ProblemId) {
    let details = store.feedback_details(feedback).await.expect("a read").expect("details");
    assert_eq!(details.classifications.len(), 2);
    assert!(details.call.is_some() && details.transcript.is_some());
    assert_old_call(store, details.card.customer.id, details.call.as_ref().expect("a call")).await;
    let problem = store.problem_details(problem).await.expect("a read").expect("a problem");
    assert_eq!((problem.signals.len(), problem.card.feedback_count), (1, 1));
    let board = store.board(None).await.expect("a board");
    assert_eq!((board.len(), board[0].events.len()), (1, 1));
    assert!(board[0].issue.is_some());
    let judged = store.judgements(jiff::Timestamp::UNIX_EPOCH, 10).await.expect("a read");
    let judged = judged.first().expect("the judgement that stood beside the dump");
    let model = &details.classifications[0];
    assert_eq!((&judged.said, judged.named.as_str()), (&model.root_cause, "copy"));
    assert_eq!(judged.at.as_second(), model.at.as_second());
    assert_eq!(store.taught(10).await.expect("a read").len(), 1);
    let said = store.problems_sharing_words("приехали курьеры", 5).await.expect("a read");
    assert_eq!(said, [problem.card.problem.id], "what was said before is found");
    let (alike, gathering) = store.look_alikes("logistics", &[u64::MAX]).await.expect("a read");
    assert_eq!((alike.len(), gathering), (1, 1));
    assert!(store.cursor("github", "shop/site").await.expect("a read").is_some());
}

/// A call of the time before people took calls is one that nobody took.
async fn assert_old_call(store: &dyn Backend, customer: CustomerId, call: &Call) {
    assert_eq!(call.direction, Direction::Incoming);
    assert_eq!(call.recording.as_ref().map(|recording| recording.channels), Some(1));
    assert!(call.waited.is_none() && call.talks.is_empty() && call.note.is_none());
    let calls = store.calls_of(customer, 10).await.expect("a read");
    assert_eq!(calls.first().map(|card| &card.call), Some(call));
    assert!(store.recent_waits(&call.line, 10).await.expect("a read").is_empty());
    let text = "Вернули деньги".into();
    let note = CallNote { by: "Вера".into(), text, at: call.ended_at };
    let noted = Decision::nothing().and(Change::NoteCall(call.id, note.clone()));
    store.submit(noted, call.ended_at).await.expect("an old call can be noted");
    let read = store.call(call.id).await.expect("a read").expect("the call");
    assert_eq!(read.note, Some(note));
}
