//! Discord's HTTP API, as far as a support bot needs it
//! (<https://discord.com/developers/docs/resources/message>).

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::guild::{Channel, Guild};
use crate::fakes::front::{locked, query};

/// Discord remembers nonces for a few minutes.
const NONCE_SECONDS: i64 = 300;
const LONGEST_MESSAGE: usize = 2000;

/// What every handler holds.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) guild: Arc<Mutex<Guild>>,
    pub(super) token: &'static str,
}

/// Discord's error: a status and a code of its own
/// (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>).
#[derive(Debug)]
pub(super) struct Refusal(StatusCode, u32, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "code": self.1, "message": self.2 }))).into_response()
    }
}

const UNAUTHORIZED: Refusal = Refusal(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized");
const UNKNOWN_CHANNEL: Refusal = Refusal(StatusCode::NOT_FOUND, 10003, "Unknown Channel");
const UNKNOWN_MESSAGE: Refusal = Refusal(StatusCode::NOT_FOUND, 10008, "Unknown Message");
const UNKNOWN_USER: Refusal = Refusal(StatusCode::NOT_FOUND, 10013, "Unknown User");
const INVALID_FORM: Refusal = Refusal(StatusCode::BAD_REQUEST, 50035, "Invalid Form Body");
const EMPTY_MESSAGE: Refusal =
    Refusal(StatusCode::BAD_REQUEST, 50006, "Cannot send an empty message");
const NO_DIRECT: Refusal =
    Refusal(StatusCode::FORBIDDEN, 50007, "Cannot send messages to this user");

type Answer = Result<Response, Refusal>;

/// Proof that the request carried `Authorization: Bot TOKEN`.
pub(super) struct Authorized;

impl FromRequestParts<Shared> for Authorized {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        let is_good = given.and_then(|it| it.strip_prefix("Bot ")) == Some(shared.token);
        if is_good { Ok(Self) } else { Err(UNAUTHORIZED) }
    }
}

pub(super) fn router(shared: &Shared) -> Router {
    let routes = Router::new()
        .route("/gateway", get(gateway))
        .route("/gateway/bot", get(gateway_bot))
        .route("/users/@me", get(own_user))
        .route("/users/{id}", get(user))
        .route("/users/@me/channels", post(open_direct))
        .route("/channels/{channel}", get(channel))
        .route("/channels/{channel}/typing", post(typing))
        .route("/channels/{channel}/messages", get(messages).post(send))
        .route("/channels/{channel}/messages/{message}", get(message));
    Router::new().nest("/api/v10", routes).with_state(shared.clone())
}

async fn gateway(State(shared): State<Shared>) -> Response {
    let url = format!("ws://{}/", locked(&shared.guild).address);
    Json(json!({ "url": url })).into_response()
}

