//! Trouble on demand: what real services do to their clients now and then.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One way in which a service fails its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 503; nothing was done.
    Unavailable,
    /// The work **was done**, but the answer is a 502: the client cannot know.
    LostAnswer,
    /// The work was done, and no answer comes as long as the client waits.
    Silence,
    /// The right answer, this late.
    Slow(Duration),
    /// 403 with `Retry-After`: GitHub's secondary rate limit
    /// (<https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>).
    SecondaryRateLimit {
        /// Seconds until the client may ask again.
        retry_after: u32,
    },
    /// 429 with `Retry-After`, as Discord and OpenAI limit.
    TooManyRequests {
        /// Seconds until the client may ask again.
        retry_after: u32,
    },
    /// 401: the token was revoked.
    Unauthorized,
    /// 200 with a body that is not what was asked for: a proxy's page.
    Garbage,
}

/// A fault waiting for its request.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) method: String,
    pub(super) path_part: String,
    pub(super) fault: Fault,
    pub(super) times: usize,
}

impl Planned {
    pub(super) fn is_for(&self, method: &str, path: &str) -> bool {
        self.times > 0 && self.method == method && path.contains(&self.path_part)
    }
}

impl Fault {
    /// The answer given instead of doing the work; `None` when the work is to be done.
    pub(super) fn refusal(self) -> Option<Response> {
        match self {
            Self::Unavailable => Some(plain(StatusCode::SERVICE_UNAVAILABLE, "unavailable")),
            Self::SecondaryRateLimit { retry_after } => Some(limited(
                StatusCode::FORBIDDEN,
                retry_after,
                r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"}"#,
            )),
            Self::TooManyRequests { retry_after } => Some(limited(
                StatusCode::TOO_MANY_REQUESTS,
                retry_after,
                &format!(
                    r#"{{"message":"You are being rate limited.","retry_after":{retry_after},"global":false,"error":{{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}}}"#
                ),
            )),
            Self::Unauthorized => {
                Some(json(StatusCode::UNAUTHORIZED, r#"{"message":"Bad credentials"}"#))
            }
            Self::Garbage => {
                Some(plain(StatusCode::OK, "<html>Please sign in to the network</html>"))
            }
            Self::LostAnswer | Self::Silence | Self::Slow(_) => None,
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html")], text).into_response()
}

fn json(status: StatusCode, text: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text.to_owned()).into_response()
}

fn limited(status: StatusCode, retry_after: u32, text: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    (headers, json(status, text)).into_response()
}
