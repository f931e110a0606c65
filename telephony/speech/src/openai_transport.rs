//! The HTTP transport under OpenAI's client: sends once, reads bounded answers, sorts failures.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::{Client, Response};
use tower_service::Service;

use crate::http;

/// Sends requests once and reads bounded answers.
#[derive(Clone)]
pub(crate) struct BoundedTransport {
    client: Client,
    largest_answer: usize,
}

/// The answer is larger than it can be.
#[derive(Debug, thiserror::Error)]
#[error("its answer is too large")]
struct Oversized;

impl BoundedTransport {
    /// Answers of more than `largest_answer` bytes are refused.
    pub(crate) fn new(client: Client, largest_answer: usize) -> Self {
        Self { client, largest_answer }
    }
}

impl Service<HttpRequestFactory> for BoundedTransport {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let Self { client, largest_answer } = self.clone();
        Box::pin(async move {
            let response = client.execute(factory.build().await?).await?;
            bounded(response, largest_answer).await
        })
    }
}

async fn bounded(mut response: Response, largest: usize) -> Result<Response, OpenAIError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > largest {
            return Err(OpenAIError::Boxed(Box::new(Oversized)));
        }
        body.extend_from_slice(&chunk);
    }
    let mut whole = ::http::Response::new(reqwest::Body::from(body));
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    Ok(whole.into())
}

/// What an error of the client means for a second attempt.
pub(crate) enum Failure {
    /// It may answer later.
    Passing(String),
    /// Asking again will not help.
    Lasting(String),
    /// The request could not even be made.
    Unsendable,
}

impl Failure {
    /// Sorts errors into those that pass and those that stay. What a server says is not repeated:
    /// it may quote the request.
    pub(crate) fn of(error: &OpenAIError) -> Self {
        match error {
            OpenAIError::ApiError(answer) => {
                let status = answer.status_code;
                let passing =
                    status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 429);
                let reason = format!("status {status}");
                if passing { Self::Passing(reason) } else { Self::Lasting(reason) }
            }
            OpenAIError::Reqwest(error) => Self::Passing(http::reason(error)),
            OpenAIError::Boxed(error) if error.is::<Oversized>() => {
                Self::Lasting(error.to_string())
            }
            OpenAIError::JSONDeserialize(..) => {
                Self::Lasting("an error that is not OpenAI's".into())
            }
            _ => Self::Unsendable,
        }
    }
}
