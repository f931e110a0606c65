//! The HTTP transport under the client: answers no larger than a transcript can be.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::{Client, Response};
use tower_service::Service;

/// Half an hour of speech with every word's details stays far below this.
const LARGEST_ANSWER: usize = 4 << 20;

/// Sends requests once and reads bounded answers.
#[derive(Clone)]
pub(super) struct BoundedTransport {
    client: Client,
}

/// The answer is larger than a transcript can be.
#[derive(Debug, thiserror::Error)]
#[error("its answer is too large")]
pub(super) struct Oversized;

impl BoundedTransport {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
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
        let client = self.client.clone();
        Box::pin(async move {
            let response = client.execute(factory.build().await?).await?;
            bounded(response).await
        })
    }
}

async fn bounded(mut response: Response) -> Result<Response, OpenAIError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(OpenAIError::Boxed(Box::new(Oversized)));
        }
        body.extend_from_slice(&chunk);
    }
    let mut whole = ::http::Response::new(reqwest::Body::from(body));
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    Ok(whole.into())
}
