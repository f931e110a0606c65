//! Calls as the line saw them: for whoever asks why one went as it did.

use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{AudioFacts, Call, CallId, FeedbackId, LadderStep};
use mostik_store::CallCard;
use serde::Deserialize;

use super::{
    call_people::{CallPeople, people},
    feedback_list::with_cursor,
    shell::{Here, Shell, Visit, private_page},
};
use crate::{
    api::{id_in_path, page_request},
    error::ProblemDocument,
    guard::{Operator, QueryOf},
    ports::Check,
    wording::When,
};

#[derive(Template)]
#[template(path = "calls.html")]
struct CallsPage {
    shell: Shell,
    /// How the line and its trunks are.
    line: Vec<Check>,
    items: Vec<CallRow>,
    older: Option<String>,
    newest: Option<String>,
}

/// A call in the list.
struct CallRow {
    id: CallId,
    arrived: When,
    caller: String,
    line: String,
    ending: String,
    mood: &'static str,
    seconds: i64,
    feedback: Option<FeedbackId>,
    trouble: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage {
    shell: Shell,
    row: CallRow,
    call: Call,
    tone: Option<When>,
    recording: Option<u64>,
    audio: Option<AudioFacts>,
    steps: Vec<Step>,
    people: CallPeople,
}

/// One message of the ladder.
struct Step {
    after: String,
    incoming: bool,
    start_line: String,
    headers: String,
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallsQuery {
    limit: Option<String>,
    #[serde(alias = "cursor")]
    after: Option<String>,
    /// Read by the language chooser.
    #[serde(rename = "lang")]
    _lang: Option<String>,
}

/// All calls, newest first.
pub(super) async fn list(
    Operator(person): Operator,
    visit: Visit,
    QueryOf(query): QueryOf<CallsQuery>,
) -> Result<Response, ProblemDocument> {
    let request = page_request(query.limit.as_deref(), query.after.clone())?;
    let page = visit.state.store.call_page(&request).await?;
    let checks = visit.state.readiness.checks().await;
    let of_the_line = |check: &Check| check.name == "phone" || check.name.starts_with("trunk ");
    private_page(&CallsPage {
        line: checks.into_iter().filter(of_the_line).collect(),
        items: page.items.iter().map(|card| row(&visit, card)).collect(),
        older: page.next.map(|cursor| with_cursor(&visit.uri, Some(&cursor))),
        newest: query.after.is_some().then(|| with_cursor(&visit.uri, None)),
        shell: visit.staff(&person, Here::Calls).await?,
    })
}

/// One call with its ladder.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, ProblemDocument> {
    let found = visit.state.store.call_card(id_in_path(&id)?).await?;
    let card = found.ok_or_else(ProblemDocument::not_found)?;
    let row = row(&visit, &card);
    let call = card.call;
    private_page(&CallPage {
        shell: visit.staff(&person, Here::Calls).await?,
        row,
        tone: call.tone_at.map(|at| visit.when(at)),
        recording: call.recording.as_ref().map(|it| it.milliseconds.div_ceil(1000)),
        audio: call.facts.audio.clone(),
        steps: call.facts.ladder.iter().map(step).collect(),
        people: people(&visit, &call, card.feedback).await?,
        call,
    })
}

fn row(visit: &Visit, card: &CallCard) -> CallRow {
    let call = &card.call;
    let language = visit.w().language;
    let trouble = call.facts.audio.as_ref().and_then(AudioFacts::trouble);
    CallRow {
        id: call.id,
        arrived: visit.when(call.arrived_at),
        caller: call.caller.reveal().to_owned(),
        line: call.line.clone(),
        ending: call.ending(language).to_owned(),
        mood: mood(&call.termination),
        seconds: call.ended_at.duration_since(call.arrived_at).as_secs(),
        feedback: card.feedback,
        trouble: trouble.map(|trouble| trouble.told(language)),
    }
}

fn mood(termination: &str) -> &'static str {
    match termination.split('/').next() {
        Some("message_left") => "good",
        Some("not_answered") => "bad",
        _ => "",
    }
}

fn step(step: &LadderStep) -> Step {
    let (start_line, headers) = step.text.split_once('\n').unwrap_or((&step.text, ""));
    Step {
        after: format!("{}.{:03}", step.after_milliseconds / 1000, step.after_milliseconds % 1000),
        incoming: step.incoming,
        start_line: start_line.trim().to_owned(),
        headers: headers.trim().to_owned(),
    }
}
