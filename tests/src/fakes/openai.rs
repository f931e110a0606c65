//! An OpenAI-compatible server with prepared answers for transcription, chat and speech
//! (<https://platform.openai.com/docs/api-reference>).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Request;
use super::fault::Fault;
use super::front::{Front, ReadForm, Served, assert_kept, locked, serve, socket};
use crate::contract::Contract;

const KEY: &str = "sk-tests";
/// The real service's limit of one upload.
const LARGEST_UPLOAD: usize = 25 * 1024 * 1024;

/// What the server will say, in order; the last one is said again and again.
#[derive(Debug, Default)]
struct Script {
    transcripts: VecDeque<String>,
    chats: VecDeque<String>,
    uploads: Vec<Vec<u8>>,
    voice: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Shared {
    script: Arc<Mutex<Script>>,
}

/// The server. Dropping it fails the test when the contract was not kept.
#[derive(Debug)]
pub struct OpenAi {
    shared: Shared,
    front: Arc<Front>,
    served: Served,
}

impl OpenAi {
    /// Starts one that has nothing to say yet: it answers 500 until told.
    pub async fn start() -> Self {
        let shared = Shared { script: Arc::default() };
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(transcribe))
            .route("/v1/chat/completions", post(chat))
            .route("/v1/audio/speech", post(speak))
            .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
            .with_state(shared.clone());
        let front = Front::new(Contract::openai());
        let served = serve(socket().await, front.clone(), router, Router::new());
        Self { shared, front, served }
    }

    /// The base with `/v1`: `[speech] openai_url`, `[classifier] openai_url`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.served.address)
    }

    /// A good key.
    pub fn key(&self) -> &'static str {
        KEY
    }

    /// The next recording will be heard as this.
    pub fn hears(&self, text: &str) {
        locked(&self.shared.script).transcripts.push_back(text.to_owned());
    }

    /// The next chat will be answered with this text.
    pub fn says(&self, text: &str) {
        locked(&self.shared.script).chats.push_back(text.to_owned());
    }

    /// Every text is spoken as this WAV file.
    pub fn speaks(&self, wav: Vec<u8>) {
        locked(&self.shared.script).voice = Some(wav);
    }

    /// The files that were uploaded for transcription.
    pub fn uploads(&self) -> Vec<Vec<u8>> {
        locked(&self.shared.script).uploads.clone()
    }

    /// The next `times` requests whose path contains `path_part` meet this trouble.
    pub fn trouble(&self, path_part: &str, fault: Fault, times: usize) {
        self.front.plan("POST", path_part, fault, times);
    }

    /// Everything that was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.front.requests()
    }

    /// Fails the test when the contract was not kept. Dropping does the same.
    pub fn assert_contract_kept(&self) {
        assert_kept("OpenAI", &self.front);
    }
}

impl Drop for OpenAi {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_contract_kept();
        }
    }
}

async fn transcribe(
    State(shared): State<Shared>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, Response> {
    require_key(&headers)?;
    let mut fields = json!({});
    let mut upload = Vec::new();
    while let Some(field) = form.next_field().await.map_err(IntoResponse::into_response)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            upload = field.bytes().await.map_err(IntoResponse::into_response)?.to_vec();
            fields["file"] = "binary".into();
        } else {
            let text = field.text().await.map_err(IntoResponse::into_response)?;
            put_field(&mut fields, &name, text);
        }
    }
    let text = {
        let mut script = locked(&shared.script);
        let empty = upload.is_empty();
        script.uploads.push(upload);
        if empty {
            return Err(error(StatusCode::BAD_REQUEST, "the audio file is missing"));
        }
        next(&mut script.transcripts)?
    };
    let language = if text.chars().any(|letter| ('а'..='я').contains(&letter)) {
        "russian"
    } else {
        "english"
    };
    let body = match fields["response_format"].as_str() {
        Some("verbose_json") => json!({
            "text": text, "language": language, "duration": 3.5,
            "segments": [{ "id": 0, "seek": 0, "start": 0.0, "end": 3.5, "text": text,
                "tokens": [1], "temperature": 0.0, "avg_logprob": -0.2,
                "compression_ratio": 1.1, "no_speech_prob": 0.01 }],
        }),
        _ => json!({ "text": text }),
    };
    Ok((Extension(ReadForm(fields)), Json(body)).into_response())
}

/// Form fields are text; numbers and lists are told apart as the contract names them.
fn put_field(fields: &mut Value, name: &str, text: String) {
    match name.strip_suffix("[]") {
        Some(list) => match fields[list].as_array_mut() {
            Some(items) => items.push(text.into()),
            None => fields[list] = json!([text]),
        },
        None if name == "temperature" => {
            fields[name] = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
        }
        None => fields[name] = text.into(),
    }
}

async fn chat(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    require_key(&headers)?;
    let asked: Value = serde_json::from_slice(&body)
        .map_err(|_| error(StatusCode::BAD_REQUEST, "the body is not JSON"))?;
    let text = next(&mut locked(&shared.script).chats)?;
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": Timestamp::now().as_second(),
        "model": asked["model"], "choices": [{
            "index": 0, "finish_reason": "stop", "logprobs": null,
            "message": { "role": "assistant", "content": text, "refusal": null },
        }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 },
    });
    Ok(Json(body).into_response())
}

async fn speak(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    require_key(&headers)?;
    let asked: Value = serde_json::from_slice(&body)
        .map_err(|_| error(StatusCode::BAD_REQUEST, "the body is not JSON"))?;
    if asked["response_format"] != "wav" {
        return Err(error(StatusCode::BAD_REQUEST, "only WAV is spoken here"));
    }
    let wav = locked(&shared.script).voice.clone();
    let wav =
        wav.ok_or_else(|| error(StatusCode::INTERNAL_SERVER_ERROR, "the test prepared no voice"))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], wav).into_response())
}

#[expect(clippy::result_large_err, reason = "the answer itself is the error, once per request")]
fn next(prepared: &mut VecDeque<String>) -> Result<String, Response> {
    let only_one = prepared.len() == 1;
    let next = if only_one { prepared.front().cloned() } else { prepared.pop_front() };
    next.ok_or_else(|| error(StatusCode::INTERNAL_SERVER_ERROR, "the test prepared no answer"))
}

#[expect(clippy::result_large_err, reason = "the answer itself is the error, once per request")]
fn require_key(headers: &HeaderMap) -> Result<(), Response> {
    let given = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    if given == Some(&format!("Bearer {KEY}")) {
        return Ok(());
    }
    Err(error(StatusCode::UNAUTHORIZED, "Incorrect API key provided"))
}

fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({ "error": {
        "message": message, "type": "invalid_request_error", "param": null, "code": null } });
    (status, Json(body)).into_response()
}
