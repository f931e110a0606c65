//! The GitHub stand-in, used by an independent client and by a receiver of webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use mostik_tests::eventually::eventually;
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::github::{
    APP_LOGIN, DESK_LOGIN, GitHub, Role, State, StateReason, signature,
};
use mostik_tests::needs;
use octocrab::Octocrab;
use octocrab::models::IssueState;
use octocrab::params;

const SHOP: &str = "acme/shop";

fn client(github: &GitHub, token: &str) -> Octocrab {
    Octocrab::builder()
        .base_uri(github.url())
        .expect("an address")
        .personal_token(token.to_owned())
        .add_retry_config(octocrab::service::middleware::retry::RetryConfig::None)
        .build()
        .expect("a client")
}

#[tokio::test]
async fn an_independent_client_files_comments_and_reads_back() {
    let github = GitHub::start(&[SHOP]).await;
    let octocrab = client(&github, github.token());
    let issues = octocrab.issues("acme", "shop");
    let filed = issues
        .create("Посылка не пришла")
        .body("Three customers wait.")
        .labels(vec!["delivery".to_owned()])
        .assignees(vec![DESK_LOGIN.to_owned()])
        .send()
        .await
        .expect("the issue is filed");
    issues.create_comment(filed.number, "And a fourth.").await.expect("a comment");
    issues.add_labels(filed.number, &["urgent".to_owned()]).await.expect("a label");
    issues.update(filed.number).title("Посылки не приходят").send().await.expect("a new title");

    let anna = github.maintainer("anna");
    let spot = (SHOP, filed.number);
    anna.comments(spot, "Reproduced.").await;
    anna.assigns(spot, "boris").await;
    anna.milestone(spot, "December").await;
    anna.links_pull_request(spot, "Fix the courier's address").await;
    anna.locks(spot, Some("too heated")).await;
    anna.closes(spot, StateReason::NotPlanned).await;
    anna.reopens(spot).await;
    anna.closes(spot, StateReason::Completed).await;

    let read = issues.get(filed.number).await.expect("the issue");
    assert_eq!((read.state, read.title.as_str()), (IssueState::Closed, "Посылки не приходят"));
    assert_eq!(read.labels.len(), 2);
    let timeline = issues.list_timeline_events(filed.number).per_page(100).send().await;
    let timeline: Vec<String> = timeline
        .expect("the timeline")
        .items
        .iter()
        .map(|event| format!("{:?}", event.event))
        .collect();
    for expected in [
        "Labeled",
        "Commented",
        "Renamed",
        "CrossReferenced",
        "Closed",
        "Reopened",
        "Locked",
        "Milestoned",
    ] {
        assert!(timeline.iter().any(|it| it == expected), "{expected} in {timeline:?}");
    }
    let comments = issues.list_comments(filed.number).send().await.expect("comments").items;
    assert_eq!(comments.len(), 2);
    // Raw: octocrab 0.54's own event type cannot read a milestone that has only a title, which is
    // what GitHub's contract promises.
    let route = format!("/repos/{SHOP}/issues/{}/events?per_page=100", filed.number);
    let events: Vec<serde_json::Value> = octocrab.get(route, None::<&()>).await.expect("events");
    assert!(events.iter().any(|event| event["event"] == "milestoned"));
    assert!(!events.iter().any(|event| event["event"] == "commented"));
    octocrab.ratelimit().get().await.expect("the rate limit");
    assert_eq!(github.issues(SHOP)[0].state, State::Closed(StateReason::Completed));
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let github = GitHub::start(&[SHOP]).await;
    let anna = github.maintainer("anna");
    for number in 1..=7 {
        anna.opens(SHOP, &format!("Issue {number}"), "").await;
    }
    anna.closes((SHOP, 2), StateReason::Completed).await;
    anna.labels((SHOP, 3), "bug").await;
    let octocrab = client(&github, github.token());
    let first = octocrab.issues("acme", "shop").list().per_page(3).send().await.expect("a page");
    assert_eq!(first.items.iter().map(|it| it.number).collect::<Vec<_>>(), [7, 6, 5]);
    let all = octocrab.all_pages(first).await.expect("the other pages");
    assert_eq!(all.len(), 6, "one is closed");
    let everything = octocrab
        .issues("acme", "shop")
        .list()
        .state(params::State::All)
        .direction(params::Direction::Ascending)
        .labels(&["bug".to_owned()])
        .send()
        .await
        .expect("a page");
    assert_eq!(everything.items.iter().map(|it| it.number).collect::<Vec<_>>(), [3]);
    let future = "2999-01-01T00:00:00Z";
    let since: Vec<serde_json::Value> = octocrab
        .get(format!("/repos/{SHOP}/issues?state=all&since={future}"), None::<&()>)
        .await
        .expect("a list");
    assert!(since.is_empty());
}

#[tokio::test]
async fn search_sees_what_the_index_has_seen() {
    let github = GitHub::start(&[SHOP]).await;
    let anna = github.maintainer("anna");
    anna.opens(SHOP, "Old", "<!-- mostik:pr_1 -->").await;
    github.search_lags();
    anna.opens(SHOP, "New", "<!-- mostik:pr_2 -->").await;
    let octocrab = client(&github, github.token());
    let find = async |marker: &str| {
        let query = format!("repo:{SHOP} is:issue in:body \"{marker}\"");
        octocrab
            .search()
            .issues_and_pull_requests(&query)
            .send()
            .await
            .expect("results")
            .items
            .len()
    };
    assert_eq!((find("mostik:pr_1").await, find("mostik:pr_2").await), (1, 0));
    github.search_catches_up();
    assert_eq!(find("mostik:pr_2").await, 1);
}

