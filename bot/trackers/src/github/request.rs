//! One exchange with GitHub: bounded in time and size, its refusals understood.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Timestamp;
use octocrab::Octocrab;
use serde_json::Value;

use super::failure::{self, Hints, Refused, refusal};
use crate::TrackerError;

/// Longer than this no single answer takes.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(20);

/// A page of a hundred issues with the longest bodies GitHub allows is about 26 MB.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// Nothing that is asked here has more; without a bound a loop of links would never end.
const MOST_PAGES: usize = 50;

/// GitHub, as one of its users or installations.
#[derive(Debug, Clone)]
pub(super) struct Client(pub(super) Octocrab);

/// A good answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) value: Value,
    /// GitHub's clock.
    pub(super) date: Option<Timestamp>,
    /// The query of the next page.
    next: Option<String>,
}

/// How far a list was read.
#[derive(Debug)]
pub(super) struct Read {
    /// False when it was longer than the bound or the reader had enough.
    pub(super) complete: bool,
    /// GitHub's clock before the first page.
    pub(super) date: Option<Timestamp>,
}

impl Client {
    pub(super) async fn get(&self, route: &str, query: &str) -> Result<Answer, TrackerError> {
        let uri = if query.is_empty() { route.to_owned() } else { format!("{route}?{query}") };
        Ok(exchange(self.0._get(uri)).await?)
    }

    pub(super) async fn try_post(&self, route: &str, body: &Value) -> Result<Answer, Refused> {
        exchange(self.0._post(route, Some(body))).await
    }

    pub(super) async fn post(&self, route: &str, body: &Value) -> Result<Answer, TrackerError> {
        Ok(self.try_post(route, body).await?)
    }

    pub(super) async fn patch(&self, route: &str, body: &Value) -> Result<Answer, TrackerError> {
        Ok(exchange(self.0._patch(route, Some(body))).await?)
    }

    /// Reads a list page by page, as long as `wants_more` says so.
    pub(super) async fn pages(
        &self,
        route: &str,
        query: &str,
        mut wants_more: impl FnMut(&Value) -> bool,
    ) -> Result<Read, TrackerError> {
        let (mut query, mut date) = (query.to_owned(), None);
        for _ in 0..MOST_PAGES {
            let page = self.get(route, &query).await?;
            if !page.value.is_array() {
                return Err(failure::unreadable("a list"));
            }
            date = date.or(page.date);
            if !wants_more(&page.value) {
                return Ok(Read { complete: false, date });
            }
            match page.next {
                Some(next) => query = next,
                None => return Ok(Read { complete: true, date }),
            }
        }
        Ok(Read { complete: false, date })
    }
}

async fn exchange<B>(
    call: impl Future<Output = octocrab::Result<http::Response<B>>>,
) -> Result<Answer, Refused>
where
    B: BodyExt,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let exchange = async {
        let response = call.await.map_err(|error| not_sent(&error))?;
        let (parts, body) = response.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
        let (status, hints) = (parts.status, Hints::read(header));
        let next = header("link").and_then(next_query);
        let value = read(body).await;
        if !status.is_success() {
            return Err(refusal(status.as_u16(), &hints, &value.unwrap_or_default()));
        }
        Ok(Answer { value: value.map_err(Refused::Other)?, date: hints.date, next })
    };
    // Boxed: octocrab's futures take 17 kB each.
    tokio::time::timeout(LONGEST_EXCHANGE, Box::pin(exchange))
        .await
        .unwrap_or_else(|_| Err(Refused::Other(failure::slow(LONGEST_EXCHANGE))))
}

async fn read<B>(body: B) -> Result<Value, TrackerError>
where
    B: BodyExt,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            failure::unreadable("an answer of at most 32 MiB")
        } else {
            failure::unreachable()
        }
    })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|_| failure::unreadable("JSON"))
}

/// What went wrong before there was an answer; for an App that includes being refused a token.
fn not_sent(error: &octocrab::Error) -> Refused {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let header = |name: &str| source.headers.as_ref()?.get(name)?.to_str().ok();
            let body = serde_json::json!({ "message": source.message });
            refusal(source.status_code.as_u16(), &Hints::read(header), &body)
        }
        octocrab::Error::JWT { .. } => Refused::Other(TrackerError::GiveUp {
            why: "the App's key cannot sign: set [github] app_private_key to the RSA key (PEM) \
                  that GitHub gave"
                .to_owned(),
        }),
        octocrab::Error::Serde { .. } | octocrab::Error::Json { .. } => {
            Refused::Other(failure::unreadable("a token"))
        }
        _ => Refused::Other(failure::unreachable()),
    }
}

/// The query of the link named `next`
/// (<https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>). Only
/// the query is taken: the next page is asked of the same place, whatever the link says.
fn next_query(link: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = next.trim().strip_prefix('<')?.split('>').next()?;
    url.split_once('?').map(|(_, query)| query.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_of_the_same_place() {
        let link = r#"<http://evil.example/x?page=1>; rel="prev", <http://evil.example/x?after=Y&page=3>; rel="next""#;
        assert_eq!(next_query(link).as_deref(), Some("after=Y&page=3"));
        for none in
            ["", r#"<http://a/x?page=1>; rel="last""#, r#"rel="next""#, r#"<x>; rel="next""#]
        {
            assert_eq!(next_query(none), None, "{none}");
        }
    }
}
