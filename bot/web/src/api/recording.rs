use std::ops::RangeInclusive;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use mostik_domain::CallId;
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::listing::id_in_path;
use crate::{
    error::ProblemDocument,
    guard::{Operator, header_text},
    state::WebState,
};

/// What was said, as WAV; `Range: bytes=…` gives a part.
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}/recording",
    tag = "calls",
    params(
        ("id" = String, Path, description = "as call_…"),
        ("Range" = Option<String>, Header, description = "as bytes=0-1023 (RFC 9110 section 14)"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "all of it", content_type = "audio/wav"),
        (status = 206, description = "the part asked for", content_type = "audio/wav"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 416, description = "the part lies outside"),
    )
)]
pub(super) async fn recording(
    _: Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ProblemDocument> {
    serve_recording(&state, id_in_path(&id)?, &headers).await
}

/// The audio of a call, or the part of it that was asked for.
pub(crate) async fn serve_recording(
    state: &WebState,
    id: CallId,
    headers: &HeaderMap,
) -> Result<Response, ProblemDocument> {
    let call = state.store.call(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let file = call.recording.ok_or_else(ProblemDocument::not_found)?.file;
    let unreadable = |error: std::io::Error| {
        tracing::error!(call = %id, %error, "a recording cannot be read");
        ProblemDocument::internal()
    };
    let size = state.recordings.size(&file).await.map_err(unreadable)?;
    let size = size.ok_or_else(ProblemDocument::not_found)?;
    let (status, part) = match asked_part(header_text(headers, "range"), size) {
        Part::All => (StatusCode::OK, 0..=size.saturating_sub(1)),
        Part::Some(part) => (StatusCode::PARTIAL_CONTENT, part),
        Part::Outside => return Ok(outside(size)),
    };
    let length = if size == 0 { 0 } else { part.end() - part.start() + 1 };
    let audio = state.recordings.read_from(&file, *part.start()).await.map_err(unreadable)?;
    let mut response =
        (status, Body::from_stream(ReaderStream::new(audio.take(length)))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{size}", part.start(), part.end());
        headers.extend(range.try_into().ok().map(|value| (header::CONTENT_RANGE, value)));
    }
    Ok(response)
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    All,
    Some(RangeInclusive<u64>),
    Outside,
}

/// One range of bytes; anything else that is not understood means all
/// (RFC 9110 section 14.2: a server may ignore the field).
fn asked_part(range: Option<&str>, size: u64) -> Part {
    let Some((first, last)) =
        range.and_then(|range| range.strip_prefix("bytes=")).and_then(|spec| spec.split_once('-'))
    else {
        return Part::All;
    };
    let part = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..=last.min(size.saturating_sub(1)),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..=size.saturating_sub(1),
        (Err(_), Ok(suffix)) if first.trim().is_empty() => {
            if suffix == 0 {
                return Part::Outside;
            }
            size.saturating_sub(suffix)..=size.saturating_sub(1)
        }
        _ => return Part::All,
    };
    if *part.start() >= size { Part::Outside } else { Part::Some(part) }
}

fn outside(size: u64) -> Response {
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{size}"))])
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_the_standard_says() {
        for (range, expected) in [
            (None, Part::All),
            (Some("bytes=0-"), Part::Some(0..=99)),
            (Some("bytes=10-19"), Part::Some(10..=19)),
            (Some("bytes=90-500"), Part::Some(90..=99)),
            (Some("bytes=-10"), Part::Some(90..=99)),
            (Some("bytes=-500"), Part::Some(0..=99)),
            (Some("bytes=100-"), Part::Outside),
            (Some("bytes=-0"), Part::Outside),
            (Some("bytes=20-10"), Part::All),
            (Some("bytes=0-1,5-6"), Part::All),
            (Some("bytes=99999999999999999999-"), Part::All),
            (Some("items=0-1"), Part::All),
            (Some("bytes=-"), Part::All),
        ] {
            assert_eq!(asked_part(range, 100), expected, "{range:?}");
        }
        assert_eq!(asked_part(Some("bytes=0-"), 0), Part::Outside);
    }
}
