use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use jiff::Timestamp;
use mostik_domain::Step;
use mostik_store::{JobFilter, JobRecord, JobState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::listing::{Listed, id_in_path, page_request};
use crate::{
    error::ProblemDocument,
    guard::{Operator, QueryOf},
    state::WebState,
};

/// Which jobs to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobQuery {
    /// `ready`, `leased`, `done` or `dead`.
    state: Option<String>,
    /// As `transcribe`.
    step: Option<String>,
    /// 1 to 200, usually 50.
    limit: Option<String>,
    /// The `next` of the page before.
    #[serde(alias = "cursor")]
    after: Option<String>,
}

/// One unit of work.
#[derive(Serialize, ToSchema)]
pub(super) struct JobJson {
    /// As `job_…`.
    id: String,
    /// As `transcribe`.
    step: &'static str,
    /// What it is about, as `fb_…`.
    about: String,
    /// `ready`, `leased`, `done` or `dead`.
    state: &'static str,
    attempts: u32,
    /// Not before.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// Why the last attempt failed.
    last_error: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<JobRecord> for JobJson {
    fn from(record: JobRecord) -> Self {
        Self {
            id: record.id.to_string(),
            step: record.job.step().as_str(),
            about: record.job.lane(),
            state: record.state.as_str(),
            attempts: record.attempts,
            run_at: record.run_at,
            last_error: record.last_error,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

fn filter(query: &JobQuery) -> Result<JobFilter, ProblemDocument> {
    let state = match query.state.as_deref() {
        None => None,
        Some(name) => {
            let known = JobState::ALL.into_iter().find(|state| state.as_str() == name);
            Some(known.ok_or_else(|| {
                ProblemDocument::invalid("state", "expected ready, leased, done or dead")
            })?)
        }
    };
    let step = match query.step.as_deref() {
        None => None,
        Some(name) => {
            let known = Step::ALL.into_iter().find(|step| step.as_str() == name);
            Some(known.ok_or_else(|| {
                let names = Step::ALL.map(Step::as_str).join(", ");
                ProblemDocument::invalid("step", format!("expected one of {names}"))
            })?)
        }
    };
    Ok(JobFilter { state, step })
}

/// Lists jobs, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "jobs",
    params(JobQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = Listed<JobJson>),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    _: Operator,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<JobQuery>,
) -> Result<Json<Listed<JobJson>>, ProblemDocument> {
    let filter = filter(&query)?;
    let request = page_request(query.limit.as_deref(), query.after)?;
    let page = state.store.job_page(&filter, &request).await?;
    Ok(Json(Listed::of(page, JobJson::from)))
}

/// Makes a dead job ready again.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{id}/run-again",
    tag = "jobs",
    params(("id" = String, Path, description = "as job_…")),
    security(("token" = [])),
    responses(
        (status = 202, description = "it is ready"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn run_again(
    _: Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ProblemDocument> {
    state.store.run_again(id_in_path(&id)?, state.clock.now()).await?;
    Ok(StatusCode::ACCEPTED)
}
