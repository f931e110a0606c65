//! How often people name the cause that the model had named.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use jiff::Span;
use mostik_domain::agreement::{ConfusedCause, Judgement, WeekOfJudgements, by_week, monday};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::ProblemDocument,
    guard::{Manager, QueryOf},
    state::WebState,
};

/// Weeks that are shown when nothing else is asked.
const USUAL: u8 = 8;
/// Weeks at most.
const MOST: u8 = 52;
/// Judgements that are read at most, the newest.
const JUDGEMENTS: u32 = 20_000;

/// How far back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgreementQuery {
    /// 1 to 52, usually 8.
    pub(crate) weeks: Option<String>,
    /// The language of a page; means nothing here.
    #[param(ignore)]
    #[serde(rename = "lang")]
    _lang: Option<String>,
}

impl AgreementQuery {
    /// The number that was asked for.
    pub(crate) fn weeks(&self) -> Result<u8, ProblemDocument> {
        match self.weeks.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => Ok(USUAL),
            Some(text) => text
                .parse()
                .ok()
                .filter(|weeks| (1..=MOST).contains(weeks))
                .ok_or_else(|| ProblemDocument::invalid("weeks", format!("use 1 to {MOST}"))),
        }
    }
}

/// What people and the model named, week by week.
pub(crate) struct Agreement {
    /// The newest first.
    pub(crate) weeks: Vec<WeekOfJudgements>,
    /// There were more judgements than are read.
    pub(crate) cut: bool,
}

/// Reads so many weeks, this one included.
pub(crate) async fn agreement(state: &WebState, weeks: u8) -> Result<Agreement, ProblemDocument> {
    let this_monday = monday(&state.hours, state.clock.now());
    let back = Span::new().weeks(i64::from(weeks) - 1);
    let zone = state.hours.local(state.clock.now()).time_zone().clone();
    let since = this_monday
        .checked_sub(back)
        .and_then(|day| day.to_zoned(zone))
        .map_err(|_| ProblemDocument::invalid("weeks", "this is too long ago"))?
        .timestamp();
    let found: Vec<Judgement> = state.store.judgements(since, JUDGEMENTS).await?;
    let cut = u32::try_from(found.len()).is_ok_and(|read| read >= JUDGEMENTS);
    Ok(Agreement { weeks: by_week(&found, &state.hours), cut })
}

/// The weeks in which somebody named a cause, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AgreementJson {
    items: Vec<WeekJson>,
    /// True when only the newest judgements of the time were read.
    cut: bool,
}

/// One week.
#[derive(Serialize, ToSchema)]
struct WeekJson {
    /// Its Monday, as 2026-11-16.
    week: String,
    /// How many causes people named after the model had named one.
    named: u64,
    /// How many of them were the model's.
    agreed: u64,
    /// How many of them customers named.
    by_customers: u64,
    causes: Vec<ConfusedJson>,
}

/// One cause that the model had named.
#[derive(Serialize, ToSchema)]
struct ConfusedJson {
    /// What the model had said.
    said: String,
    /// How often people judged that.
    named: u64,
    /// How often they agreed.
    agreed: u64,
    /// What they named instead, the most frequent first.
    instead: Vec<InsteadJson>,
}

/// Another cause.
#[derive(Serialize, ToSchema)]
struct InsteadJson {
    root_cause: String,
    count: u64,
}

/// People and the model, week by week; as CSV when that is asked for.
#[utoipa::path(
    get,
    path = "/api/v1/reports/agreement",
    tag = "reports",
    params(AgreementQuery),
    security(("token" = [])),
    responses(
        (status = 200, description = "JSON, or CSV by Accept", body = AgreementJson),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn report(
    _: Manager,
    State(state): State<WebState>,
    headers: HeaderMap,
    QueryOf(query): QueryOf<AgreementQuery>,
) -> Result<Response, ProblemDocument> {
    let found = agreement(&state, query.weeks()?).await?;
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.trim_start().starts_with("text/csv")) {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, csv(&found)).into_response());
    }
    let items = found.weeks.iter().map(WeekJson::from).collect();
    Ok(Json(AgreementJson { items, cut: found.cut }).into_response())
}

/// A line for each pair of causes. Names of causes hold neither comma nor quote.
fn csv(found: &Agreement) -> String {
    let mut lines = "week,said,named,count\r\n".to_owned();
    for week in &found.weeks {
        for cause in &week.causes {
            let agreed = (&cause.said, cause.agreed);
            let instead = cause.instead.iter().map(|(cause, count)| (cause, *count));
            for (named, count) in std::iter::once(agreed).chain(instead).filter(|(_, n)| *n > 0) {
                lines.push_str(
                    &[
                        week.monday.to_string(),
                        cause.said.to_string(),
                        named.to_string(),
                        count.to_string(),
                    ]
                    .join(","),
                );
                lines.push_str("\r\n");
            }
        }
    }
    lines
}

impl From<&WeekOfJudgements> for WeekJson {
    fn from(week: &WeekOfJudgements) -> Self {
        Self {
            week: week.monday.to_string(),
            named: week.named,
            agreed: week.agreed,
            by_customers: week.by_customers,
            causes: week.causes.iter().map(ConfusedJson::from).collect(),
        }
    }
}

impl From<&ConfusedCause> for ConfusedJson {
    fn from(cause: &ConfusedCause) -> Self {
        let instead = cause.instead.iter();
        Self {
            said: cause.said.to_string(),
            named: cause.named,
            agreed: cause.agreed,
            instead: instead
                .map(|(cause, count)| InsteadJson { root_cause: cause.to_string(), count: *count })
                .collect(),
        }
    }
}