#[tokio::test]
async fn rights_are_kept() {
    let github = GitHub::start(&[SHOP]).await;
    let stranger = client(&github, "no such token");
    assert!(stranger.issues("acme", "shop").get(1).await.is_err());
    github.allows(DESK_LOGIN, SHOP, Role::Read);
    let octocrab = client(&github, github.token());
    let issues = octocrab.issues("acme", "shop");
    let filed = issues.create("x").labels(vec!["bug".to_owned()]).send().await.expect("an issue");
    assert!(filed.labels.is_empty(), "without push access labels are silently dropped");
    assert!(issues.add_labels(filed.number, &["bug".to_owned()]).await.is_err());
    github.maintainer("anna").locks((SHOP, filed.number), None).await;
    assert!(issues.create_comment(filed.number, "Hello?").await.is_err(), "locked");
    github.allows(DESK_LOGIN, SHOP, Role::None);
    assert!(issues.get(filed.number).await.is_err(), "a repository one may not see is not there");
}

/// A key as an administrator downloads it; made anew for each run.
fn private_key() -> Vec<u8> {
    let made = std::process::Command::new("openssl")
        .args(["genrsa", "-traditional", "2048"])
        .stderr(std::process::Stdio::null())
        .output();
    made.expect("openssl").stdout
}

#[tokio::test]
async fn an_app_gets_a_token_for_its_installation() {
    needs!("openssl");
    let github = GitHub::start(&[SHOP]).await;
    let app = |id: u64| {
        Octocrab::builder()
            .base_uri(github.url())
            .expect("an address")
            .app_from_rsa_pem(id.into(), private_key())
            .expect("a key")
            .build()
            .expect("a client")
    };
    let installation = github.install_app(77);
    let stranger = app(78).apps().get_repository_installation("acme", "shop").await;
    assert!(stranger.is_err(), "another app's token");
    let app = app(77);
    let found = app.apps().get_repository_installation("acme", "shop").await.expect("installed");
    assert_eq!(found.id.0, installation);
    let octocrab = app.installation(found.id).expect("a client of the installation");
    octocrab.issues("acme", "shop").create("By the App").send().await.expect("an issue");
    assert_eq!(github.issues(SHOP)[0].author, APP_LOGIN);
}

#[tokio::test]
async fn trouble_comes_on_demand() {
    let github = GitHub::start(&[SHOP]).await;
    let octocrab = client(&github, github.token());
    let issues = octocrab.issues("acme", "shop");
    github.trouble("POST", "/issues", Fault::Unavailable, 1);
    assert!(issues.create("lost").send().await.is_err());
    assert!(github.issues(SHOP).is_empty());
    github.trouble("POST", "/issues", Fault::LostAnswer, 1);
    assert!(issues.create("there").send().await.is_err());
    assert_eq!(github.issues(SHOP).len(), 1, "the answer was lost, the issue was not");
    let limit = Fault::SecondaryRateLimit { retry_after: 2 };
    github.trouble("GET", "/issues/1", limit, 1);
    assert!(issues.get(1).await.is_err());
    assert!(issues.get(1).await.is_ok());
}

#[tokio::test]
async fn a_departure_from_the_contract_is_noticed() {
    let github = GitHub::start(&[SHOP]).await;
    let url = format!("{}/repos/{SHOP}/issues", github.url());
    let send = reqwest_like(&url, github.token(), r#"{"title": "x", "priority": "high"}"#).await;
    assert!(send.starts_with("HTTP/1.1 201"), "{send}");
    if mostik_tests::contract::Contract::github().is_checked() {
        let departures = github.departures();
        assert!(departures.iter().any(|it| it.contains("/priority")), "{departures:?}");
        let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(github)));
        assert!(dropped.is_err(), "the end of the test must fail");
    }
}

/// The plainest client there is: nothing between the test and the wire.
async fn reqwest_like(url: &str, token: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (host, path) = url.trim_start_matches("http://").split_once('/').expect("a path");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("a connection");
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: test\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the answer");
    answer
}

#[tokio::test]
async fn webhooks_are_signed_and_can_be_repeated() {
    let seen: Arc<Mutex<Vec<(HeaderMap, String)>>> = Arc::default();
    let record = seen.clone();
    let router = Router::new().route(
        "/webhooks/github",
        post(async move |headers: HeaderMap, body: String| {
            record.lock().expect("a list").push((headers, body));
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let github = GitHub::start(&[SHOP]).await;
    github.delivers_to(&format!("http://{address}/webhooks/github"), "s3cret");
    let issue = github.maintainer("anna").opens(SHOP, "Hello", "").await;
    github.maintainer("anna").comments(issue.clone(), "It works as intended.").await;
    {
        let seen = seen.lock().expect("a list");
        let (headers, body) = seen.last().expect("a delivery");
        assert_eq!(headers["X-GitHub-Event"], "issue_comment");
        assert_eq!(headers["X-Hub-Signature-256"], signature("s3cret", body).as_str());
        octocrab::models::webhook_events::WebhookEvent::try_from_header_and_body(
            "issue_comment",
            body,
        )
        .expect("an independent reader understands it");
    }
    let last = github.deliveries().pop().expect("a delivery");
    assert_eq!(last.status, Some(200));
    github.redelivers(&last).await;
    assert_eq!(github.deliveries().len(), 3);
    let octocrab = client(&github, github.token());
    octocrab.issues("acme", "shop").create_comment(1, "Ours").await.expect("a comment");
    eventually("our own comment to be announced too", Duration::from_secs(5), async || {
        let count = seen.lock().expect("a list").len();
        if count == 4 { Ok(()) } else { Err(format!("{count} deliveries")) }
    })
    .await;
}
