//! The GitHub tracker against the GitHub stand-in, whose every exchange the vendor's description
//! checks.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{Actor, CloseReason, Happening, IssueDraft, IssueState, Marker, ProblemId};
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::github::{APP_LOGIN, DESK_LOGIN, GitHub as FakeGitHub, Role, StateReason};
use mostik_tests::needs;
use mostik_trackers::github::webhook;
use mostik_trackers::{Credentials, GitHub, GitHubConfig, Tracker, TrackerError};
use uuid::Uuid;

const SHOP: &str = "acme/shop";

fn tracker(fake: &FakeGitHub, credentials: Credentials) -> GitHub {
    let config = GitHubConfig { api_url: fake.url(), credentials, poll_every: None };
    GitHub::new(config).expect("a usable configuration")
}

fn with_token(fake: &FakeGitHub) -> GitHub {
    tracker(fake, Credentials::Token(fake.token().into()))
}

fn draft(problem: u128, title: &str) -> IssueDraft {
    let marker = Marker::of(ProblemId::new(Uuid::from_u128(problem)));
    IssueDraft {
        title: title.into(),
        body: format!("Посылка не пришла.\n\n{}", marker.as_str()),
        marker,
        labels: vec!["customers".into()],
        assignees: vec![DESK_LOGIN.into()],
    }
}

fn an_hour_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(1)
}

#[tokio::test]
async fn an_issue_is_filed_found_updated_and_followed() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    let filed = github.file(SHOP, &draft(7, "Посылки не приходят")).await.expect("filed");
    assert_eq!(filed.state, IssueState::Open);
    assert!(filed.url.ends_with("/acme/shop/issues/1"), "{}", filed.url);
    let issue = fake.issues(SHOP).remove(0);
    assert_eq!(issue.labels, ["customers"]);
    assert_eq!(issue.assignees, [DESK_LOGIN]);

    fake.search_lags();
    let found = github.find_by_marker(SHOP, &draft(7, "").marker, an_hour_ago()).await;
    assert_eq!(found, Ok(Some(filed.clone())));
    let found = github.find_by_marker(SHOP, &draft(8, "").marker, an_hour_ago()).await;
    assert_eq!(found, Ok(None));

    let same = draft(7, "Посылки не приходят");
    github.update(SHOP, &filed.key, &same).await.expect("nothing to do");
    let patches = || fake.requests().iter().filter(|it| it.method == "PATCH").count();
    assert_eq!(patches(), 0, "what is the same is not written again");
    github.update(SHOP, &filed.key, &draft(7, "2 клиента ждут посылку")).await.expect("updated");
    assert_eq!(patches(), 1);
    assert_eq!(fake.issues(SHOP)[0].title, "2 клиента ждут посылку");

    let changes = github.changed_since(SHOP, an_hour_ago()).await.expect("changes");
    assert_eq!(changes.keys, std::slice::from_ref(&filed.key));
    let much_later = Timestamp::now() + SignedDuration::from_hours(1);
    let changes = github.changed_since(SHOP, much_later).await.expect("no changes");
    assert_eq!((changes.keys.len(), changes.read_until), (0, much_later), "never goes back");
}

