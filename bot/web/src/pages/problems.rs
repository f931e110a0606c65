use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{AcceptanceSignal, AcceptanceStage, ProblemId, ProblemState, SignalKind};
use mostik_store::{ProblemCard, ProblemDetails, StoreError};
use serde::Deserialize;

use super::{
    feedback_list::{Choice, choices, mood, with_cursor},
    shell::{Here, Shell, Visit, private_page, see},
};
use crate::{
    acts::{Moment, set_stage},
    api::{PROBLEM_STATES, ProblemQuery, id_in_path, page_request},
    error::ProblemDocument,
    guard::{FormBody, Manager, Owner, Person, QueryOf},
    wording::When,
};

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    shell: Shell,
    states: Vec<Choice>,
    causes: Vec<Choice>,
    teams: Vec<Choice>,
    items: Vec<ProblemRow>,
    older: Option<String>,
    newest: Option<String>,
}

/// A problem in a list and at the top of its page.
struct ProblemRow {
    id: ProblemId,
    title: String,
    cause: String,
    team: String,
    state: &'static str,
    mood: &'static str,
    reports: String,
    customers: String,
    opened: When,
    since: When,
    stage: &'static str,
    /// The five steps.
    track: Vec<StageStep>,
    issue: Option<(String, String)>,
}

/// One of the five steps.
struct StageStep {
    value: &'static str,
    name: &'static str,
    saying: &'static str,
    current: bool,
    passed: bool,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    row: ProblemRow,
    declined: Option<String>,
    evidence: Vec<Evidence>,
    reports: Option<Vec<Report>>,
    may_set: bool,
}

struct Evidence {
    stage: &'static str,
    level: &'static str,
    kind: &'static str,
    quote: String,
    url: Option<String>,
    when: When,
}

/// A feedback of the problem, for operators.
struct Report {
    href: String,
    text: String,
    channel: &'static str,
    state: &'static str,
    mood: &'static str,
    when: When,
}

/// All problems that match the filter, newest first.
pub(super) async fn list(
    Owner(person): Owner,
    visit: Visit,
    QueryOf(query): QueryOf<ProblemQuery>,
) -> Result<Response, ProblemDocument> {
    let filter = query.filter()?;
    let request = page_request(query.limit.as_deref(), query.after.clone())?;
    let page = visit.state.store.problem_page(&filter, &request).await?;
    let w = visit.w();
    private_page(&ProblemsPage {
        states: choices(PROBLEM_STATES, query.state.as_deref(), |name| {
            w.problem_state_named(name).to_owned()
        }),
        causes: choices(
            visit.state.root_causes().iter().map(ToString::to_string),
            query.root_cause.as_deref(),
            |name| name.parse().map_or_else(|_| name.to_owned(), |cause| w.cause(&cause)),
        ),
        teams: choices(visit.state.teams(), query.owner_team.as_deref(), str::to_owned),
        items: page.items.iter().map(|card| row(&visit, card)).collect(),
        older: page.next.map(|cursor| with_cursor(&visit.uri, Some(&cursor))),
        newest: query.after.is_some().then(|| with_cursor(&visit.uri, None)),
        shell: visit.staff(&person, Here::Problems).await?,
    })
}

fn row(visit: &Visit, card: &ProblemCard) -> ProblemRow {
    let w = visit.w();
    let problem = &card.problem;
    let step = |stage: AcceptanceStage| StageStep {
        value: stage.as_str(),
        name: w.stage(stage),
        saying: w.stage_saying(stage),
        current: stage == problem.stage,
        passed: stage < problem.stage,
    };
    ProblemRow {
        id: problem.id,
        title: problem.title.clone(),
        cause: w.cause(&problem.root_cause),
        team: problem.owner_team.clone(),
        state: w.problem_state(&problem.state),
        mood: match problem.state {
            ProblemState::Open => "going",
            ProblemState::Fixed { .. } => "good",
            ProblemState::Declined { .. } => "bad",
        },
        reports: w.reports(card.feedback_count),
        customers: w.customers(card.customers),
        opened: visit.when(problem.opened_at),
        since: visit.when(problem.stage_since),
        stage: w.stage(problem.stage),
        track: AcceptanceStage::ALL.into_iter().skip(1).map(step).collect(),
        issue: card.issue.as_ref().map(|issue| {
            (issue.url.clone(), format!("{} {}#{}", issue.tracker, issue.project, issue.key))
        }),
    }
}

