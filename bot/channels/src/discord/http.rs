//! Discord's HTTP API: bounded in time, read leniently, its refusals understood
//! (<https://discord.com/developers/docs/topics/opcodes-and-status-codes>).

use std::{fmt, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use serenity::{
    http::{HttpBuilder, HttpError, LightMethod, Request, Route},
    model::id::ChannelId,
};

/// Discord answers within a second or two; a rate limit may hold a request back longer.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(15);

/// The API itself; anything else stands in front of it.
const DISCORD: &str = "https://discord.com";

pub(super) struct Http(Arc<serenity::http::Http>);

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("Discord cannot be reached: check [discord] api_url and the network")]
    Unreachable,
    #[error("Discord did not answer within {} s", LONGEST_EXCHANGE.as_secs())]
    Slow,
    #[error("what answered is not Discord's API: check [discord] api_url")]
    NotDiscord,
    #[error("Discord's rate limit is reached (429)")]
    Limited,
    #[error("Discord is in trouble ({status})")]
    Down { status: u16 },
    #[error("{why}")]
    Refused { why: String },
    /// Forbidden, unknown or malformed: this very request will always fail.
    #[error("Discord refused it ({status}, code {code})")]
    Denied { status: u16, code: i64 },
}

impl Http {
    pub(super) fn new(token: &SecretString, api_url: &str) -> Self {
        let api_url = api_url.trim_end_matches('/');
        let builder = HttpBuilder::new(token.expose_secret());
        // Serenity's rate limiter goes around a proxy.
        let builder = if api_url == DISCORD {
            builder
        } else {
            builder.proxy(api_url).ratelimiter_disabled(true)
        };
        Self(Arc::new(builder.build()))
    }

    pub(super) fn client(&self) -> Arc<serenity::http::Http> {
        self.0.clone()
    }

    pub(super) async fn own_name(&self) -> Result<String, Failure> {
        let user = self.ask(Request::new(Route::UserMe, LightMethod::Get)).await?;
        Ok(user["username"].as_str().unwrap_or_default().to_owned())
    }

    /// Where to connect. Asked here and not left to serenity, which falls back to the public
    /// gateway, and so would hand the token to somebody else than configured.
    pub(super) async fn gateway(&self) -> Result<String, Failure> {
        let answer = self.ask(Request::new(Route::Gateway, LightMethod::Get)).await?;
        let url = answer["url"].as_str().unwrap_or_default();
        if url.starts_with("wss://") || url.starts_with("ws://") {
            Ok(url.trim_end_matches('/').to_owned())
        } else {
            Err(Failure::NotDiscord)
        }
    }

    /// Up to a hundred messages that follow `after`, oldest first.
    pub(super) async fn messages(&self, room: u64, after: u64) -> Result<Vec<Value>, Failure> {
        let route = Route::ChannelMessages { channel_id: channel(room)? };
        let params = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
        let request = Request::new(route, LightMethod::Get).params(Some(params));
        match self.ask(request).await? {
            Value::Array(mut messages) => {
                messages.sort_by_key(id_of);
                Ok(messages)
            }
            _ => Err(Failure::NotDiscord),
        }
    }

    /// The direct channel with somebody.
    pub(super) async fn direct_channel(&self, user: &str) -> Result<u64, Failure> {
        let body = json!({ "recipient_id": user });
        let request = Request::new(Route::UserMeDmChannels, LightMethod::Post);
        let channel = self.ask(request.body(Some(body.to_string().into_bytes()))).await?;
        id_of(&channel).ok_or(Failure::NotDiscord)
    }

    /// Writes a message; its id.
    pub(super) async fn write(&self, room: u64, message: &Value) -> Result<u64, Failure> {
        let route = Route::ChannelMessages { channel_id: channel(room)? };
        let request = Request::new(route, LightMethod::Post);
        let written = self.ask(request.body(Some(message.to_string().into_bytes()))).await?;
        id_of(&written).ok_or(Failure::NotDiscord)
    }

    async fn ask(&self, request: Request<'_>) -> Result<Value, Failure> {
        tokio::time::timeout(LONGEST_EXCHANGE, self.0.fire(request))
            .await
            .map_err(|_| Failure::Slow)?
            .map_err(|error| Failure::of(&error))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

/// As many as Discord gives at once.
pub(super) const PAGE: usize = 100;

/// Ids are strings in JSON.
pub(super) fn id_of(value: &Value) -> Option<u64> {
    value["id"].as_str()?.parse().ok()
}

fn channel(id: u64) -> Result<ChannelId, Failure> {
    // Serenity's ids cannot be 0 and panic.
    if id == 0 { Err(Failure::Denied { status: 404, code: 10003 }) } else { Ok(ChannelId::new(id)) }
}

impl Failure {
    fn of(error: &serenity::Error) -> Self {
        match error {
            serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
                let code = i64::try_from(response.error.code).unwrap_or_default();
                Self::of_status(response.status_code.as_u16(), code)
            }
            serenity::Error::Http(HttpError::InvalidHeader(_)) => Self::wrong_token(),
            serenity::Error::Http(HttpError::Url(_)) => Self::Refused {
                why: "[discord] api_url is not an address like https://discord.com".to_owned(),
            },
            // Reqwest reports a body that is not JSON as an error of the request.
            serenity::Error::Http(HttpError::Request(error)) if error.is_decode() => {
                Self::NotDiscord
            }
            serenity::Error::Json(_) => Self::NotDiscord,
            _ => Self::Unreachable,
        }
    }

    fn of_status(status: u16, code: i64) -> Self {
        match status {
            401 => Self::wrong_token(),
            429 => Self::Limited,
            408 | 500.. => Self::Down { status },
            status => Self::Denied { status, code },
        }
    }

    pub(super) fn wrong_token() -> Self {
        Self::Refused {
            why: "Discord refused the bot's token (401): copy it anew from the developer portal \
                  (Bot, Reset Token) into [discord] token"
                .to_owned(),
        }
    }

    pub(super) fn no_intent() -> Self {
        Self::Refused {
            why: "the bot may not read messages of channels: switch on Message Content Intent in \
                  the developer portal (Bot, Privileged Gateway Intents), or leave [discord] \
                  channels empty and take direct messages only"
                .to_owned(),
        }
    }
}
