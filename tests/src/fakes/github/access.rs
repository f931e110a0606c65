//! Who is asking, and whether they may.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use super::hub::{App, Hub, Role};
use super::refusal::Refusal;
use super::routes::Shared;
use crate::fakes::front::locked;

/// Somebody with a good token.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) login: String,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        require_user_agent(&parts.headers)?;
        let token = bearer(&parts.headers).ok_or_else(Refusal::bad_credentials)?;
        let hub = locked(&shared.hub);
        let login = hub.tokens.get(token).ok_or_else(Refusal::bad_credentials)?.clone();
        Ok(Self { login })
    }
}

/// A repository named in the path that the caller may at least see.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) caller: String,
    pub(super) repository: String,
    pub(super) role: Role,
}

impl FromRequestParts<Shared> for Place {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        let Caller { login } = Caller::from_request_parts(parts, shared).await?;
        let Path(named): Path<std::collections::HashMap<String, String>> =
            Path::from_request_parts(parts, shared).await.map_err(|_| Refusal::not_found())?;
        let part = |name: &str| named.get(name).map(String::as_str).unwrap_or_default();
        let full_name = format!("{}/{}", part("owner"), part("repo"));
        let hub = locked(&shared.hub);
        let repository = hub.repositories.get(&full_name).ok_or_else(Refusal::not_found)?;
        let role = repository.role(&login);
        if role == Role::None {
            return Err(Refusal::not_found());
        }
        Ok(Self { role, caller: login, repository: full_name })
    }
}

/// An issue named in the path, which is there.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) number: u64,
}

impl FromRequestParts<Shared> for Spot {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        let place = Place::from_request_parts(parts, shared).await?;
        let Path(named): Path<std::collections::HashMap<String, String>> =
            Path::from_request_parts(parts, shared).await.map_err(|_| Refusal::not_found())?;
        let number = named.get("number").and_then(|number| number.parse().ok());
        let number = number.ok_or_else(Refusal::not_found)?;
        let hub = locked(&shared.hub);
        let there = hub.repositories[&place.repository].issue(number).is_some();
        if there { Ok(Self { place, number }) } else { Err(Refusal::not_found()) }
    }
}

impl Place {
    pub(super) fn require(&self, least: Role) -> Result<(), Refusal> {
        if self.role >= least {
            return Ok(());
        }
        Err(Refusal::forbidden("Must have admin rights to Repository."))
    }
}

/// A GitHub App proves itself with a JWT signed by its key (RS256, at most ten minutes,
/// <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>).
/// The claims are checked here; the signature is not.
pub(super) fn app(hub: &Hub, headers: &HeaderMap) -> Result<App, Refusal> {
    require_user_agent(headers)?;
    let app = hub.app.ok_or_else(Refusal::bad_credentials)?;
    let token = bearer(headers).ok_or_else(Refusal::bad_credentials)?;
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return Err(Refusal::bad_credentials());
    };
    let (head, claims) = (part(head)?, part(claims)?);
    let issuer = claims["iss"].as_u64().or_else(|| claims["iss"].as_str()?.parse().ok());
    let now = Timestamp::now().as_second();
    let expires = claims["exp"].as_i64().unwrap_or_default();
    let since = claims["iat"].as_i64().unwrap_or(i64::MAX);
    let good = head["alg"] == "RS256"
        && issuer == Some(app.id)
        && since <= now
        && (now..=now + 600).contains(&expires)
        && signature.len() > 300;
    if good { Ok(app) } else { Err(Refusal::bad_credentials()) }
}

fn part(text: &str) -> Result<Value, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::bad_credentials())?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::bad_credentials())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("token "))
}

/// <https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent>
fn require_user_agent(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(header::USER_AGENT) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    ))
}
