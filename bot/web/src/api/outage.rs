//! What callers are told before anything else.

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use mostik_domain::Outage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    acts::{self, Moment, WantedOutage},
    error::ProblemDocument,
    guard::{JsonBody, Operator, QueryOf},
    state::WebState,
};

/// An announcement to callers.
#[derive(Serialize, ToSchema)]
pub(super) struct OutageJson {
    /// The line on which it is told; null for every line.
    line: Option<String>,
    texts: SpokenTexts,
    set_by: String,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it stops by itself; null until it is cleared.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// What callers hear where a voice is configured; empty for the shipped sentence.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpokenTexts {
    /// At most 500 characters.
    #[serde(default)]
    ru: String,
    /// At most 500 characters.
    #[serde(default)]
    en: String,
}

/// What is to be announced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOutage {
    /// The line; null for every line.
    line: Option<String>,
    #[serde(default)]
    texts: SpokenTexts,
    /// In the future; null until it is cleared.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// Which announcement.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OutageQuery {
    /// The line; without, that of every line.
    line: Option<String>,
}

impl From<Outage> for OutageJson {
    fn from(outage: Outage) -> Self {
        let Outage { line, texts, set_by, since, until } = outage;
        let texts = SpokenTexts {
            ru: texts.russian.reveal().to_owned(),
            en: texts.english.reveal().to_owned(),
        };
        Self { line, texts, set_by, since, until }
    }
}

/// Announces an outage, in place of what was announced on that line.
#[utoipa::path(
    put,
    path = "/api/v1/outage",
    tag = "phone",
    request_body = NewOutage,
    security(("token" = [])),
    responses(
        (status = 204, description = "callers hear of it from now on"),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set(
    Operator(person): Operator,
    State(state): State<WebState>,
    JsonBody(new): JsonBody<NewOutage>,
) -> Result<StatusCode, ProblemDocument> {
    let moment = Moment::now(&state, &person.name);
    let wanted = WantedOutage {
        line: new.line.as_deref(),
        russian: &new.texts.ru,
        english: &new.texts.en,
        until: new.until,
    };
    let decision = acts::set_outage(&wanted, &state.settings.lines, &moment)?;
    state.store.submit(decision, moment.at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Clears an announcement; one that is not there is cleared already.
#[utoipa::path(
    delete,
    path = "/api/v1/outage",
    tag = "phone",
    params(OutageQuery),
    security(("token" = [])),
    responses(
        (status = 204, description = "callers hear of it no more"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn clear(
    _: Operator,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<OutageQuery>,
) -> Result<StatusCode, ProblemDocument> {
    let line = query.line.filter(|line| !line.is_empty());
    state.store.submit(acts::clear_outage(line), state.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is announced.
#[utoipa::path(
    get,
    path = "/api/v1/outage",
    tag = "phone",
    security(("token" = [])),
    responses(
        (status = 200, body = Vec<OutageJson>),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    _: Operator,
    State(state): State<WebState>,
) -> Result<Json<Vec<OutageJson>>, ProblemDocument> {
    let all = state.store.outages().await?;
    Ok(Json(all.into_iter().map(OutageJson::from).collect()))
}
