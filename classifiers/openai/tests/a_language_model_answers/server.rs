//! A small server that checks what it is asked and answers well, badly, late or with hostility.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

use crate::good;

/// How the server answers.
#[derive(Clone)]
pub(crate) enum Reply {
    Content(String),
    Status(u16),
    /// Fails so often, then answers.
    FailsFirst(usize, String),
    Never,
    /// Asks to be left alone for so many seconds.
    RetryAfter(u32),
    Raw(String),
    Endless,
    /// Answers a question about several texts by a cause for each, wrongly by
    /// what is told, and one about a single text by `design`.
    Each(Wrongly),
}

/// What a server does wrong when it is asked about several texts.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wrongly {
    Not,
    ForgetsTheSecond,
    AnswersTheFirstTwice,
    NamesNoCause,
    QuotesAnother,
    CountsFromZero,
    Babbles,
    Refuses,
    IsGone,
}

/// `delivery` for texts with a courier, `pricing` for others.
fn answers_about(question: &Value, wrongly: Wrongly) -> Response {
    let words = question["messages"][1]["content"].as_str().expect("words");
    let words: Value = serde_json::from_str(words).expect("JSON");
    let Some(texts) = words["texts"].as_array() else {
        return match wrongly {
            Wrongly::IsGone => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            _ => completion(&good("design")),
        };
    };
    let mut answers: Vec<Value> = texts
        .iter()
        .map(|text| {
            let said = text["text"].as_str().expect("a string");
            let cause = if said.contains("урьер") { "delivery" } else { "pricing" };
            let quote = said.split(' ').next().unwrap_or_default();
            json!({"n": text["n"], "root_cause": cause, "second_cause": null,
                   "confidence": 0.9, "evidence": [quote]})
        })
        .collect();
    match wrongly {
        Wrongly::Not => {}
        Wrongly::ForgetsTheSecond => drop(answers.remove(1)),
        Wrongly::AnswersTheFirstTwice => answers.push(answers[0].clone()),
        Wrongly::NamesNoCause => answers[0]["root_cause"] = json!("pwned"),
        Wrongly::QuotesAnother => answers[0]["evidence"] = answers[1]["evidence"].clone(),
        Wrongly::CountsFromZero => answers[0]["n"] = json!(0),
        Wrongly::Babbles => return completion("Certainly! Here are the causes"),
        Wrongly::Refuses => return StatusCode::BAD_REQUEST.into_response(),
        Wrongly::IsGone => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
    completion(&json!({ "answers": answers }).to_string())
}

#[derive(Clone)]
pub(crate) struct Server {
    reply: Reply,
    pub(crate) asked: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    count: Arc<AtomicUsize>,
}

async fn answer(
    State(server): State<Server>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let before = server.count.fetch_add(1, Ordering::SeqCst);
    server.asked.lock().expect("not poisoned").push((headers, body.clone()));
    match server.reply {
        Reply::Each(wrongly) => answers_about(&body, wrongly),
        Reply::Status(status) => {
            (StatusCode::from_u16(status).expect("a status"), "the prompt was: secret words")
                .into_response()
        }
        Reply::FailsFirst(times, _) if before < times => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Reply::Content(content) | Reply::FailsFirst(_, content) => completion(&content),
        Reply::RetryAfter(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response()
        }
        Reply::Never => std::future::pending().await,
        Reply::Raw(body) => ([("content-type", "application/json")], body).into_response(),
        Reply::Endless => "x".repeat(3_000_000).into_response(),
    }
}

fn completion(content: &str) -> Response {
    Json(json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "small",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": null,
                     "message": {"role": "assistant", "content": content, "refusal": null}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }))
    .into_response()
}

impl Server {
    pub(crate) async fn start(reply: Reply) -> (Self, String) {
        let server = Self { reply, asked: Arc::default(), count: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app =
            Router::new().route("/v1/chat/completions", post(answer)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (server, format!("http://{address}/v1"))
    }

    pub(crate) fn questions(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    pub(crate) fn only_question(&self) -> (HeaderMap, Value) {
        let asked = self.asked.lock().expect("not poisoned");
        assert_eq!(asked.len(), 1);
        asked[0].clone()
    }
}
