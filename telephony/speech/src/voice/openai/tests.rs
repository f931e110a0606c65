//! The voice against a small real HTTP server, and its request against OpenAI's own description.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::test_server::{Reply, TestServer};

/// A second of a tone at 24 kHz, as OpenAI streams it: the header does not know the length.
fn tone() -> Vec<u8> {
    let samples = (0..24_000_u32).map(|n| if n / 20 % 2 == 0 { 3_000_i16 } else { -3_000 });
    let mut file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend(24_000_u32.to_le_bytes());
    file.extend(48_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data\xff\xff\xff\xff");
    file.extend(samples.flat_map(i16::to_le_bytes));
    file
}

fn audio(body: &[u8]) -> Reply {
    Reply::bytes(200, "content-type: application/octet-stream\r\n", body, body.len())
}

fn options(base: &str, time_limit: Duration) -> OpenAiSpeechOptions {
    OpenAiSpeechOptions {
        base_url: format!("{base}/v1/"),
        key: Some(SecretString::from("sk-secret")),
        model: "gpt-4o-mini-tts".into(),
        voices: vec![(Language::Russian, "nova".into()), (Language::English, String::new())],
        time_limit,
    }
}

async fn speak(
    reply: Reply,
    text: &str,
    language: Language,
) -> (Result<Spoken, VoiceError>, mpsc::UnboundedReceiver<Vec<u8>>) {
    let (server, requests) = TestServer::start(vec![reply]).await;
    let voice = OpenAiSpeech::new(options(server.address(), Duration::from_secs(5))).unwrap();
    (voice.speak(text, language).await, requests)
}

fn body_of(request: &[u8]) -> Value {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    serde_json::from_slice(&request[end + 4..]).unwrap()
}

#[tokio::test]
async fn the_text_is_sent_and_telephone_audio_comes_back() {
    let (spoken, mut requests) =
        speak(audio(&tone()), "Мы ответим вам\nсегодня.", Language::Russian).await;
    // A second, the silence before and the tail.
    assert!((spoken.unwrap().seconds() - 1.3).abs() < 0.05);
    let request = requests.recv().await.unwrap();
    let head = String::from_utf8_lossy(&request).to_lowercase();
    assert!(head.starts_with("post /v1/audio/speech http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer sk-secret"));
    let expected = json!({
        "model": "gpt-4o-mini-tts", "voice": "nova", "response_format": "wav",
        "input": "Мы ответим вам сегодня.",
    });
    assert_eq!(body_of(&request), expected);
}

#[tokio::test]
async fn a_language_without_a_voice_and_a_text_too_long_are_refused_before_anything_is_sent() {
    for (text, language, expected) in [
        ("Hello".to_owned(), Language::English, VoiceError::NoVoice(Language::English)),
        ("я".repeat(601), Language::Russian, VoiceError::TooLong),
        ("…".to_owned(), Language::Russian, VoiceError::NothingToSay),
    ] {
        let (result, mut requests) = speak(audio(&tone()), &text, language).await;
        assert_eq!(result, Err(expected));
        assert!(requests.try_recv().is_err());
    }
}

#[tokio::test]
async fn errors_are_sorted_and_say_nothing_of_the_words() {
    let passing = |error: &VoiceError| matches!(error, VoiceError::Unavailable { .. });
    let lasting = |error: &VoiceError| matches!(error, VoiceError::Refused { .. });
    let unusable = |error: &VoiceError| matches!(error, VoiceError::BadAudio { .. });
    let quoted = br#"{"error":{"message":"4111 secret","type":"x","param":null,"code":null}}"#;
    let huge = vec![0; 11 << 20];
    let mut lies = tone();
    lies[20] = 85; // MPEG layer 3 in a WAV container
    for (status, body, expected) in [
        (503, b"down".as_slice(), &passing as &dyn Fn(&VoiceError) -> bool),
        (429, quoted, &passing),
        (401, quoted, &lasting),
        (400, b"not OpenAI's shape", &lasting),
        (200, &huge, &lasting),
        (200, b"", &unusable),
        (200, b"ID3 an mp3", &unusable),
        (200, &tone()[..44], &unusable),
        (200, &lies, &unusable),
    ] {
        let reply = Reply::bytes(status, "", body, body.len());
        let (result, _requests) = speak(reply, "4111 secret", Language::Russian).await;
        let error = result.unwrap_err();
        assert!(expected(&error), "{status}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_played() {
    let whole = tone();
    let reply = Reply::bytes(200, "", &whole[..20_000], whole.len());
    let (result, _requests) = speak(reply, "Да", Language::Russian).await;
    assert!(matches!(result, Err(VoiceError::Unavailable { .. })), "{result:?}");
}

#[tokio::test]
async fn a_server_that_is_silent_or_not_there_is_left() {
    let nowhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", nowhere.local_addr().unwrap());
    // It accepts into its backlog and never answers.
    let voice = OpenAiSpeech::new(options(&base, Duration::from_millis(200))).unwrap();
    let error = voice.speak("Да", Language::Russian).await.unwrap_err();
    assert!(
        matches!(error, VoiceError::TooSlow { .. } | VoiceError::Unavailable { .. }),
        "{error:?}"
    );
    drop(nowhere);
    let error = voice.speak("Да", Language::Russian).await.unwrap_err();
    assert!(matches!(error, VoiceError::Unavailable { .. }), "{error:?}");
}

#[test]
fn voices_that_sound_different_are_named_differently() {
    let voice = OpenAiSpeech::new(options("http://127.0.0.1:1", Duration::from_secs(1))).unwrap();
    assert_eq!(voice.voice(Language::Russian).unwrap(), "openai/gpt-4o-mini-tts/nova");
    assert_eq!(voice.voice(Language::English), None);
}
