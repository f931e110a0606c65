//! Clients that mean no good, and the ends of connections.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::given::Web;

/// Until the service hangs up on somebody who sends nothing more.
const PATIENCE: Duration = Duration::from_secs(25);

async fn connected(web: &Web) -> TcpStream {
    let address = web.url.trim_start_matches("http://");
    TcpStream::connect(address).await.expect("a connection")
}

async fn answered(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    let _ = read.expect("the service hangs up in time");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn headers_that_never_end_are_not_waited_for() {
    let web = Web::open().await;
    let mut stream = connected(&web).await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").await.expect("written");
    let answer = answered(stream).await;
    assert!(answer.is_empty() || answer.contains("408"), "{answer}");
}

#[tokio::test]
async fn headers_that_are_too_many_or_too_long_are_refused() {
    let web = Web::open().await;
    let many = (0..200).fold(String::new(), |all, at| format!("{all}x-{at}: 1\r\n"));
    let long = format!("x-long: {}\r\n", "a".repeat(100_000));
    for headers in [many, long] {
        let mut stream = connected(&web).await;
        let request = format!("GET / HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        // The service may hang up before it has read all.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = answered(stream).await;
        assert!(answer.is_empty() || answer.contains("431"), "{answer}");
    }
    let fine = web.page("", "/").await;
    assert_eq!(fine.status(), StatusCode::OK);
}

#[tokio::test]
async fn nonsense_in_addresses_and_cookies_is_harmless() {
    let web = Web::open().await;
    for path in ["/%ff%fe", "/c/%00", "/sign-in/%0d%0a", "/board/x%27%20OR%201=1", "/?lang=%ff"] {
        let answer = web.page("mostik_session=<a>,b=; =; mostik_lang=../..", path).await;
        assert!(answer.status().as_u16() < 500, "{path} {}", answer.status());
    }
    let long = format!("mostik_session={}", "a".repeat(5_000));
    assert_eq!(web.page(&long, "/desk").await.status(), StatusCode::SEE_OTHER);
    let hidden = web.page("", "/sign-in?next=%22%3E%3Cscript%3E").await;
    assert!(!hidden.text().await.expect("a page").contains("\"><script>"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let web = Web::open().await;
    for path in ["/", "/nothing", "/desk", "/api/v1/feedback", "/healthz", "/assets/mostik.js"] {
        let answer = web.asks(Method::GET, path).send().await.expect("an answer");
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
    }
}

#[tokio::test]
async fn live_pages_hear_of_changes_and_end_with_the_service() {
    let web = Web::open().await;
    let id = web.message("Слова, которых здесь не будет").await;
    let path = format!("/c/{}/events", web.links.token(id));
    let mut events = web.page("", &path).await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    web.message("Чужое обращение").await;
    let answer = web.api(Method::PATCH, &format!("/api/v1/feedback/{id}"));
    answer.json(&serde_json::json!({ "answer": "Ответ" })).send().await.expect("an answer");
    let mut heard = String::new();
    while !heard.contains("changed") {
        let chunk = tokio::time::timeout(PATIENCE, events.chunk()).await.expect("news in time");
        heard.push_str(&String::from_utf8_lossy(&chunk.expect("a stream").expect("news")));
    }
    assert!(!heard.contains("Ответ"), "no words go this way");
    web.closes();
    let rest = tokio::time::timeout(PATIENCE, events.bytes()).await.expect("the stream ends");
    drop(rest);
    web.is_closed().await;
}