#[tokio::test]
async fn what_the_team_does_is_told_with_actor_and_evidence() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    let key = github.file(SHOP, &draft(7, "Посылки")).await.expect("filed").key;
    let number = key.parse().expect("a number");
    let (anna, spot) = (fake.maintainer("anna"), (SHOP, number));
    anna.comments(spot, "Воспроизвела.").await;
    anna.labels(spot, "bug").await;
    anna.unlabels(spot, "customers").await;
    anna.assigns(spot, "boris").await;
    anna.milestone(spot, "December").await;
    anna.links_pull_request(spot, "Fix the courier's address").await;
    anna.locks(spot, Some("too heated")).await;
    anna.closes(spot, StateReason::NotPlanned).await;
    anna.reopens(spot).await;
    anna.closes(spot, StateReason::Completed).await;

    let history = github.history(SHOP, &key, None).await.expect("a history");
    assert_eq!(history.state, IssueState::Completed);
    let (ours, theirs): (Vec<_>, Vec<_>) =
        history.events.iter().partition(|event| event.actor == Actor::Ourselves);
    assert_eq!(ours.len(), 2, "our own label and assignment: {ours:?}");
    let what: Vec<Happening> = theirs.iter().map(|event| event.what.clone()).collect();
    let expected = [
        Happening::Commented { text: "Воспроизвела.".into() },
        Happening::Labeled { label: "bug".into() },
        Happening::Unlabeled { label: "customers".into() },
        Happening::Assigned,
        Happening::Milestoned { title: "December".into() },
        Happening::LinkedChange,
        Happening::Locked { reason: Some("too heated".into()) },
        Happening::Closed { reason: CloseReason::NotPlanned },
        Happening::Reopened,
        Happening::Closed { reason: CloseReason::Completed },
    ];
    assert_eq!(what, expected);
    assert!(theirs.iter().all(|event| event.actor == Actor::Person));
    let keys: std::collections::BTreeSet<_> = history.events.iter().map(|it| &it.key).collect();
    assert_eq!(keys.len(), history.events.len(), "keys are unique");

    let later = Timestamp::now() + SignedDuration::from_hours(1);
    let history = github.history(SHOP, &key, Some(later)).await.expect("a history");
    assert_eq!(history.events, []);
}

#[tokio::test]
async fn an_issue_whose_answer_was_lost_is_found_and_not_filed_twice() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    fake.trouble("POST", "/issues", Fault::LostAnswer, 1);
    let before = Timestamp::now();
    let error = github.file(SHOP, &draft(7, "Посылки")).await.expect_err("nobody knows");
    assert!(matches!(error, TrackerError::RetryAfter { .. }), "{error}");
    let found = github.find_by_marker(SHOP, &draft(7, "").marker, before).await.expect("asked");
    assert_eq!(found.map(|it| it.key).as_deref(), Some("1"));
    assert_eq!(fake.issues(SHOP).len(), 1);
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    let filed = github.file(SHOP, &draft(7, "Посылки")).await.expect("filed");
    let anna = fake.maintainer("anna");
    for count in 0..150 {
        anna.opens(SHOP, &format!("Another {count}"), "Nothing of ours").await;
        anna.comments((SHOP, 1), &format!("Thought {count}")).await;
    }
    let found = github.find_by_marker(SHOP, &draft(7, "").marker, an_hour_ago()).await;
    assert_eq!(found.expect("asked"), Some(filed), "the oldest of 151, newest first");
    let changes = github.changed_since(SHOP, an_hour_ago()).await.expect("changes");
    assert_eq!(changes.keys.len(), 151);
    let history = github.history(SHOP, "1", None).await.expect("a history");
    let comments =
        history.events.iter().filter(|it| matches!(it.what, Happening::Commented { .. }));
    assert_eq!(comments.count(), 150);
}

#[tokio::test]
async fn troubles_are_told_apart() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    let passing = [
        (Fault::Unavailable, 5),
        (Fault::SecondaryRateLimit { retry_after: 30 }, 30),
        (Fault::TooManyRequests { retry_after: 7 }, 7),
        (Fault::Garbage, 60),
    ];
    for (fault, seconds) in passing {
        fake.trouble("POST", "/issues", fault, 1);
        let error = github.file(SHOP, &draft(7, "Посылки")).await.expect_err("trouble");
        let TrackerError::RetryAfter { after, .. } = error else { panic!("{fault:?}: {error}") };
        assert_eq!(after, Duration::from_secs(seconds), "{fault:?}");
    }
    assert_eq!(fake.issues(SHOP).len(), 0);

    let lasting = async |project: &str, hint: &str| {
        let error = github.file(project, &draft(7, "Посылки")).await.expect_err("refused");
        let TrackerError::GiveUp { why } = error else { panic!("{hint}: {error}") };
        assert!(why.contains(hint), "{why}");
    };
    lasting("acme/nothing-here", "404").await;
    fake.disable_issues(SHOP);
    lasting(SHOP, "410").await;
    fake.revoke_tokens();
    lasting(SHOP, "401").await;

    let nobody = GitHubConfig {
        api_url: "http://127.0.0.1:9".into(),
        credentials: Credentials::Token("t".into()),
        poll_every: None,
    };
    let error = GitHub::new(nobody).expect("usable").own_login().await.expect_err("no answer");
    assert!(matches!(error, TrackerError::RetryAfter { .. }), "{error}");
}

