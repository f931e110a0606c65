use axum::{
    Json,
    extract::{Path, State},
};
use jiff::Timestamp;
use mostik_domain::{AcceptanceSignal, Problem};
use mostik_store::{ProblemCard, ProblemDetails, ProblemFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    feedback_shape::IssueJson,
    listing::{Listed, id_in_path, page_request, parameter},
};
use crate::{
    error::ProblemDocument,
    guard::{Owner, QueryOf},
    state::WebState,
};

/// Names of the states.
pub(crate) const STATES: [&str; 3] = ["open", "fixed", "declined"];

/// Which problems to list; every parameter narrows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProblemQuery {
    /// `open`, `fixed` or `declined`.
    pub(crate) state: Option<String>,
    /// As `delivery`.
    pub(crate) root_cause: Option<String>,
    /// As `logistics`.
    pub(crate) owner_team: Option<String>,
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

impl ProblemQuery {
    /// The filter that the parameters mean.
    pub(crate) fn filter(&self) -> Result<ProblemFilter, ProblemDocument> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let state = text(&self.state);
        if state.as_ref().is_some_and(|state| !STATES.contains(&state.as_str())) {
            return Err(ProblemDocument::invalid("state", "expected open, fixed or declined"));
        }
        Ok(ProblemFilter {
            state,
            root_cause: parameter("root_cause", self.root_cause.as_deref(), "a root cause")?,
            owner_team: text(&self.owner_team),
        })
    }
}

/// Many feedbacks about the same thing.
#[derive(Serialize, ToSchema)]
pub(super) struct ProblemJson {
    /// As `pr_…`.
    id: String,
    /// One line without personal data.
    title: String,
    /// `open`, `fixed` or `declined`.
    state: &'static str,
    root_cause: String,
    owner_team: String,
    feedback_count: u64,
    /// How many different customers.
    customers: u64,
    /// What it costs the company; null while nobody counts it.
    cost: Option<f64>,
    issue: Option<IssueJson>,
    acceptance: AcceptanceJson,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
}

/// How far the owner team has come.
#[derive(Serialize, ToSchema)]
struct AcceptanceJson {
    /// `none`, `anger`, `denial`, `comprehension`, `acceptance` or `evangelism`.
    stage: &'static str,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The evidence, oldest first; null in a list.
    signals: Option<Vec<SignalJson>>,
}

/// One piece of evidence.
#[derive(Serialize, ToSchema)]
struct SignalJson {
    stage: &'static str,
    /// `comment`, `label`, `label_removed`, `assignment`, `milestone`,
    /// `linked_change`, `work_started`, `closed`, `reopened`, `locked` or `set_by_hand`.
    kind: &'static str,
    /// The comment, the label, the reason.
    quote: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    url: Option<String>,
}

impl ProblemJson {
    fn new(card: ProblemCard, signals: Option<&[AcceptanceSignal]>) -> Self {
        let Problem { id, root_cause, owner_team, title, state, .. } = card.problem;
        Self {
            id: id.to_string(),
            title,
            state: state.as_str(),
            root_cause: root_cause.to_string(),
            owner_team,
            feedback_count: card.feedback_count,
            customers: card.customers,
            cost: None,
            issue: card.issue.map(IssueJson::from),
            acceptance: AcceptanceJson {
                stage: card.problem.stage.as_str(),
                since: card.problem.stage_since,
                signals: signals.map(|all| all.iter().map(SignalJson::from).collect()),
            },
            opened_at: card.problem.opened_at,
        }
    }
}

impl From<&AcceptanceSignal> for SignalJson {
    fn from(signal: &AcceptanceSignal) -> Self {
        Self {
            stage: signal.stage.as_str(),
            kind: signal.kind.as_str(),
            quote: Some(signal.quote.reveal().to_owned()).filter(|quote| !quote.is_empty()),
            at: signal.at,
            url: signal.url.clone(),
        }
    }
}

/// Lists problems, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/problems",
    tag = "problems",
    params(ProblemQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = Listed<ProblemJson>),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    _: Owner,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<ProblemQuery>,
) -> Result<Json<Listed<ProblemJson>>, ProblemDocument> {
    let filter = query.filter()?;
    let request = page_request(query.limit.as_deref(), query.after)?;
    let page = state.store.problem_page(&filter, &request).await?;
    Ok(Json(Listed::of(page, |card| ProblemJson::new(card, None))))
}

/// A problem with its evidence.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}",
    tag = "problems",
    params(("id" = String, Path, description = "as pr_…")),
    security(("token" = [])),
    responses(
        (status = 200, body = ProblemJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    _: Owner,
    State(state): State<WebState>,
    Path(id): Path<String>,
) -> Result<Json<ProblemJson>, ProblemDocument> {
    let found = state.store.problem_details(id_in_path(&id)?).await?;
    let ProblemDetails { card, signals, .. } = found.ok_or_else(ProblemDocument::not_found)?;
    Ok(Json(ProblemJson::new(card, Some(&signals))))
}
