//! The client against a small real HTTP server.

use tokio::sync::mpsc;

use super::*;
use crate::test_server::{Reply, TestServer};

fn recording() -> Recording {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data\0\0\0\0");
    file.extend([0; 16_000]);
    Recording::from_wav(file).unwrap()
}

async fn transcribe(
    replies: Vec<Reply>,
    model: &str,
) -> (Result<Transcript, SpeechError>, mpsc::UnboundedReceiver<Vec<u8>>) {
    let (server, requests) = TestServer::start(replies).await;
    let client = OpenAiTranscription::new(OpenAiOptions {
        base_url: format!("{}/v1/", server.address()),
        key: Some(SecretString::from("sk-secret")),
        model: model.into(),
        time_limit: Duration::from_secs(5),
    })
    .unwrap();
    (client.transcribe(&recording(), Language::Russian).await, requests)
}

fn text_of(request: &[u8]) -> String {
    String::from_utf8_lossy(request).into_owned()
}

#[tokio::test]
async fn the_recording_and_the_model_are_sent_and_the_words_come_back() {
    let reply = Reply::json(
        r#"{"task":"transcribe","language":"english","duration":1.0,"text":"My order is late.",
            "segments":[{"id":0,"start":0.0,"end":1.0,"text":" My order is late.","avg_logprob":-0.2}]}"#,
    );
    let (result, mut requests) = transcribe(vec![reply], "whisper-1").await;
    let transcript = result.unwrap();
    assert_eq!(transcript.text, "My order is late.");
    assert_eq!(transcript.language, Language::English);
    assert!((transcript.seconds - 1.0).abs() < 1e-9);
    let request = text_of(&requests.recv().await.unwrap());
    assert!(request.starts_with("POST /v1/audio/transcriptions HTTP/1.1"), "{request}");
    assert!(request.to_lowercase().contains("authorization: bearer sk-secret"));
    for part in ["name=\"file\"", "recording.wav", "RIFF", "whisper-1", "verbose_json"] {
        assert!(request.contains(part), "{part}");
    }
}

#[tokio::test]
async fn newer_models_are_asked_for_plain_json_with_probabilities() {
    let reply = Reply::json(r#"{"text":"Да","logprobs":[{"token":"Да","logprob":-0.5}]}"#);
    let (result, mut requests) = transcribe(vec![reply], "gpt-4o-transcribe").await;
    assert!((result.unwrap().confidence - 0.606_5).abs() < 1e-3);
    let request = text_of(&requests.recv().await.unwrap());
    assert!(request.contains("logprobs") && !request.contains("verbose_json"));
}

#[tokio::test]
async fn a_foreign_language_is_asked_again_in_the_lines_language() {
    let replies = vec![
        Reply::json(r#"{"text":"Де моє замовлення","language":"ukrainian"}"#),
        Reply::json(r#"{"text":"Где мой заказ","language":"russian"}"#),
    ];
    let (result, mut requests) = transcribe(replies, "whisper-1").await;
    assert_eq!(result.unwrap().text, "Где мой заказ");
    assert!(!text_of(&requests.recv().await.unwrap()).contains("name=\"language\""));
    assert!(text_of(&requests.recv().await.unwrap()).contains("name=\"language\"\r\n\r\nru"));
}

#[tokio::test]
async fn errors_are_sorted_and_say_nothing_of_the_words() {
    let passing = |error: &SpeechError| matches!(error, SpeechError::Unavailable { .. });
    let lasting = |error: &SpeechError| matches!(error, SpeechError::Refused { .. });
    let quoted = r#"{"error":{"message":"Моя карта 4111","type":"x","param":null,"code":null}}"#;
    let huge = format!(r#"{{"text":"{}"}}"#, "a".repeat(5 << 20));
    for (status, body, expected) in [
        (503, "down", &passing as &dyn Fn(&SpeechError) -> bool),
        (429, quoted, &passing),
        (401, quoted, &lasting),
        (422, r#"{"detail":"not OpenAI's shape"}"#, &lasting),
        (200, "<html>", &lasting),
        (200, &huge, &lasting),
    ] {
        let (result, _requests) = transcribe(vec![Reply::status(status, body)], "whisper-1").await;
        let error = result.unwrap_err();
        assert!(expected(&error), "{status}: {error:?}");
        assert!(!error.to_string().contains("4111"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_silent_is_unavailable() {
    let nowhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nowhere.local_addr().unwrap();
    let options = |time_limit| OpenAiOptions {
        base_url: format!("http://{address}/v1"),
        key: None,
        model: "whisper-1".into(),
        time_limit,
    };
    // It accepts into its backlog and never answers.
    let client = OpenAiTranscription::new(options(Duration::from_millis(200))).unwrap();
    let error = client.transcribe(&recording(), Language::Russian).await.unwrap_err();
    assert!(
        matches!(error, SpeechError::TooSlow { .. } | SpeechError::Unavailable { .. }),
        "{error:?}"
    );
    drop(nowhere);
    let client = OpenAiTranscription::new(options(Duration::from_secs(5))).unwrap();
    let error = client.transcribe(&recording(), Language::Russian).await.unwrap_err();
    assert!(matches!(error, SpeechError::Unavailable { .. }), "{error:?}");
}
