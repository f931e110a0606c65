//! Several messages in one question.

use mostik_taxonomy::{Language, RootCause, RootCauseClassifier};
use serde_json::{Value, json};

use crate::{
    classifier,
    server::{Reply, Server, Wrongly},
};

pub(crate) async fn each(wrongly: Wrongly, texts: &[&str]) -> (Server, Vec<(String, String)>) {
    let (server, address) = Server::start(Reply::Each(wrongly)).await;
    let found = classifier(&address).classify_each(texts, Language::Russian).await;
    let told = found.into_iter().map(|found| {
        let found = found.expect("an answer");
        (found.root_cause.to_string(), found.version)
    });
    (server, told.collect())
}

const THREE: [&str; 3] = ["Курьер опоздал", "Слишком дорого", "где курьер"];

#[tokio::test]
async fn several_messages_are_one_question_and_each_has_its_answer() {
    let (server, found) = each(Wrongly::Not, &THREE).await;
    let by_model = |cause: &str| (cause.to_owned(), "openai/small".to_owned());
    assert_eq!(found, [by_model("delivery"), by_model("pricing"), by_model("delivery")]);
    let question = server.only_question().1;
    let items = &question["response_format"]["json_schema"]["schema"]["properties"]["answers"];
    assert_eq!(items["items"]["properties"]["n"]["type"], "integer");
    let words: Value =
        serde_json::from_str(question["messages"][1]["content"].as_str().expect("words"))
            .expect("JSON");
    assert_eq!(words["texts"][2], json!({ "n": 3, "text": "где курьер" }));
}

#[tokio::test]
async fn what_is_wrong_in_an_answer_about_many_is_asked_about_alone() {
    for (wrongly, alone) in [
        (Wrongly::ForgetsTheSecond, [false, true, false]),
        (Wrongly::AnswersTheFirstTwice, [true, false, false]),
        (Wrongly::NamesNoCause, [true, false, false]),
        (Wrongly::CountsFromZero, [true; 3]),
        (Wrongly::Babbles, [true; 3]),
        (Wrongly::Refuses, [true; 3]),
    ] {
        let (server, found) = each(wrongly, &THREE).await;
        let was_alone: Vec<bool> = found.iter().map(|(cause, _)| cause == "design").collect();
        assert_eq!(was_alone, alone);
        assert!(found.iter().all(|(_, version)| version == "openai/small"));
        let questions = 1 + alone.iter().filter(|alone| **alone).count();
        assert_eq!(server.questions(), questions);
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_not_asked_about_each_alone() {
    let (server, found) = each(Wrongly::IsGone, &THREE).await;
    assert!(found.iter().all(|(_, version)| version == "fallback"));
    assert_eq!(server.questions(), 2, "two attempts at the one question");
}

#[tokio::test]
async fn a_quote_from_a_neighbour_is_not_believed() {
    let (_, address) = Server::start(Reply::Each(Wrongly::QuotesAnother)).await;
    let found = classifier(&address).classify_each(&THREE, Language::Russian).await;
    let first = found.into_iter().next().expect("three").expect("an answer");
    assert_eq!((first.root_cause, first.evidence), (RootCause::Delivery, Vec::<String>::new()));
}

/// Thousands of messages, one of them huge, some without words: bounded
/// questions, and what was answered once is not asked again.
#[tokio::test]
async fn questions_about_many_are_bounded() {
    let huge = "курьер ".repeat(20_000);
    let mut texts: Vec<String> = (0..100).map(|n| format!("дорого {}", "я".repeat(n))).collect();
    texts.extend([huge, "+7 912 345-67-89".into(), String::new()]);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (server, address) = Server::start(Reply::Each(Wrongly::Not)).await;
    let classifier = classifier(&address);
    let found = classifier.classify_each(&texts, Language::Russian).await;
    let causes: Vec<String> =
        found.into_iter().map(|found| found.expect("an answer").root_cause.to_string()).collect();
    assert!(causes[..100].iter().all(|cause| cause == "pricing"), "{causes:?}");
    assert_eq!(causes[100..], ["design", "other", "other"], "the huge one was asked about alone");
    let asked = server.questions();
    assert_eq!(asked, 100_usize.div_ceil(16) + 1);
    for (_, question) in server.asked.lock().expect("not poisoned").iter() {
        let words = question["messages"][1]["content"].as_str().expect("words");
        assert!(words.len() < 20_000, "{} bytes were sent", words.len());
    }
    let again = classifier.classify_each(&texts, Language::Russian).await;
    assert_eq!(again.len(), texts.len());
    assert_eq!(server.questions(), asked, "asked again");
}
