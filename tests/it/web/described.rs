//! The description of the API against the API itself.

use mostik_domain::{Change, Decision};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::at_the_phone::{asked_to_be_called_back, live, waiting};
use super::given::Web;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[tokio::test]
async fn every_described_method_is_served_and_no_other() {
    let web = Web::open().await;
    let answer = web.asks(Method::GET, "/api/openapi.json").send().await.expect("an answer");
    let description: Value = answer.json().await.expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    for (path, described) in paths {
        let asked = path.replace("{id}", "nonsense");
        for method in METHODS {
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let answer = web.api(verb, &asked).send().await.expect("an answer");
            let served = answer.status() != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(served, described.get(method).is_some(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_stored_feedback_is_as_described() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    let call = web.talked("Ольга").await;
    web.phone_does(&live(waiting(1))).await;
    let kept = Change::SaveCallBack(asked_to_be_called_back());
    web.submit(Decision::nothing().and(kept)).await;
    web.asked(Method::PUT, "/api/v1/outage", serde_json::json!({})).await;
    let get = async |path: &str| {
        let answer = web.api(Method::GET, path).send().await.expect("an answer");
        answer.json::<Value>().await.expect("JSON")
    };
    let description = get("/api/openapi.json").await;
    for (path, asked) in [
        ("/api/v1/feedback", "/api/v1/feedback".to_owned()),
        ("/api/v1/feedback/{id}", format!("/api/v1/feedback/{}", filed.feedback)),
        ("/api/v1/problems", "/api/v1/problems".to_owned()),
        ("/api/v1/problems/{id}", format!("/api/v1/problems/{}", filed.problem)),
        ("/api/v1/calls", "/api/v1/calls".to_owned()),
        ("/api/v1/calls/{id}", format!("/api/v1/calls/{call}")),
        ("/api/v1/phone", "/api/v1/phone".to_owned()),
        ("/api/v1/outage", "/api/v1/outage".to_owned()),
        ("/api/v1/presence", "/api/v1/presence?operator=%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0".to_owned()),
        ("/api/v1/jobs", "/api/v1/jobs".to_owned()),
        ("/readyz", "/readyz".to_owned()),
    ] {
        let media = "/responses/200/content/application~1json/schema";
        let operation = &description["paths"][path]["get"];
        let schema = operation.pointer(media).expect("a schema").clone();
        let whole = serde_json::json!({
            "components": description["components"],
            "allOf": [schema],
        });
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        let answer = get(&asked).await;
        let faults: Vec<_> = validator.iter_errors(&answer).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{asked}: {faults:?}\n{answer}");
    }
}

#[tokio::test]
async fn what_leads_nowhere_is_told_to_programs_and_to_people() {
    let web = Web::open().await;
    let program = web.asks(Method::GET, "/api/v1/nothing").send().await.expect("an answer");
    assert_eq!(program.headers()["content-type"], "application/problem+json");
    let person = web.page("", "/nothing?lang=ru").await;
    assert_eq!(person.status(), StatusCode::NOT_FOUND);
    assert!(person.text().await.expect("a page").contains("Здесь ничего нет"));
    let health = web.asks(Method::GET, "/healthz").send().await.expect("an answer");
    assert_eq!(health.text().await.expect("text"), "ok\n");
}