/// One problem with its evidence.
pub(super) async fn show(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, ProblemDocument> {
    let found = visit.state.store.problem_details(id_in_path(&id)?).await?;
    let details = found.ok_or_else(ProblemDocument::not_found)?;
    let shell = visit.staff(&person, Here::Problems).await?;
    private_page(&problem_page(&visit, shell, &person, &details))
}

fn problem_page(
    visit: &Visit,
    shell: Shell,
    person: &Person,
    details: &ProblemDetails,
) -> ProblemPage {
    let declined = match &details.card.problem.state {
        ProblemState::Declined { why, .. } => why.clone(),
        _ => None,
    };
    ProblemPage {
        shell,
        row: row(visit, &details.card),
        declined,
        evidence: details.signals.iter().rev().map(|signal| evidence(visit, signal)).collect(),
        reports: person.is_operator().then(|| reports(visit, details)),
        may_set: person.is_manager() && details.card.issue.is_some(),
    }
}

fn evidence(visit: &Visit, signal: &AcceptanceSignal) -> Evidence {
    let web = |url: &&String| {
        url.starts_with("https://") || url.starts_with("http://") || url.starts_with("/board/")
    };
    Evidence {
        stage: visit.w().stage(signal.stage),
        level: signal.stage.as_str(),
        kind: visit.w().signal(signal.kind),
        // How it was closed is the tracker's word, not somebody's.
        quote: match signal.kind {
            SignalKind::Closed => visit.w().closed_as(signal.stage).to_owned(),
            _ => signal.quote.reveal().to_owned(),
        },
        url: signal.url.as_ref().filter(web).cloned(),
        when: visit.when(signal.at),
    }
}

fn reports(visit: &Visit, details: &ProblemDetails) -> Vec<Report> {
    let w = visit.w();
    let line = |feedback: &mostik_domain::Feedback| Report {
        href: format!("/desk/feedback/{}", feedback.id),
        text: feedback.text.as_ref().map_or_else(
            || w.feedback.no_words.to_owned(),
            |text| text.reveal().chars().take(200).collect(),
        ),
        channel: w.channel(feedback.channel),
        state: w.state(&feedback.state),
        mood: mood(&feedback.state),
        when: visit.when(feedback.captured_at),
    };
    details.feedback.iter().map(line).collect()
}

/// A stage, and why.
#[derive(Deserialize)]
pub(super) struct StageForm {
    stage: String,
    reason: String,
}

/// A manager sets the stage by hand.
pub(super) async fn set(
    Manager(person): Manager,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<StageForm>,
) -> Result<Response, ProblemDocument> {
    let id: ProblemId = id_in_path(&id)?;
    let stage = form
        .stage
        .parse()
        .map_err(|_| ProblemDocument::invalid("stage", "expected one of the five stages"))?;
    let moment = Moment::now(&visit.state, &person.name);
    let mut tried = false;
    loop {
        let details = visit.state.store.problem_details(id).await?;
        let details = details.ok_or_else(ProblemDocument::not_found)?;
        let decision = set_stage(details, stage, &form.reason, &moment)?;
        match visit.state.store.submit(decision, visit.now).await {
            Err(StoreError::Conflict { .. }) if !tried => tried = true,
            done => {
                done?;
                return Ok(see(&format!("/desk/problems/{id}")));
            }
        }
    }
}