#[tokio::test]
async fn an_assignee_who_left_does_not_keep_the_problem_from_the_team() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let github = with_token(&fake);
    fake.allows("left-long-ago", SHOP, Role::None);
    let draft =
        IssueDraft { assignees: vec!["left-long-ago".into()], ..draft(7, "Посылки") };
    github.file(SHOP, &draft).await.expect("filed all the same");
    let issue = fake.issues(SHOP).remove(0);
    assert_eq!((issue.labels, issue.assignees.len()), (vec!["customers".to_owned()], 0));
}

#[tokio::test]
async fn an_app_works_by_its_installation() {
    needs!("openssl");
    let fake = FakeGitHub::start(&[SHOP]).await;
    fake.install_app(42);
    let key = Command::new("openssl").args(["genrsa", "2048"]).output().expect("openssl runs");
    let pem = String::from_utf8(key.stdout).expect("PEM is text");
    let github = tracker(&fake, Credentials::App { id: 42, private_key: pem.into() });
    assert_eq!(github.own_login().await.as_deref(), Ok(APP_LOGIN));
    let filed = github.file(SHOP, &draft(7, "Посылки")).await.expect("filed");
    let history = github.history(SHOP, &filed.key, None).await.expect("a history");
    assert!(history.events.iter().all(|it| it.actor == Actor::Ourselves), "{history:?}");
    assert!(github.check(SHOP).await.expect("reachable").has_issues);

    let wrong = Credentials::App { id: 42, private_key: "no key".into() };
    let config = GitHubConfig { api_url: fake.url(), credentials: wrong, poll_every: None };
    assert!(matches!(GitHub::new(config), Err(TrackerError::GiveUp { .. })));
}

struct Received {
    event: String,
    signature: String,
    body: Vec<u8>,
}

async fn receiver() -> (String, Arc<Mutex<Vec<Received>>>) {
    let received = Arc::new(Mutex::new(Vec::new()));
    let inbox = received.clone();
    let keep = async move |headers: HeaderMap, body: Bytes| {
        let header = |name: &str| headers[name].to_str().expect("plain text").to_owned();
        inbox.lock().expect("a lock").push(Received {
            event: header("x-github-event"),
            signature: header("x-hub-signature-256"),
            body: body.to_vec(),
        });
    };
    let router = Router::new().route("/", post(keep));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    (url, received)
}

#[tokio::test]
async fn webhook_and_polling_tell_the_same() {
    let fake = FakeGitHub::start(&[SHOP]).await;
    let (url, received) = receiver().await;
    fake.delivers_to(&url, "webhook secret");
    let github = with_token(&fake);
    let key = github.file(SHOP, &draft(7, "Посылки")).await.expect("filed").key;
    let (anna, spot) = (fake.maintainer("anna"), (SHOP, 1));
    anna.comments(spot, "Воспроизвела.").await;
    anna.labels(spot, "bug").await;
    anna.assigns(spot, "boris").await;
    anna.milestone(spot, "December").await;
    anna.locks(spot, None).await;
    anna.closes(spot, StateReason::Completed).await;

    let mut told = Vec::new();
    for Received { event, signature, body } in received.lock().expect("a lock").iter() {
        assert!(webhook::verify(b"webhook secret", body, signature));
        assert!(!webhook::verify(b"another", body, signature));
        if let Some(delivery) = webhook::parse(event, body, DESK_LOGIN) {
            assert_eq!((delivery.project.as_str(), &delivery.key), (SHOP, &key));
            told.extend(delivery.events);
        }
    }
    let people = |events: &[mostik_domain::TrackerEvent]| {
        let of_people = events.iter().filter(|it| it.actor == Actor::Person);
        of_people.map(|it| (it.what.clone(), it.at.as_second())).collect::<Vec<_>>()
    };
    let polled = github.history(SHOP, &key, None).await.expect("a history").events;
    assert_eq!(people(&told), people(&polled));
    assert_eq!(people(&polled).len(), 6);
    let comment = |events: &[mostik_domain::TrackerEvent]| {
        events.iter().find(|it| it.key.starts_with("comment:")).map(|it| it.key.clone())
    };
    assert_eq!(comment(&told), comment(&polled), "a comment has one key either way");
}
