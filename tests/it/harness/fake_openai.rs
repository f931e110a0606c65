//! The OpenAI stand-in, spoken to over the plainest HTTP there is.

use mostik_tests::contract::Contract;
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::openai::OpenAi;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn post(server: &OpenAi, path: &str, content_type: &str, body: &str) -> String {
    let base = server.url();
    let host = base.trim_start_matches("http://").trim_end_matches("/v1");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("a connection");
    let request = format!(
        "POST /v1{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.key(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the answer");
    answer
}

#[tokio::test]
async fn recordings_are_heard_as_prepared() {
    let server = OpenAi::start().await;
    server.hears("Посылка не пришла");
    let body = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
        --b\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\nverbose_json\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\
        Content-Type: audio/wav\r\n\r\nRIFF....\r\n--b--\r\n";
    let answer = post(&server, "/audio/transcriptions", "multipart/form-data; boundary=b", body);
    let answer = answer.await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Посылка"), "{answer}");
    assert_eq!(server.uploads(), [b"RIFF....".to_vec()]);
}

#[tokio::test]
async fn texts_are_spoken_as_prepared() {
    let server = OpenAi::start().await;
    server.speaks(b"RIFF....".to_vec());
    let request = r#"{"model": "m", "voice": "alloy", "input": "Да", "response_format": "wav"}"#;
    let answer = post(&server, "/audio/speech", "application/json", request).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("RIFF...."), "{answer}");
    assert_eq!(server.requests()[0].body["input"], "Да");
}

#[test]
fn the_contract_refuses_wrong_speech() {
    let openai = Contract::openai();
    if !openai.is_checked() {
        return;
    }
    let against = |body| openai.request_departures("POST", "/v1/audio/speech", &body);
    let right = json!({"model": "m", "voice": "alloy", "input": "Да", "response_format": "wav"});
    assert_eq!(against(right), [""; 0]);
    for wrong in [
        json!({"model": "m", "voice": "alloy"}),
        json!({"model": "m", "voice": "alloy", "input": 5}),
        json!({"model": "m", "voice": "alloy", "input": "Да", "response_format": "tape"}),
        json!({"model": "m", "voice": "alloy", "input": "Да", "rate": 8000}),
    ] {
        assert!(!against(wrong.clone()).is_empty(), "{wrong}");
    }
    let spoken = json!({"audio": "…"});
    assert!(!openai.response_departures("POST", "/v1/audio/speech", 200, &spoken).is_empty());
}

#[tokio::test]
async fn chats_are_answered_as_prepared_and_fail_on_demand() {
    let server = OpenAi::start().await;
    server.says("delivery");
    let chat = r#"{"model": "m", "messages": [{"role": "user", "content": "late"}]}"#;
    let path = "/chat/completions";
    let answer = post(&server, path, "application/json", chat).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("delivery"), "{answer}");
    server.trouble(path, Fault::TooManyRequests { retry_after: 7 }, 1);
    let answer = post(&server, path, "application/json", chat).await;
    assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 7"), "{answer}");
}
