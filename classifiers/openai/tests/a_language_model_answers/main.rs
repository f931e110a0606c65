//! The classifiers against a small server that checks what it is asked and
//! answers well, badly, late or with hostility.

mod asking;
mod failures;
mod hostile_words;
mod many_at_once;
mod server;
mod thrift;

use std::{sync::Arc, time::Duration};

use mostik_openai::{CauseGuide, OpenAiRootCause, OpenAiSettings};
use mostik_taxonomy::{
    AcceptanceStage, Classification, Confidence, Language, Pending, RootCause, RootCauseClassifier,
    StageClassifier, StageVerdict,
};
use secrecy::SecretString;
use serde_json::json;
use server::{Reply, Server};

/// Answers recognisably.
struct Fallback;

impl RootCauseClassifier for Fallback {
    fn classify<'a>(&'a self, _: &'a str, hint: Language) -> Pending<'a, Classification> {
        let classification = Classification {
            language: hint,
            root_cause: RootCause::Other,
            confidence: Confidence::new(0.3),
            causes: Vec::new(),
            evidence: Vec::new(),
            version: "fallback".into(),
            judgement: None,
        };
        Box::pin(std::future::ready(Ok(classification)))
    }
}

impl StageClassifier for Fallback {
    fn stage<'a>(&'a self, _: &'a str) -> Pending<'a, StageVerdict> {
        let verdict = StageVerdict {
            stage: AcceptanceStage::NoSignal,
            confidence: Confidence::new(0.3),
            version: "fallback".into(),
        };
        Box::pin(std::future::ready(Ok(verdict)))
    }
}

fn settings(address: &str) -> OpenAiSettings {
    let mut settings = OpenAiSettings::new(address, SecretString::from("key-1"), "small");
    settings.time_limit = Duration::from_secs(5);
    settings
}

fn classifier(address: &str) -> OpenAiRootCause {
    let added = [CauseGuide {
        root_cause: "staff".parse().expect("a cause"),
        description: "rude or helpless employees".into(),
        examples: vec!["Кассир нахамила".into()],
    }];
    OpenAiRootCause::new(settings(address), &added, Arc::new(Fallback)).expect("good settings")
}

async fn classify(reply: Reply, text: &str) -> (Server, Classification) {
    let (server, address) = Server::start(reply).await;
    let classification = classifier(&address).classify(text, Language::Russian).await;
    (server, classification.expect("an answer"))
}

fn good(cause: &str) -> String {
    json!({"root_cause": cause, "second_cause": null, "confidence": 0.9, "evidence": ["опоздал"]})
        .to_string()
}
