//! The browser.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use mostik_tests::browser::{Browser, key};
use mostik_tests::needs;

const PAGE: &str = r#"<!doctype html><html lang="ru"><meta charset="utf-8"><title>Мостик</title><meta name="viewport" content="width=device-width">
<body><form action="/sent"><input name="words" autofocus><button>Отправить</button></form>
<p id="size"></p><script>
document.getElementById("size").textContent = navigator.language;
</script></body></html>"#;

#[tokio::test]
async fn pages_are_opened_filled_in_and_photographed() {
    needs!("chromedriver", "chromium");
    let router = Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/sent", get(async |uri: axum::http::Uri| format!("Спасибо: {uri}")));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });

    let browser = Browser::open_in("ru").await;
    browser.goes_to(&format!("http://{address}/")).await;
    assert_eq!(browser.title().await, "Мостик");
    assert!(browser.sees("#size").await.text().await.starts_with("ru"));
    browser.resizes(390, 844).await;
    assert_eq!(browser.runs("return window.innerWidth").await, 390);
    let picture = browser.screenshot("harness-page").await;
    assert!(std::fs::read(picture).expect("a picture").starts_with(b"\x89PNG"));
    let field = browser.sees("input").await;
    assert_eq!(field.attribute("name").await.as_deref(), Some("words"));
    field.types("hello").await;
    browser.presses(key::ENTER).await;
    browser.reads("Спасибо: /sent?words=hello").await;
    assert_eq!(browser.count("form").await, 0);
}
