//! Whatever goes wrong at the server, somebody answers, and soon.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mostik_openai::OpenAiRootCause;
use mostik_taxonomy::{Language, RootCauseClassifier};
use serde_json::json;

use crate::{
    Fallback, classifier, classify, good,
    server::{Reply, Server},
    settings,
};

#[tokio::test]
async fn whatever_is_wrong_the_fallback_answers() {
    let too_sure =
        json!({"root_cause": "copy", "second_cause": null, "confidence": 7.0, "evidence": []});
    for (reply, attempts) in [
        (Reply::Status(500), 2),
        (Reply::Status(429), 2),
        (Reply::Status(401), 1),
        (Reply::Status(302), 1),
        (Reply::Content("pwned".into()), 1),
        (Reply::Content(good("marketing; DROP TABLE")), 1),
        (Reply::Content(too_sure.to_string()), 1),
        (Reply::Content(format!("{} and more", good("copy"))), 1),
        (Reply::Raw("{\"choices\":[]}".into()), 1),
        (Reply::Raw("[".repeat(100_000)), 1),
        (Reply::Endless, 1),
    ] {
        let (server, found) = classify(reply, "Где мой заказ").await;
        assert_eq!(found.version, "fallback");
        assert_eq!(server.questions(), attempts);
    }
}

#[tokio::test]
async fn a_passing_failure_is_asked_again() {
    let (server, found) = classify(Reply::FailsFirst(1, good("delivery")), "Где мой заказ").await;
    assert_eq!(found.version, "openai/small");
    assert_eq!(server.questions(), 2);
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is() {
    let (server, address) = Server::start(Reply::RetryAfter(3600)).await;
    let classifier = classifier(&address);
    let begun = Instant::now();
    for text in ["один", "два", "три"] {
        let found = classifier.classify(text, Language::Russian).await.expect("an answer");
        assert_eq!(found.version, "fallback");
    }
    assert_eq!(server.questions(), 1, "it was asked again");
    assert!(begun.elapsed() < Duration::from_secs(4), "customers waited for it");
}

#[tokio::test]
async fn a_silent_server_costs_no_more_than_the_limit() {
    let (_server, address) = Server::start(Reply::Never).await;
    let mut settings = settings(&address);
    settings.time_limit = Duration::from_millis(300);
    let classifier =
        OpenAiRootCause::new(settings, &[], Arc::new(Fallback)).expect("good settings");
    let begun = Instant::now();
    let found = classifier.classify("Где мой заказ", Language::Russian).await.expect("an answer");
    assert_eq!(found.version, "fallback");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn nobody_listening_is_no_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
    drop(listener);
    let found = classifier(&address).classify("Где мой заказ", Language::Russian).await;
    assert_eq!(found.expect("an answer").version, "fallback");
}
