//! What stands at the top of every page of staff: whether they take calls, and
//! with whom they talk.

use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{LiveCall, Presence};
use mostik_store::{CallCard, StoreError};
use serde::Deserialize;

use super::{
    shell::{Visit, see},
    sign_in::own_path,
};
use crate::{
    acts::{self, Moment},
    error::ProblemDocument,
    guard::{FormBody, Operator, Person},
    phone_desk::{call_of, number, operators},
    refusal::Refusal,
};

/// Whether somebody takes calls, and the button that says otherwise.
pub(super) struct PresenceSwitch {
    pub(super) now: &'static str,
    pub(super) away: bool,
    /// What the button says.
    pub(super) other: Presence,
    /// Where to go on after it.
    pub(super) back: String,
}

/// With whom somebody talks by phone.
pub(super) struct OnCall {
    pub(super) whom: String,
    /// RFC 3339.
    pub(super) since: String,
    /// As minutes and seconds.
    pub(super) lasts: String,
}

/// What stands at the top of a page.
#[derive(Default)]
pub(super) struct AtTheTop {
    /// None of those who never take calls.
    pub(super) presence: Option<PresenceSwitch>,
    /// None of those who do not talk now.
    pub(super) on_call: Option<OnCall>,
    /// Calls of which the person has not said why they were answered so.
    pub(super) owed: usize,
}

/// For how long a line about a call is asked for.
const NOTE_ASKED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Calls that somebody has answered and said nothing about, newest first.
pub(super) async fn owed(visit: &Visit, person: &Person) -> Result<Vec<CallCard>, StoreError> {
    let since = visit.now - NOTE_ASKED_FOR;
    visit.state.store.talks_without_a_note(&person.name, since).await
}

/// All of it, of those who may talk with customers.
pub(super) async fn of(visit: &Visit, person: &Person) -> Result<AtTheTop, ProblemDocument> {
    if !person.is_operator() {
        return Ok(AtTheTop::default());
    }
    let live = visit.state.store.live_calls().await?;
    let mine = operators(&visit.state, &live).await?.into_iter().find(|it| it.name == person.name);
    let presence = mine.map(|it| PresenceSwitch {
        now: visit.w().presence(it.presence),
        away: it.presence == Presence::Away,
        other: match it.presence {
            Presence::Available => Presence::Away,
            Presence::Away => Presence::Available,
        },
        back: visit.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
    });
    let on_call = match call_of(&person.name, &live) {
        Some(call) => Some(OnCall {
            whom: whom(visit, call).await?,
            since: call.since.to_string(),
            lasts: visit.lasts(call.since),
        }),
        None => None,
    };
    let owed = owed(visit, person).await?.len();
    Ok(AtTheTop { presence, on_call, owed })
}

/// The caller's name, or the number, or that it is withheld.
pub(super) async fn whom(visit: &Visit, call: &LiveCall) -> Result<String, ProblemDocument> {
    if let Some(id) = call.customer
        && let Some(customer) = visit.state.store.customer(id).await?
        && let Some(name) = customer.name.filter(|name| !name.is_blank())
    {
        return Ok(name.reveal().to_owned());
    }
    Ok(visit.number(call.caller.reveal()))
}

impl Visit {
    /// A number, or that it is withheld.
    pub(super) fn number(&self, address: &str) -> String {
        let number = number(address);
        if number.is_empty() || number.eq_ignore_ascii_case("anonymous") {
            return self.w().phone.unknown.to_owned();
        }
        number.to_owned()
    }

    /// How long something goes on already, as minutes and seconds.
    pub(super) fn lasts(&self, since: Timestamp) -> String {
        let seconds = self.now.duration_since(since).as_secs().max(0);
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// What the button says.
#[derive(Deserialize)]
pub(super) struct PresenceForm {
    presence: String,
    #[serde(default)]
    next: String,
}

/// The person takes calls from now on, or does not.
pub(super) async fn say(
    Operator(person): Operator,
    visit: Visit,
    FormBody(form): FormBody<PresenceForm>,
) -> Result<Response, ProblemDocument> {
    let presence =
        form.presence.parse().map_err(|why: String| ProblemDocument::invalid("presence", why))?;
    if !operators(&visit.state, &[]).await?.iter().any(|it| it.name == person.name) {
        return Err(Refusal::NotAnOperator.into());
    }
    let moment = Moment::now(&visit.state, &person.name);
    let said = acts::say_presence(&person.name, presence, &moment);
    visit.state.store.submit(said, visit.now).await?;
    Ok(see(match own_path(&form.next) {
        "" => "/desk/phone",
        next => next,
    }))
}
