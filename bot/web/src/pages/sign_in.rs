use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use mostik_domain::{Role, User};
use mostik_store::{Secret, StoreError};
use serde::Deserialize;

use super::shell::{Shell, Visit, private_page, see};
use crate::{
    access::{SESSION_LASTS, TOKEN_LIMIT, fresh_token, is_token, token_hash},
    error::ProblemDocument,
    guard::{ClientAddress, FormBody, QueryOf, SESSION_COOKIE, admin_user, cookie, expired_cookie},
    state::WebState,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    /// True for a one-time link: only a button is shown.
    by_link: bool,
    next: String,
    refused: Option<&'static str>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// The form that takes the API token.
pub(super) async fn form(
    visit: Visit,
    QueryOf(next): QueryOf<Next>,
) -> Result<Response, ProblemDocument> {
    let next = own_path(&next.next).to_owned();
    private_page(&SignInPage { shell: visit.public(), by_link: false, next, refused: None })
}

/// A one-time link shows a button first, so that the preview of a chat does not use it up.
pub(super) async fn link(visit: Visit) -> Result<Response, ProblemDocument> {
    let next = String::new();
    private_page(&SignInPage { shell: visit.public(), by_link: true, next, refused: None })
}

/// The fields of the form.
#[derive(Deserialize)]
pub(super) struct Token {
    token: String,
    #[serde(default)]
    next: String,
}

/// Signs the admin in by the API token.
pub(super) async fn by_token(
    visit: Visit,
    client: ClientAddress,
    FormBody(form): FormBody<Token>,
) -> Result<Response, ProblemDocument> {
    visit.state.sign_in_rate.check(client)?;
    let next = own_path(&form.next);
    if !is_token(&form.token, &visit.state.settings.api_token_hash) {
        let words = &visit.w().sign_in;
        let mut page = private_page(&SignInPage {
            shell: visit.public(),
            by_link: false,
            next: next.to_owned(),
            refused: Some(words.token_wrong),
        })?;
        *page.status_mut() = StatusCode::FORBIDDEN;
        return Ok(page);
    }
    let admin = admin_user(&visit.state).await?;
    let next = if next.is_empty() { "/desk" } else { next };
    Ok(begin_session(&visit.state, &admin, next).await?)
}

/// Signs in by a one-time link, which is used up thereby.
pub(super) async fn by_link(
    visit: Visit,
    client: ClientAddress,
    Path(token): Path<String>,
) -> Result<Response, ProblemDocument> {
    visit.state.sign_in_rate.check(client)?;
    let user = if token.len() <= TOKEN_LIMIT {
        visit.state.access.take_secret(Secret::SignInLink, token_hash(&token), visit.now).await?
    } else {
        None
    };
    let Some(user) = user else {
        let mut page = private_page(&SignInPage {
            shell: visit.public(),
            by_link: false,
            next: String::new(),
            refused: Some(visit.w().sign_in.link_used),
        })?;
        *page.status_mut() = StatusCode::FORBIDDEN;
        return Ok(page);
    };
    let next = if user.role == Role::Owner { "/board" } else { "/desk" };
    Ok(begin_session(&visit.state, &user, next).await?)
}

async fn begin_session(state: &WebState, user: &User, next: &str) -> Result<Response, StoreError> {
    let token = fresh_token()?;
    let expires_at = state.clock.now() + SESSION_LASTS;
    state.access.add_secret(Secret::Session, token_hash(&token), user.id, expires_at).await?;
    let secure = if state.is_https() { "; Secure" } else { "" };
    let kept = format!(
        "{SESSION_COOKIE}={token}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
        SESSION_LASTS.as_secs()
    );
    let mut response = see(next);
    let value = kept.try_into().ok().map(|value: HeaderValue| (header::SET_COOKIE, value));
    response.headers_mut().extend(value);
    Ok(response)
}

/// Ends the session, here and in the store.
pub(super) async fn out(visit: Visit, headers: HeaderMap) -> Result<Response, ProblemDocument> {
    if let Some(token) = cookie(&headers, SESSION_COOKIE).filter(|t| t.len() <= TOKEN_LIMIT) {
        visit.state.access.take_secret(Secret::Session, token_hash(token), visit.now).await?;
    }
    let mut response = see("/");
    let value = expired_cookie(SESSION_COOKIE).try_into().ok();
    response.headers_mut().extend(value.map(|value: HeaderValue| (header::SET_COOKIE, value)));
    Ok(response)
}

/// A path of this site, or nothing: no link may lead from here to another site.
pub(super) fn own_path(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 500
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours { path } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        assert_eq!(own_path("/desk/feedback?q=1"), "/desk/feedback?q=1");
        for foreign in ["", "desk", "//evil.example", "https://evil.example", "/\\evil", "/\n/x"] {
            assert_eq!(own_path(foreign), "", "{foreign:?}");
        }
    }
}
