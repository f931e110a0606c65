//! The gateway: HELLO, IDENTIFY or RESUME, heartbeats, events
//! (<https://discord.com/developers/docs/events/gateway>). Discord publishes no schema for it; an
//! independent client reads it in the harness's own tests.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message as Socket, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::guild::{Channel, Frame, Guild, Session, intent};
use super::rest::Shared;
use crate::fakes::front::locked;

/// Events that a connection may lag behind before it counts as broken.
const BACKLOG: usize = 1024;
const HEARTBEAT_MILLISECONDS: u32 = 41_250;
const AUTHENTICATION_FAILED: u16 = 4004;
const NOT_AUTHENTICATED: u16 = 4003;

type Outgoing = SplitSink<WebSocket, Socket>;

pub(super) fn router(shared: &Shared) -> Router {
    Router::new().route("/", get(connect)).with_state(shared.clone())
}

async fn connect(State(shared): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| serve(shared, socket).await)
}

async fn serve(shared: Shared, socket: WebSocket) {
    let (mut outgoing, incoming) = socket.split();
    let hello = json!({ "op": 10, "s": null, "t": null,
        "d": { "heartbeat_interval": HEARTBEAT_MILLISECONDS, "_trace": [] } });
    if put(&mut outgoing, &hello).await.is_err() {
        return;
    }
    let (line, frames) = mpsc::channel(BACKLOG);
    let writer = tokio::spawn(write(outgoing, frames));
    listen(&shared, incoming, &line).await;
    // The session forgets this line when the next event finds it closed.
    drop(line);
    writer.abort();
}

async fn write(mut outgoing: Outgoing, mut frames: mpsc::Receiver<Frame>) {
    while let Some(frame) = frames.recv().await {
        let sent = match frame {
            Frame::Payload(payload) => put(&mut outgoing, &payload).await,
            Frame::Close(code, reason) => {
                let frame = CloseFrame { code, reason: reason.into() };
                let _ = outgoing.send(Socket::Close(Some(frame))).await;
                return;
            }
            Frame::Cut => return,
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn put(outgoing: &mut Outgoing, payload: &Value) -> Result<(), axum::Error> {
    outgoing.send(Socket::Text(payload.to_string().into())).await
}

async fn listen(shared: &Shared, mut incoming: SplitStream<WebSocket>, line: &mpsc::Sender<Frame>) {
    while let Some(Ok(frame)) = tokio::select! {
        frame = incoming.next() => frame,
        () = line.closed() => None,
    } {
        let Socket::Text(text) = frame else { continue };
        let Ok(payload) = serde_json::from_str::<Value>(&text) else { continue };
        if !understand(shared, &payload, line) {
            return;
        }
    }
}

/// False ends the connection from the client's side of the protocol.
fn understand(shared: &Shared, payload: &Value, line: &mpsc::Sender<Frame>) -> bool {
    let data = &payload["d"];
    let mut guild = locked(&shared.guild);
    match payload["op"].as_u64() {
        Some(1) => say(line, json!({ "op": 11, "s": null, "t": null, "d": null })),
        Some(2) if is_token(data, shared.token) => identify(&mut guild, data, line),
        Some(6) if is_token(data, shared.token) => resume(&mut guild, data, line),
        Some(2 | 6) => close(line, AUTHENTICATION_FAILED, "Authentication failed."),
        Some(3 | 4) if guild.sessions.values().any(|session| uses(session, line)) => {}
        _ => close(line, NOT_AUTHENTICATED, "Not authenticated."),
    }
    true
}

fn is_token(data: &Value, token: &str) -> bool {
    data["token"].as_str().map(|given| given.trim_start_matches("Bot ")) == Some(token)
}

fn uses(session: &Session, line: &mpsc::Sender<Frame>) -> bool {
    session.line.as_ref().is_some_and(|it| it.same_channel(line))
}

fn say(line: &mpsc::Sender<Frame>, payload: Value) {
    // A full or closed line is a broken connection; the client will come back.
    let _ = line.try_send(Frame::Payload(payload));
}

fn close(line: &mpsc::Sender<Frame>, code: u16, reason: &'static str) {
    let _ = line.try_send(Frame::Close(code, reason));
}

fn identify(guild: &mut Guild, data: &Value, line: &mpsc::Sender<Frame>) {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let id = format!("session-{}", LAST.fetch_add(1, Ordering::Relaxed));
    let intents = data["intents"].as_u64().unwrap_or_default();
    let mut session = Session { intents, line: Some(line.clone()), ..Session::default() };
    let ready = json!({
        "v": 10, "user": own_user(guild), "guilds": [{ "id": guild.id.to_string(), "unavailable": true }],
        "session_id": id, "resume_gateway_url": format!("ws://{}/", guild.address),
        "shard": [0, 1], "application": { "id": guild.bot.to_string(), "flags": 0 },
        "private_channels": [], "presences": [], "session_type": "normal",
    });
    session.dispatch("READY", &ready);
    if intents & intent::GUILDS != 0 {
        session.dispatch("GUILD_CREATE", &guild_json(guild));
    }
    guild.identified += 1;
    guild.sessions.insert(id, session);
}

fn resume(guild: &mut Guild, data: &Value, line: &mpsc::Sender<Frame>) {
    let seen = data["seq"].as_u64().and_then(|seq| usize::try_from(seq).ok()).unwrap_or(0);
    let id = data["session_id"].as_str().unwrap_or_default();
    let Some(session) = guild.sessions.get_mut(id).filter(|session| seen <= session.sent.len())
    else {
        return say(line, json!({ "op": 9, "s": null, "t": null, "d": false }));
    };
    session.line = Some(line.clone());
    session.sent[seen..].iter().for_each(|missed| say(line, missed.clone()));
    session.dispatch("RESUMED", &json!({ "_trace": [] }));
    guild.resumed += 1;
}

fn own_user(guild: &Guild) -> Value {
    let mut user = guild.person_json(guild.bot);
    user["verified"] = true.into();
    user["mfa_enabled"] = false.into();
    user["email"] = Value::Null;
    user
}

fn guild_json(guild: &Guild) -> Value {
    let channels = guild.channels.iter().filter(|(_, it)| matches!(it, Channel::Guild { .. }));
    let channels: Vec<Value> = channels.filter_map(|(id, _)| guild.channel_json(*id)).collect();
    let id = guild.id.to_string();
    json!({
        "id": id, "name": "Acme", "icon": null, "splash": null, "discovery_splash": null,
        "owner_id": guild.bot.to_string(), "afk_channel_id": null, "afk_timeout": 300,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        "roles": [{ "id": id, "name": "@everyone", "color": 0, "hoist": false, "position": 0,
            "permissions": "1024", "managed": false, "mentionable": false, "flags": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null } }],
        "emojis": [], "stickers": [], "features": [], "mfa_level": 0, "application_id": null,
        "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
        "max_presences": null, "max_members": 500_000, "vanity_url_code": null,
        "description": null, "banner": null, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "public_updates_channel_id": null, "nsfw_level": 0,
        "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
        "joined_at": "2026-01-01T00:00:00Z", "large": false, "unavailable": false,
        "member_count": guild.people.len(), "voice_states": [], "members": [],
        "channels": channels, "threads": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "soundboard_sounds": [], "nsfw": false,
    })
}
