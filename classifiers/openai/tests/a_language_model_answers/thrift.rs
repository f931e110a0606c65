//! What was answered once is not asked again, and an hour has a bound.

use std::sync::Arc;

use mostik_openai::OpenAiRootCause;
use mostik_taxonomy::{Language, RootCause, RootCauseClassifier};

use crate::{
    Fallback, classifier, good,
    server::{Reply, Server},
    settings,
};

#[tokio::test]
async fn the_same_words_are_asked_about_once() {
    let (server, address) = Server::start(Reply::Content(good("delivery"))).await;
    let classifier = classifier(&address);
    for _ in 0..3 {
        let found = classifier.classify("Курьер опоздал", Language::Russian).await.expect("one");
        assert_eq!(
            (found.root_cause, found.version.as_str()),
            (RootCause::Delivery, "openai/small")
        );
    }
    classifier.classify("Курьер не опоздал", Language::Russian).await.expect("an answer");
    assert_eq!(server.questions(), 2);
    let (server, address) = Server::start(Reply::Content("nonsense".into())).await;
    let classifier = self::classifier(&address);
    for _ in 0..2 {
        classifier.classify("Курьер опоздал", Language::Russian).await.expect("an answer");
    }
    assert_eq!(server.questions(), 2, "a bad answer was remembered");
}

#[tokio::test]
async fn beyond_the_bound_of_an_hour_the_fallback_answers() {
    let (server, address) = Server::start(Reply::Content(good("delivery"))).await;
    let mut settings = settings(&address);
    settings.requests_per_hour = 2;
    let classifier = OpenAiRootCause::new(settings, &[], Arc::new(Fallback)).expect("settings");
    let mut by = Vec::new();
    for text in ["один", "два", "три", "четыре", "один"] {
        by.push(classifier.classify(text, Language::Russian).await.expect("an answer").version);
    }
    let model = "openai/small";
    assert_eq!(by, [model, model, "fallback", "fallback", model], "what is remembered is free");
    assert_eq!(server.questions(), 2);
}
