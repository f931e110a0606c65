use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use mostik_domain::{Role, User, UserId};
use mostik_store::{Secret, StoreError};

use super::{cookie, header_text};
use crate::{
    access::{TOKEN_LIMIT, is_token, token_hash},
    error::ProblemDocument,
    state::WebState,
};

/// The cookie of a browser session.
pub(crate) const SESSION_COOKIE: &str = "mostik_session";
/// The name under which a program with the API token acts.
const API_NAME: &str = "API";

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Shown to colleagues and, in answers, to customers.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
}

impl Person {
    /// Whoever the request's token or session belongs to.
    pub(crate) async fn of(
        headers: &HeaderMap,
        state: &WebState,
    ) -> Result<Option<Self>, StoreError> {
        if headers.contains_key(header::AUTHORIZATION) {
            return Ok(has_api_token(headers, state)
                .then(|| Self { name: API_NAME.to_owned(), role: Role::Admin }));
        }
        let Some(token) = cookie(headers, SESSION_COOKIE).filter(|t| t.len() <= TOKEN_LIMIT) else {
            return Ok(None);
        };
        let user = state
            .access
            .user_by_secret(Secret::Session, token_hash(token), state.clock.now())
            .await?;
        Ok(user.map(|user| Self { name: user.name, role: user.role }))
    }

    pub(crate) fn is_operator(&self) -> bool {
        self.role >= Role::Operator
    }

    pub(crate) fn is_manager(&self) -> bool {
        self.role >= Role::Manager
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.role >= Role::Admin
    }
}

/// Whether the request shows the API token (RFC 6750 section 2.1).
pub(crate) fn has_api_token(headers: &HeaderMap, state: &WebState) -> bool {
    header_text(headers, header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer")
                && is_token(token.trim(), &state.settings.api_token_hash)
        })
}

/// The admin who signs in with the API token: the first one, made when there is none.
pub(crate) async fn admin_user(state: &WebState) -> Result<User, StoreError> {
    let known = state.access.users().await?.into_iter().find(|user| user.role == Role::Admin);
    if let Some(admin) = known {
        return Ok(admin);
    }
    let admin = User {
        id: UserId::new(state.clock.fresh_id()),
        name: "Admin".to_owned(),
        role: Role::Admin,
        created_at: state.clock.now(),
    };
    state.access.save_user(admin.clone()).await?;
    Ok(admin)
}

async fn at_least(role: Role, parts: &Parts, state: &WebState) -> Result<Person, ProblemDocument> {
    let person =
        Person::of(&parts.headers, state).await?.ok_or_else(ProblemDocument::not_signed_in)?;
    if person.role < role {
        return Err(ProblemDocument::forbidden(format!("this needs the role {role} or above")));
    }
    Ok(person)
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Person);

        impl FromRequestParts<WebState> for $name {
            type Rejection = ProblemDocument;

            async fn from_request_parts(
                parts: &mut Parts,
                state: &WebState,
            ) -> Result<Self, Self::Rejection> {
                at_least(Role::$name, parts, state).await.map(Self)
            }
        }
    )*};
}

roles! {
    /// Someone who may see the board and the problems.
    Owner;
    /// Someone who may see customers' words.
    Operator;
    /// Someone who may set stages by hand.
    Manager;
    /// Someone who may add people.
    Admin;
}
