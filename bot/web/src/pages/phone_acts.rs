//! The forms of the phone's page: each submits one act and shows the page anew.

use axum::{extract::Path, response::Response};
use jiff::{Timestamp, civil::DateTime};
use mostik_domain::{CallBackId, CallId, Decision, OrderWhat};
use serde::Deserialize;

use super::{
    shell::{Visit, see},
    sign_in::own_path,
};
use crate::{
    acts::{self, Moment, WantedOutage},
    api::id_in_path,
    error::ProblemDocument,
    guard::{FormBody, Operator, Person},
    phone_desk::{colleague, live_call, operators},
    refusal::Refusal,
};

type Done = Result<Response, ProblemDocument>;

const PAGE: &str = "/desk/phone";

async fn submitted(visit: &Visit, decision: Decision) -> Done {
    visit.state.store.submit(decision, visit.now).await?;
    Ok(see(PAGE))
}

async fn ordered(visit: &Visit, person: &Person, id: &str, what: OrderWhat) -> Done {
    let call = live_call(&visit.state, id_in_path(id)?).await?;
    let moment = Moment::now(&visit.state, &person.name);
    submitted(visit, acts::order(&call, what, &moment)?).await
}

/// Rings the person for this caller now.
pub(super) async fn take(Operator(person): Operator, visit: Visit, Path(id): Path<String>) -> Done {
    let live = visit.state.store.live_calls().await?;
    let all = operators(&visit.state, &live).await?;
    match all.iter().find(|it| it.name == person.name) {
        None => Err(Refusal::NotAnOperator.into()),
        Some(it) if it.call.is_some() => Err(Refusal::OnAnotherCall.into()),
        Some(_) => ordered(&visit, &person, &id, OrderWhat::TakeNow).await,
    }
}

/// Ends the call that the person is in.
pub(super) async fn hang_up(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Done {
    ordered(&visit, &person, &id, OrderWhat::HangUp).await
}

/// To whom; empty for the next who is free.
#[derive(Deserialize)]
pub(super) struct HandOnForm {
    #[serde(default)]
    to: String,
}

/// Gives the caller to a colleague.
pub(super) async fn hand_on(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<HandOnForm>,
) -> Done {
    let to = match form.to.as_str() {
        "" => None,
        name => Some(colleague(&visit.state, name).await?),
    };
    ordered(&visit, &person, &id, OrderWhat::HandOn { to }).await
}

/// Why the call was answered so.
#[derive(Deserialize)]
pub(super) struct NoteForm {
    #[serde(default)]
    text: String,
    /// The button that says that there is nothing to add.
    skip: Option<String>,
    #[serde(default)]
    next: String,
}

/// Keeps the line, or that there is nothing to add.
pub(super) async fn note(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<NoteForm>,
) -> Done {
    let id: CallId = id_in_path(&id)?;
    let known = visit.state.store.call(id).await?;
    known.ok_or_else(ProblemDocument::not_found)?;
    if form.skip.is_none() && form.text.trim().is_empty() {
        return Err(ProblemDocument::invalid("text", "text is empty").because(Refusal::Empty));
    }
    let text = if form.skip.is_some() { "" } else { form.text.as_str() };
    let moment = Moment::now(&visit.state, &person.name);
    visit.state.store.submit(acts::note(id, text, &moment)?, visit.now).await?;
    Ok(see(match own_path(&form.next) {
        "" => PAGE,
        next => next,
    }))
}

/// Somebody need not be called back.
pub(super) async fn cancel_call_back(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Done {
    let id: CallBackId = id_in_path(&id)?;
    let found = visit.state.store.call_back(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let moment = Moment::now(&visit.state, &person.name);
    submitted(&visit, acts::cancel_call_back(found, &moment)?).await
}

/// What callers are to hear.
#[derive(Deserialize)]
pub(super) struct OutageForm {
    /// Empty for every line.
    #[serde(default)]
    line: String,
    #[serde(default)]
    ru: String,
    #[serde(default)]
    en: String,
    /// On the company's clock, as `2026-11-22T18:30`; empty until it is cleared.
    #[serde(default)]
    until: String,
}

/// Callers hear of it from now on.
pub(super) async fn set_outage(
    Operator(person): Operator,
    visit: Visit,
    FormBody(form): FormBody<OutageForm>,
) -> Done {
    let wanted = WantedOutage {
        line: Some(form.line.as_str()).filter(|line| !line.is_empty()),
        russian: &form.ru,
        english: &form.en,
        until: until(&visit, form.until.trim())?,
    };
    let moment = Moment::now(&visit.state, &person.name);
    let decision = acts::set_outage(&wanted, &visit.state.settings.lines, &moment)?;
    submitted(&visit, decision).await
}

fn until(visit: &Visit, text: &str) -> Result<Option<Timestamp>, ProblemDocument> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || ProblemDocument::invalid("until", "expected a time as 2026-11-22T18:30");
    let on_the_clock: DateTime = text.parse().map_err(|_| wrong())?;
    let zone = visit.state.hours.local(visit.now).time_zone().clone();
    let at = on_the_clock.to_zoned(zone).map_err(|_| wrong())?;
    Ok(Some(at.timestamp()))
}

/// Which announcement.
#[derive(Deserialize)]
pub(super) struct ClearForm {
    #[serde(default)]
    line: String,
}

/// Callers hear of it no more.
pub(super) async fn clear_outage(
    _: Operator,
    visit: Visit,
    FormBody(form): FormBody<ClearForm>,
) -> Done {
    let line = Some(form.line).filter(|line| !line.is_empty());
    submitted(&visit, acts::clear_outage(line)).await
}
