use axum::{
    Json,
    extract::{Path, State},
};
use mostik_domain::{Channel, MessageKind};
use mostik_store::FeedbackFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    feedback_shape::{FeedbackDetailsJson, FeedbackJson},
    listing::{Listed, id_in_path, page_request, parameter},
};
use crate::{
    error::ProblemDocument,
    guard::{Operator, QueryOf},
    likely::likely_problems,
    state::WebState,
};

/// Names of the states, in the order of the picture.
pub(crate) const STATES: [&str; 9] = [
    "needs_review",
    "captured",
    "transcribed",
    "classified",
    "answered",
    "routed",
    "filed",
    "resolved",
    "declined",
];

/// Characters that may be searched for.
const SEARCH: usize = 200;

/// Which feedbacks to list; every parameter narrows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedbackQuery {
    /// As `needs_review`.
    pub(crate) state: Option<String>,
    /// As `delivery`.
    pub(crate) root_cause: Option<String>,
    /// As `logistics`.
    pub(crate) owner_team: Option<String>,
    /// As `cu_…`.
    pub(crate) customer: Option<String>,
    /// As `phone`.
    pub(crate) channel: Option<String>,
    /// What the customer wants, as `thanks`.
    pub(crate) kind: Option<String>,
    /// `urgency`: the most urgent first, of those the longest waiting;
    /// otherwise the newest first.
    pub(crate) sort: Option<String>,
    /// Captured at or after: RFC 3339, or a date for its beginning in UTC.
    pub(crate) from: Option<String>,
    /// Captured before.
    pub(crate) to: Option<String>,
    /// In the words or the reference, in either case.
    pub(crate) q: Option<String>,
    /// 1 to 200, usually 50.
    pub(crate) limit: Option<String>,
    /// The `next` of the page before.
    #[serde(alias = "cursor")]
    pub(crate) after: Option<String>,
    /// The language of a page; means nothing here.
    #[param(ignore)]
    #[serde(rename = "lang")]
    _lang: Option<String>,
}

impl FeedbackQuery {
    /// The filter that the parameters mean.
    pub(crate) fn filter(&self) -> Result<FeedbackFilter, ProblemDocument> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let state = text(&self.state);
        if state.as_ref().is_some_and(|state| !STATES.contains(&state.as_str())) {
            let expected = format!("expected one of {}", STATES.join(", "));
            return Err(ProblemDocument::invalid("state", expected));
        }
        let q = text(&self.q);
        if q.as_ref().is_some_and(|q| q.chars().count() > SEARCH) {
            let limit = format!("at most {SEARCH} characters can be searched for");
            return Err(ProblemDocument::invalid("q", limit));
        }
        Ok(FeedbackFilter {
            state,
            root_cause: parameter("root_cause", self.root_cause.as_deref(), "a root cause")?,
            owner_team: text(&self.owner_team),
            customer: parameter("customer", self.customer.as_deref(), "an id as cu_…")?,
            channel: parameter::<Channel>(
                "channel",
                self.channel.as_deref(),
                "phone, discord, telegram, email or web",
            )?,
            kind: parameter::<MessageKind>("kind", self.kind.as_deref(), "a kind as question")?,
            by_urgency: by_urgency(self.sort.as_deref())?,
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            q,
        })
    }
}

fn by_urgency(sort: Option<&str>) -> Result<bool, ProblemDocument> {
    match sort.map(str::trim) {
        None | Some("" | "newest") => Ok(false),
        Some("urgency") => Ok(true),
        Some(_) => Err(ProblemDocument::invalid("sort", "expected newest or urgency")),
    }
}

/// A moment, or the beginning of a day in UTC.
fn moment(name: &str, text: Option<&str>) -> Result<Option<jiff::Timestamp>, ProblemDocument> {
    let expected = "a time as 2026-11-21T10:00:00Z or a date as 2026-11-21";
    match text.map(str::trim) {
        Some(day) if day.len() == 10 => {
            parameter(name, Some(&format!("{day}T00:00:00Z")), expected)
        }
        other => parameter(name, other, expected),
    }
}

/// Lists feedbacks, newest first, or by `sort=urgency` the most urgent first.
#[utoipa::path(
    get,
    path = "/api/v1/feedback",
    tag = "feedback",
    params(FeedbackQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = Listed<FeedbackJson>),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    _: Operator,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<FeedbackQuery>,
) -> Result<Json<Listed<FeedbackJson>>, ProblemDocument> {
    let filter = query.filter()?;
    let request = page_request(query.limit.as_deref(), query.after)?;
    let page = state.store.feedback_page(&filter, &request).await?;
    Ok(Json(Listed::of(page, FeedbackJson::from)))
}

/// Everything about one feedback.
#[utoipa::path(
    get,
    path = "/api/v1/feedback/{id}",
    tag = "feedback",
    params(("id" = String, Path, description = "as fb_…")),
    security(("token" = [])),
    responses(
        (status = 200, body = FeedbackDetailsJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    _: Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
) -> Result<Json<FeedbackDetailsJson>, ProblemDocument> {
    let found = state.store.feedback_details(id_in_path(&id)?).await?;
    let details = found.ok_or_else(ProblemDocument::not_found)?;
    let likely = likely_problems(&state, &details).await;
    Ok(Json(FeedbackDetailsJson::new(details, likely)))
}
