use axum::{
    body::Bytes,
    extract::{
        Form, FromRequest, FromRequestParts, Query, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::error::ProblemDocument;

/// A JSON body whose every fault is told with the name of the field.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ProblemDocument;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if !is_json(request.headers()) {
            return Err(ProblemDocument::wrong_type("application/json"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| unbuffered(&error))?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let why = error.into_inner();
            if why.is_data() {
                ProblemDocument::invalid(&path, why.to_string())
            } else {
                ProblemDocument::unreadable(format!("the body is not JSON: {why}"))
            }
        })?;
        json.end().map_err(|why| {
            ProblemDocument::unreadable(format!("the body is not one JSON value: {why}"))
        })?;
        Ok(Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase())
        .is_some_and(|kind| {
            kind == "application/json"
                || (kind.starts_with("application/") && kind.ends_with("+json"))
        })
}

fn unbuffered(error: &BytesRejection) -> ProblemDocument {
    match error {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ProblemDocument::too_large("64 KiB of JSON, 2 MiB of a webhook")
        }
        other => ProblemDocument::unreadable(other.to_string()),
    }
}

/// The fields of a submitted form.
pub(crate) struct FormBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = ProblemDocument;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        match Form::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(error) => Err(match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ProblemDocument::too_large("256 KiB"),
                StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                    ProblemDocument::wrong_type("application/x-www-form-urlencoded")
                }
                _ => ProblemDocument::unreadable(error.body_text()),
            }),
        }
    }
}

/// The parameters of a query; an unknown one is refused by the type's own serde rule.
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ProblemDocument;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(ProblemDocument::unreadable(error.body_text())),
        }
    }
}

/// A raw body, within the limit of its route.
pub(crate) async fn raw(request: Request) -> Result<Bytes, ProblemDocument> {
    Bytes::from_request(request, &()).await.map_err(|error| unbuffered(&error))
}
