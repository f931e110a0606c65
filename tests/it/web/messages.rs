//! `POST /api/v1/messages` and the form.

use mostik_domain::{Channel, ReturnPath};
use mostik_store::{FeedbackFilter, Store as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::given::Web;

async fn sent(web: &Web, body: &Value, key: Option<&str>) -> (StatusCode, Value) {
    let mut request = web.asks(Method::POST, "/api/v1/messages").json(body);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    if status != StatusCode::ACCEPTED {
        let kind = answer.headers()["content-type"].to_str().expect("text");
        assert_eq!(kind, "application/problem+json");
    }
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_message_is_answered_with_a_promise_and_a_page_of_its_own() {
    let web = Web::open().await;
    let from = json!({ "name": "Анна", "email": "anna@example.org", "phone": "+7 900 000-00-00" });
    let body = json!({ "text": "Курьер опоздал", "from": from, "page": "https://shop.test/cart" });
    let (status, answer) = sent(&web, &body, None).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(answer["promise"]["what"], "first_answer");
    assert!(answer["promise"]["text"].as_str().expect("text").starts_with("Мы ответим вам "));
    assert_eq!(answer["reference"].as_str().map(str::len), Some(9));

    let id = answer["feedback"].as_str().expect("an id").parse().expect("an id");
    assert_eq!(answer["page"], web.links.customer_page(id));
    let feedback = web.feedback(id).await;
    assert_eq!(feedback.channel, Channel::Web);
    assert!(matches!(feedback.return_path, ReturnPath::None(_)), "claims are never written to");
    let claimed = feedback.claimed.expect("what she wrote about herself");
    assert_eq!(claimed.email.expect("e-mail").reveal(), "anna@example.org");
}

#[tokio::test]
async fn nobody_is_recognised_by_what_they_claim() {
    let web = Web::open().await;
    let body = json!({ "text": "Где заказ?", "from": { "email": "anna@example.org" } });
    let mut customers = Vec::new();
    for _ in 0..2 {
        let (_, answer) = sent(&web, &body, None).await;
        let id = answer["feedback"].as_str().expect("an id").parse().expect("an id");
        customers.push(web.feedback(id).await.customer);
    }
    assert_ne!(customers[0], customers[1]);
}

#[tokio::test]
async fn a_repeat_with_the_same_key_changes_nothing() {
    let web = Web::open().await;
    let body = json!({ "text": "Курьер опоздал" });
    let (_, first) = sent(&web, &body, Some("once-1")).await;
    let (status, second) = sent(&web, &body, Some("once-1")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(first, second);
    let count = web.store.feedback_count(&FeedbackFilter::default()).await;
    assert_eq!(count.expect("a count"), 1);
}

#[tokio::test]
async fn a_guessed_key_does_not_open_somebody_elses_page() {
    let web = Web::open().await;
    sent(&web, &json!({ "text": "Это моё" }), Some("guess")).await;
    let (status, answer) = sent(&web, &json!({ "text": "Покажи" }), Some("guess")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["field"], "Idempotency-Key");
    assert_eq!(answer["page"], Value::Null);
}

#[tokio::test]
async fn what_does_not_fit_is_told_with_its_field() {
    let web = Web::open().await;
    for (body, field) in [
        (json!({}), "."),
        (json!({ "text": "" }), "text"),
        (json!({ "text": " \n\t " }), "text"),
        (json!({ "text": "я".repeat(20_001) }), "text"),
        (json!({ "text": 7 }), "text"),
        (json!({ "text": "a", "inbox": "nowhere" }), "inbox"),
        (json!({ "text": "a", "from": { "name": "б".repeat(201) } }), "from.name"),
        (json!({ "text": "a", "from": { "email": "a\r\nb" } }), "from.email"),
        (json!({ "text": "a", "from": { "age": 7 } }), "from.age"),
        (json!({ "text": "a", "admin": true }), "admin"),
        (json!({ "text": "a", "page": "x".repeat(2_001) }), "page"),
    ] {
        let (status, answer) = sent(&web, &body, None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["field"], field, "{answer}");
        assert_eq!(answer["status"], 400);
    }
    let longest = json!({ "text": "я".repeat(20_000), "inbox": "shop" });
    assert_eq!(sent(&web, &longest, None).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn size_and_media_type_are_told_apart() {
    let web = Web::open().await;
    let post = || web.asks(Method::POST, "/api/v1/messages");
    let json = |body: String| post().header("content-type", "application/json").body(body);
    let large = format!("{{\"text\":\"{}\"}}", "a".repeat(64 * 1024));
    for (request, expected) in [
        (json(large), StatusCode::PAYLOAD_TOO_LARGE),
        (post().body("{\"text\":\"a\"}"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (post().form(&[("text", "a")]), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (json("{\"text\":".into()), StatusCode::BAD_REQUEST),
        (json("{\"text\":\"a\"} {}".into()), StatusCode::BAD_REQUEST),
        (json("\u{feff}".into()), StatusCode::BAD_REQUEST),
        (web.asks(Method::DELETE, "/api/v1/messages"), StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), expected);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn too_many_messages_are_asked_to_wait() {
    let web = Web::with_rate(2).await;
    for _ in 0..2 {
        assert_eq!(sent(&web, &json!({ "text": "a" }), None).await.0, StatusCode::ACCEPTED);
    }
    let request = web.asks(Method::POST, "/api/v1/messages").json(&json!({ "text": "a" }));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.headers()["retry-after"].to_str().expect("text").parse().expect("s");
    assert!((1..=60).contains(&wait));
}

#[tokio::test]
async fn the_form_works_without_script_and_once() {
    let web = Web::open().await;
    let page = web.page("", "/?lang=en").await.text().await.expect("a page");
    assert!(
        page.contains("Tell us what went wrong") && page.contains("sip:support@127.0.0.1:5060")
    );
    let fields = [("text", "The courier was late"), ("name", "Emma"), ("key", "abc123")];
    let first = web.submits("", "/", &fields).await;
    let second = web.submits("", "/", &fields).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    assert_eq!(first.headers()["location"], second.headers()["location"]);
    let own = first.headers()["location"].to_str().expect("text").to_owned();
    let own = web.page("", &own).await;
    assert_eq!(own.headers()["cache-control"], "no-store");
    assert_eq!(own.headers()["x-robots-tag"], "noindex, nofollow");
    assert!(own.text().await.expect("a page").contains("The courier was late"));
}

#[tokio::test]
async fn an_empty_form_keeps_what_was_entered() {
    let web = Web::open().await;
    let answer = web.submits("", "/?lang=ru", &[("text", " "), ("name", "<Анна>")]).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("Напишите, пожалуйста, хотя бы слово."), "{page}");
    assert!(page.contains("&#60;Анна&#62;"), "{page}");
}

#[tokio::test]
async fn a_widget_on_another_site_may_ask() {
    let web = Web::open().await;
    let request = web.asks(Method::OPTIONS, "/api/v1/messages").header("origin", "https://a.test");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
}