async fn gateway_bot(_: Authorized, State(shared): State<Shared>) -> Response {
    let url = format!("ws://{}/", locked(&shared.guild).address);
    let limit = json!({ "total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1 });
    Json(json!({ "url": url, "shards": 1, "session_start_limit": limit })).into_response()
}

async fn own_user(_: Authorized, State(shared): State<Shared>) -> Response {
    let guild = locked(&shared.guild);
    let mut user = guild.person_json(guild.bot);
    user["mfa_enabled"] = false.into();
    user["locale"] = "en-US".into();
    Json(user).into_response()
}

async fn user(_: Authorized, State(shared): State<Shared>, Path(id): Path<u64>) -> Answer {
    let guild = locked(&shared.guild);
    if !guild.people.contains_key(&id) {
        return Err(UNKNOWN_USER);
    }
    Ok(Json(guild.person_json(id)).into_response())
}

async fn open_direct(_: Authorized, State(shared): State<Shared>, body: Bytes) -> Answer {
    let asked = read(&body)?;
    let recipient = asked["recipient_id"].as_str().and_then(|id| id.parse().ok());
    let recipient: u64 = recipient.ok_or(INVALID_FORM)?;
    let mut guild = locked(&shared.guild);
    if !guild.people.contains_key(&recipient) {
        return Err(UNKNOWN_USER);
    }
    let id = guild.direct_channel(recipient);
    Ok(Json(guild.channel_json(id)).into_response())
}

async fn channel(_: Authorized, State(shared): State<Shared>, Path(id): Path<u64>) -> Answer {
    let channel = locked(&shared.guild).channel_json(id).ok_or(UNKNOWN_CHANNEL)?;
    Ok(Json(channel).into_response())
}

async fn typing(_: Authorized, State(shared): State<Shared>, Path(id): Path<u64>) -> Answer {
    locked(&shared.guild).channels.get(&id).ok_or(UNKNOWN_CHANNEL)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn message(
    _: Authorized,
    State(shared): State<Shared>,
    Path((channel, message)): Path<(u64, u64)>,
) -> Answer {
    let guild = locked(&shared.guild);
    let there = guild.messages.iter().any(|it| it.id == message && it.channel == channel);
    if there { Ok(Json(guild.message_json(message)).into_response()) } else { Err(UNKNOWN_MESSAGE) }
}

/// `before`, `after` and `limit` (50 unless asked), newest first.
async fn messages(
    _: Authorized,
    State(shared): State<Shared>,
    Path(channel): Path<u64>,
    uri: Uri,
) -> Answer {
    let guild = locked(&shared.guild);
    guild.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
    let asked = query(uri.query().unwrap_or_default());
    let number = |name: &str| {
        asked.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let limit = usize::try_from(number("limit").unwrap_or(50)).unwrap_or(50).min(100);
    let mut ids: Vec<u64> = guild
        .messages
        .iter()
        .filter(|it| it.channel == channel)
        .map(|it| it.id)
        .filter(|id| number("before").is_none_or(|before| *id < before))
        .filter(|id| number("after").is_none_or(|after| *id > after))
        .collect();
    // With `after` come the oldest that are newer; still the newest of them first.
    if number("after").is_some() {
        ids.truncate(limit);
    }
    ids.reverse();
    ids.truncate(limit);
    let page: Vec<Value> = ids.into_iter().map(|id| guild.message_json(id)).collect();
    Ok(Json(page).into_response())
}

async fn send(
    _: Authorized,
    State(shared): State<Shared>,
    Path(channel): Path<u64>,
    body: Bytes,
) -> Answer {
    let asked = read(&body)?;
    let content = asked["content"].as_str().unwrap_or_default();
    if content.is_empty() {
        return Err(EMPTY_MESSAGE);
    }
    // Longer ones are for paying subscribers, not for bots.
    if content.chars().count() > LONGEST_MESSAGE {
        return Err(INVALID_FORM);
    }
    let mut guild = locked(&shared.guild);
    match guild.channels.get(&channel) {
        None => return Err(UNKNOWN_CHANNEL),
        Some(Channel::Direct { with }) if guild.refuses_direct.contains(with) => {
            return Err(NO_DIRECT);
        }
        Some(_) => {}
    }
    let nonce = asked.get("nonce").filter(|nonce| !nonce.is_null()).cloned();
    let known =
        (asked["enforce_nonce"] == true).then(|| sent_before(&guild, nonce.as_ref())).flatten();
    let bot = guild.bot;
    let id = known.unwrap_or_else(|| guild.write(channel, bot, content, nonce));
    Ok(Json(guild.message_json(id)).into_response())
}

/// With `enforce_nonce` a repeated nonce of the same author answers the message that is there
/// (<https://discord.com/developers/docs/resources/message#create-message>).
fn sent_before(guild: &Guild, nonce: Option<&Value>) -> Option<u64> {
    let nonce = nonce?;
    let recent = Timestamp::now().as_second() - NONCE_SECONDS;
    let same = guild.messages.iter().find(|message| {
        message.by_bot && message.nonce.as_ref() == Some(nonce) && message.at.as_second() >= recent
    });
    same.map(|message| message.id)
}

fn read(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| INVALID_FORM)
}
