//! Errors as RFC 9457 problem documents. On pages the layer of
//! [`crate::pages`] turns the same document into a friendly page.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use mostik_domain::{Language, Refused};
use mostik_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ports::{HandOverError, IntakeError},
    refusal::Refusal,
};

/// What went wrong with a request (RFC 9457 section 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// Which sort of problem, as `urn:mostik:problem:invalid`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The sort of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What to do about it.
    detail: String,
    /// The field or parameter at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
    #[serde(skip)]
    refusal: Option<Refusal>,
}

impl ProblemDocument {
    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            retry_after: None,
            refusal: None,
        }
    }

    /// The named field or parameter does not fit.
    pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "urn:mostik:problem:invalid",
                "The input does not fit",
                detail,
            )
        }
    }

    /// The request as a whole cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "urn:mostik:problem:unreadable",
            "The request cannot be read",
            detail,
        )
    }

    pub(crate) fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:mostik:problem:not-signed-in",
            "Sign in first",
            "send `Authorization: Bearer <token>` or sign in at /sign-in",
        )
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "urn:mostik:problem:forbidden",
            "This is not for you to do",
            detail,
        )
    }

    pub(crate) fn bad_signature() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:mostik:problem:bad-signature",
            "The signature is wrong",
            "the delivery was not signed with the configured secret",
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "urn:mostik:problem:not-found",
            "There is nothing here",
            "the address is wrong, or what was here is gone",
        )
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "urn:mostik:problem:wrong-method",
            "This cannot be done here",
            "the address exists, but not for this method; see /api/openapi.json",
        )
    }

    /// What was asked does not fit how things stand.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "urn:mostik:problem:conflict",
            "This does not fit how things stand",
            detail,
        )
    }

    /// The same, with a sentence for people at a page.
    pub(crate) fn because(self, refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..self }
    }

    /// The sentence for people at a page, if there is one.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(crate) fn too_large(limit: &str) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "urn:mostik:problem:too-large",
            "That is too much",
            format!("the limit is {limit}"),
        )
    }

    pub(crate) fn wrong_type(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "urn:mostik:problem:wrong-type",
            "This media type is not understood",
            format!("send {expected}"),
        )
    }

    /// Understood, and yet cannot be done.
    pub(crate) fn unprocessable(field: &str, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "urn:mostik:problem:unprocessable",
                "This cannot be done",
                detail,
            )
        }
    }

    pub(crate) fn too_many(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "urn:mostik:problem:too-many",
                "Too many requests",
                "please wait as long as Retry-After says",
            )
        }
    }

    pub(crate) fn busy() -> Self {
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "urn:mostik:problem:busy",
                "Busy for a moment",
                "please try again as Retry-After says",
            )
        }
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "urn:mostik:problem:internal",
            "That is our fault",
            "the log of the server says more",
        )
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    #[cfg(test)]
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    #[cfg(test)]
    pub(crate) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl IntoResponse for ProblemDocument {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status(), [(header::CONTENT_TYPE, kind)], body).into_response();
        let headers = response.headers_mut();
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ProblemDocument {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { what } => Self::conflict(format!(
                "{what} was changed by somebody else meanwhile: look at it again"
            ))
            .because(Refusal::ChangedMeanwhile),
            StoreError::NotFound { .. } => Self::not_found(),
            StoreError::Unavailable { ref why } => {
                tracing::warn!(why, "the store is out of reach");
                Self::busy()
            }
            StoreError::LeaseLost { .. } | StoreError::Corrupt { .. } => {
                tracing::error!(%error, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<Refused> for ProblemDocument {
    fn from(refused: Refused) -> Self {
        Self::conflict(refused.to_string())
    }
}

impl From<HandOverError> for ProblemDocument {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Refused(why) => Self::conflict(why),
            HandOverError::Store(error) => error.into(),
        }
    }
}

impl From<IntakeError> for ProblemDocument {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Refused(why) => Self::invalid("text", why),
            IntakeError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for ProblemDocument {
    fn from(refusal: Refusal) -> Self {
        Self::conflict(refusal.words(Language::English)).because(refusal)
    }
}
