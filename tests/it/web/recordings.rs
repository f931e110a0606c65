//! Audio of calls, whole and in parts.

use reqwest::{Method, StatusCode};

use super::given::Web;

#[tokio::test]
async fn audio_comes_whole_in_parts_or_not_at_all() {
    let web = Web::open().await;
    let audio: Vec<u8> = (0..100).collect();
    let (_, call) = web.call(&audio).await;
    let path = format!("/api/v1/calls/{call}/recording");
    let part = async |range: &str| {
        let request = web.api(Method::GET, &path).header("range", range);
        let answer = request.send().await.expect("an answer");
        let said = answer.headers().get("content-range").cloned();
        let said = said.map(|value| value.to_str().expect("text").to_owned());
        (answer.status(), said, answer.bytes().await.expect("bytes").to_vec())
    };
    let whole = web.api(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(whole.headers()["content-type"], "audio/wav");
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.headers()["content-length"], "100");
    assert_eq!(whole.bytes().await.expect("bytes"), audio);

    let middle = part("bytes=10-19").await;
    assert_eq!(
        middle,
        (StatusCode::PARTIAL_CONTENT, Some("bytes 10-19/100".into()), audio[10..20].to_vec())
    );
    let end = part("bytes=-5").await;
    assert_eq!(
        end,
        (StatusCode::PARTIAL_CONTENT, Some("bytes 95-99/100".into()), audio[95..].to_vec())
    );
    let outside = part("bytes=100-").await;
    assert_eq!(
        (outside.0, outside.1),
        (StatusCode::RANGE_NOT_SATISFIABLE, Some("bytes */100".into()))
    );

    let stranger = web.asks(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    std::fs::remove_file(web.recordings.join(format!("{call}.wav"))).expect("removed");
    let gone = web.api(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_call_is_told_with_its_end() {
    let web = Web::open().await;
    let (id, call) = web.call(b"RIFF").await;
    let answer = web.api(Method::GET, &format!("/api/v1/calls/{call}")).send().await;
    let body: serde_json::Value = answer.expect("an answer").json().await.expect("JSON");
    assert_eq!(body["termination"], "completed/caller_hung_up");
    assert_eq!(body["recording"]["url"], format!("/api/v1/calls/{call}/recording"));
    let answer = web.api(Method::GET, &format!("/api/v1/feedback/{id}")).send().await;
    let body: serde_json::Value = answer.expect("an answer").json().await.expect("JSON");
    assert_eq!(body["call"], call.to_string());
    assert_eq!(body["text"], serde_json::Value::Null);
    assert_eq!(body["classification"], serde_json::Value::Null);
}
