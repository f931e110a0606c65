//! Whether an operator takes calls.

use axum::{Json, extract::State};
use jiff::Timestamp;
use mostik_domain::Presence;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    acts::{self, Moment},
    error::ProblemDocument,
    guard::{JsonBody, Operator, QueryOf},
    phone_desk::{in_the_name_of, operators},
    refusal::Refusal,
    state::WebState,
};

/// Whether an operator takes calls.
#[derive(Serialize, ToSchema)]
pub(super) struct PresenceJson {
    operator: String,
    /// `available` or `away`.
    presence: &'static str,
    /// Null when the operator never said anything and counts as available.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The call that the operator is in, as `call_…`.
    call: Option<String>,
}

/// What an operator says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPresence {
    /// `available` or `away`.
    presence: String,
    /// Of whom, when a manager or a program says it for somebody.
    operator: Option<String>,
}

/// Of whom.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PresenceQuery {
    /// The operator's name; without, whoever asks.
    operator: Option<String>,
}

/// Whether an operator takes calls.
#[utoipa::path(
    get,
    path = "/api/v1/presence",
    tag = "phone",
    params(PresenceQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = PresenceJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "no operator has this name",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    Operator(person): Operator,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<PresenceQuery>,
) -> Result<Json<PresenceJson>, ProblemDocument> {
    told(&state, query.operator.as_deref().unwrap_or(&person.name)).await.map(Json)
}

/// An operator takes calls from now on, or does not.
#[utoipa::path(
    put,
    path = "/api/v1/presence",
    tag = "phone",
    request_body = NewPresence,
    security(("token" = [])),
    responses(
        (status = 200, body = PresenceJson),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "no operator has this name",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    Operator(person): Operator,
    State(state): State<WebState>,
    JsonBody(new): JsonBody<NewPresence>,
) -> Result<Json<PresenceJson>, ProblemDocument> {
    let presence: Presence =
        new.presence.parse().map_err(|why: String| ProblemDocument::invalid("presence", why))?;
    let operator = in_the_name_of(&person, new.operator)?;
    told(&state, &operator).await?;
    let moment = Moment::now(&state, &operator);
    state.store.submit(acts::say_presence(&operator, presence, &moment), moment.at).await?;
    told(&state, &operator).await.map(Json)
}

async fn told(state: &WebState, operator: &str) -> Result<PresenceJson, ProblemDocument> {
    let live = state.store.live_calls().await?;
    let all = operators(state, &live).await?;
    let found = all.into_iter().find(|it| it.name == operator);
    let found = found.ok_or(Refusal::NotAnOperator)?;
    let said = state.store.attendance().await?;
    Ok(PresenceJson {
        presence: found.presence.as_str(),
        since: said.iter().find(|it| it.operator == found.name).map(|it| it.since),
        call: found.call.map(|id| id.to_string()),
        operator: found.name,
    })
}
