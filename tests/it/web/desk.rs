//! What operators do, by the pages and by the API.

use mostik_domain::{Author, ReviewReason, Role};
use mostik_store::{JobFilter, JobState, PageRequest, Store as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::given::Web;

async fn job_keys(web: &Web) -> Vec<String> {
    let filter = JobFilter { state: Some(JobState::Ready), step: None };
    let page = web.store.job_page(&filter, &PageRequest { limit: 200, after: None }).await;
    page.expect("jobs").items.into_iter().map(|record| record.job.step().to_string()).collect()
}

async fn patched(web: &Web, id: impl std::fmt::Display, body: Value) -> (StatusCode, Value) {
    let request = web.api(Method::PATCH, &format!("/api/v1/feedback/{id}")).json(&body);
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_key_names_the_cause_and_the_feedback_goes_its_way() {
    let web = Web::open().await;
    let id = web.waits_for_a_person("Не вижу кнопку оплаты", ReviewReason::LowConfidence).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let triage = web.page(&operator, "/desk?lang=ru").await.text().await.expect("a page");
    assert!(triage.contains("причина неясна") && triage.contains("Не вижу кнопку"), "{triage}");
    let page = web.page(&operator, &format!("/desk/feedback/{id}")).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("<mark>кнопку</mark>") && page.contains("data-key=\"4\""), "{page}");

    let path = format!("/desk/feedback/{id}/cause");
    let done = web.submits(&operator, &path, &[("cause", "delivery")]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let feedback = web.feedback(id).await;
    assert_eq!(feedback.state.as_str(), "answered");
    assert!(job_keys(&web).await.contains(&"route".to_owned()));
    let details = web.store.feedback_details(id).await.expect("read").expect("there");
    let named = details.classifications.last().expect("kept as training data");
    assert_eq!(named.root_cause.as_str(), "delivery");

    let unknown = web.submits(&operator, &path, &[("cause", "weather")]).await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_api_corrects_answers_and_says_why_not() {
    let web = Web::open().await;
    let id = web.waits_for_a_person("Не вижу кнопку", ReviewReason::LowConfidence).await;
    let (status, body) = patched(&web, id, json!({ "root_cause": "design" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["state"], "answered");
    assert_eq!(body["classification"]["decided_by"], "operator");
    assert_eq!(body["review_reason"], Value::Null);

    let (_, body) = patched(&web, id, json!({ "answer": "Уже смотрим" })).await;
    assert_eq!(body["promises"][0]["state"], "kept");
    let said = body["messages"].as_array().expect("messages").last().expect("an answer");
    assert_eq!(
        (said["author"].as_str(), said["text"].as_str()),
        (Some("operator"), Some("Уже смотрим"))
    );

    for wrong in [
        json!({}),
        json!({ "state": "filed" }),
        json!({ "root_cause": "weather" }),
        json!({ "answer": " " }),
        json!({ "problem": "fb_1" }),
        json!({ "root_cause": "design", "answer": "и то и другое" }),
    ] {
        let (status, body) = patched(&web, id, wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    let (status, _) = patched(&web, id, json!({ "text": "чужие слова" })).await;
    assert_eq!(status, StatusCode::CONFLICT, "written words are the customer's");
    let nobody = "fb_00000000000000000000000000000001";
    assert_eq!(patched(&web, nobody, json!({ "answer": "a" })).await.0, StatusCode::NOT_FOUND);
    assert_eq!(patched(&web, "nonsense", json!({ "answer": "a" })).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_team_is_chosen_past_the_rules() {
    let web = Web::open().await;
    let unrouted = ReviewReason::Unrouted { why: "no rule".into() };
    let id = web.waits_for_a_person("Хочу сотрудничать", unrouted).await;
    assert_eq!(patched(&web, id, json!({ "owner_team": "designers" })).await.0, StatusCode::OK);
    assert_eq!(*web.handed_over.lock().expect("no panic"), [(id, "designers".to_owned())]);
    let (status, body) = patched(&web, id, json!({ "owner_team": "nobody" })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(body["detail"], "there is no team nobody");
}

#[tokio::test]
async fn what_was_said_in_a_call_may_be_typed_once() {
    let web = Web::open().await;
    let (id, call) = web.call(b"RIFF").await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let page = web.page(&operator, &format!("/desk/feedback/{id}")).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains(&format!("src=\"/api/v1/calls/{call}/recording\"")), "{page}");
    assert!(!page.contains("data-key=\"1\""), "no cause before there are words");
    assert_eq!(patched(&web, id, json!({ "root_cause": "copy" })).await.0, StatusCode::CONFLICT);

    let fields = [("text", "The courier was late"), ("language", "en")];
    let done = web.submits(&operator, &format!("/desk/feedback/{id}/words"), &fields).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let feedback = web.feedback(id).await;
    assert_eq!(feedback.state.as_str(), "transcribed");
    assert_eq!(feedback.language.code(), "en");
    let transcript = web.store.transcript(id).await.expect("read").expect("typed");
    assert_eq!(transcript.by, "Ольга");
    assert!(job_keys(&web).await.contains(&"classify".to_owned()));
}

#[tokio::test]
async fn a_feedback_is_counted_under_a_known_problem() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    let id = web.waits_for_a_person("Где кнопка?", ReviewReason::LowConfidence).await;
    let (status, body) = patched(&web, id, json!({ "problem": filed.problem })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["problem"], filed.problem.to_string());
    assert_eq!(body["owner_team"], "designers");
    let (status, _) = patched(&web, id, json!({ "problem": filed.problem })).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn not_solved_goes_back_to_the_team() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    web.fixes(filed.feedback).await;
    let own = format!("/c/{}/answer", web.links.token(filed.feedback));
    web.submits("", &own, &[("answer", "no")]).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let path = format!("/desk/feedback/{}/return", filed.feedback);
    assert_eq!(web.submits(&operator, &path, &[]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(web.feedback(filed.feedback).await.state.as_str(), "filed");
    assert_eq!(web.submits(&operator, &path, &[]).await.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn lists_filter_page_and_refuse_nonsense() {
    let web = Web::open().await;
    for text in ["ПЕРВОЕ слово", "второе слово", "третье"] {
        web.message(text).await;
    }
    let list = async |query: &str| {
        let answer = web.api(Method::GET, &format!("/api/v1/feedback{query}")).send().await;
        let answer = answer.expect("an answer");
        (answer.status(), answer.json::<Value>().await.expect("JSON"))
    };
    let (_, all) = list("").await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["next"], Value::Null);
    let (_, found) =
        list("?q=%D0%BF%D0%B5%D1%80%D0%B2%D0%BE%D0%B5&channel=web&state=captured").await;
    assert_eq!(found["items"][0]["text"], "ПЕРВОЕ слово");
    let (_, first) = list("?limit=2").await;
    let next = first["next"].as_str().expect("more");
    let (_, rest) = list(&format!("?limit=2&after={next}")).await;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
    for wrong in [
        "?state=lost",
        "?channel=pigeon",
        "?limit=0",
        "?limit=201",
        "?limit=x",
        "?customer=1",
        "?from=yesterday",
        "?root_cause=A%20B",
        "?colour=red",
    ] {
        let (status, body) = list(wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {body}");
    }
}

#[tokio::test]
async fn an_answer_names_who_gave_it() {
    let web = Web::open().await;
    let id = web.message("Где заказ?").await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let path = format!("/desk/feedback/{id}/answer");
    web.submits(&operator, &path, &[("answer", "Заказ <b>в пути</b>")]).await;
    let messages = web.store.messages(id).await.expect("messages");
    let answer = messages.last().expect("an answer");
    assert_eq!(answer.author, Author::Operator { name: "Ольга".into() });
    let own = web.page("", &format!("/c/{}", web.links.token(id))).await.text().await;
    let own = own.expect("a page");
    assert!(own.contains("Ольга, Служба поддержки") && own.contains("&#60;b&#62;в пути"), "{own}");
}

#[tokio::test]
async fn github_deliveries_are_answered_by_their_signature() {
    let web = Web::open().await;
    let deliver = async |signature: &str, event: &str, body: Vec<u8>| {
        let request = web.asks(Method::POST, "/webhooks/github");
        let request = request.header("x-hub-signature-256", signature);
        let request = request.header("x-github-event", event).body(body);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(deliver("sha256=right", "issues", b"{}".to_vec()).await, StatusCode::ACCEPTED);
    assert_eq!(deliver("sha256=right", "unknown", b"{}".to_vec()).await, StatusCode::ACCEPTED);
    assert_eq!(deliver("sha256=wrong", "issues", b"{}".to_vec()).await, StatusCode::UNAUTHORIZED);
    let large = vec![b'a'; 3 * 1024 * 1024];
    assert_eq!(deliver("sha256=right", "issues", large).await, StatusCode::PAYLOAD_TOO_LARGE);
}
