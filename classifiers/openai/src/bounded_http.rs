//! The transport under async-openai: answers of a bounded size, and errors
//! that say nothing of what was asked.

use std::{
    pin::Pin,
    sync::Once,
    task::{Context, Poll},
    time::Duration,
};

use async_openai::{error::OpenAIError, middleware::HttpRequestFactory};
use reqwest::{Client, Response};

/// A classification is a few hundred bytes; a server that sends more than
/// this is not one of ours.
const MOST_BYTES: usize = 262_144;

/// An answer that is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoUse {
    /// The body of an error may repeat the question; only the status is kept.
    #[error("the server answered {status}")]
    Status { status: reqwest::StatusCode, retry_after: Option<Duration> },
    #[error("the answer is larger than {MOST_BYTES} bytes")]
    TooLarge,
}

impl NoUse {
    /// Whether the same question may be answered a moment later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Status { status, .. } => status.is_server_error() || status.as_u16() == 429,
            Self::TooLarge => false,
        }
    }

    /// How long the server asks to be left alone (RFC 9110, 10.2.3, in seconds;
    /// a date is passed over).
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::TooLarge => None,
        }
    }
}

/// Sends a request and reads its answer up to the limit.
#[derive(Clone)]
pub(crate) struct BoundedHttp {
    client: Client,
}

impl BoundedHttp {
    pub(crate) fn new() -> Result<Self, String> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Somebody else may have chosen one; then it is theirs.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Client::builder()
            .user_agent(concat!("mostik/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the question to somebody we do not know.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client })
    }
}

impl tower::Service<HttpRequestFactory> for BoundedHttp {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let client = self.client.clone();
        Box::pin(async move {
            let request = request.build().await?;
            let response = client.execute(request).await.map_err(OpenAIError::Reqwest)?;
            read_bounded(response).await
        })
    }
}

async fn read_bounded(mut response: Response) -> Result<Response, OpenAIError> {
    let status = response.status();
    if !status.is_success() {
        let told = response.headers().get(reqwest::header::RETRY_AFTER);
        let seconds = told.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        return Err(OpenAIError::Boxed(NoUse::Status { status, retry_after }.into()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(OpenAIError::Reqwest)? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(OpenAIError::Boxed(NoUse::TooLarge.into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Response::from(http::Response::new(bytes)))
}
