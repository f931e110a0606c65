//! Who is at the phone, who waits, and what is told to callers.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use jiff::Timestamp;
use mostik_domain::{CallBack, CallBackState, LiveCall, LiveStage, OrderWhat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{calls::CallNoteJson, listing::id_in_path, outage::OutageJson};
use crate::{
    acts::{self, Moment},
    error::ProblemDocument,
    guard::{JsonBody, Operator},
    phone_desk::{AtThePhone, colleague, in_the_name_of, live_call, operators},
    state::WebState,
};

/// The phone as it is now.
#[derive(Serialize, ToSchema)]
pub(super) struct PhoneJson {
    /// The earliest arrived first.
    calls: Vec<LiveCallJson>,
    /// Kept places, in the order of the queue.
    call_backs: Vec<CallBackJson>,
    operators: Vec<OperatorJson>,
    /// What callers are told before anything else.
    outages: Vec<OutageJson>,
}

/// What the phone is doing with a call.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveCallJson {
    /// As `call_…`.
    id: String,
    line: String,
    /// The caller's address as the network gave it.
    caller: String,
    /// As `cu_…`, when known.
    customer: Option<String>,
    language: &'static str,
    /// `greeting`, `recording`, `waiting`, `ringing` or `talking`.
    stage: &'static str,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    arrived_at: Timestamp,
    /// Her place in the queue, from 1, while she waits.
    place: Option<u32>,
    /// When she joined the queue, while she waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    in_queue_since: Option<Timestamp>,
    /// Who is rung for her, or talks with her.
    operator: Option<String>,
    /// How often it was handed on; at most 2.
    hand_ons: u8,
}

/// A kept place in a queue.
#[derive(Serialize, ToSchema)]
pub(super) struct CallBackJson {
    /// As `cb_…`.
    id: String,
    /// The call in which it was asked for.
    call: String,
    line: String,
    /// What is dialled.
    address: String,
    name: Option<String>,
    customer: Option<String>,
    language: &'static str,
    #[schema(value_type = String, format = DateTime)]
    in_queue_since: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    attempts: u8,
    /// `waiting`, `calling`, `reached`, `gave_up` or `cancelled`.
    state: &'static str,
    /// After a try: when the next may begin.
    #[schema(value_type = Option<String>, format = DateTime)]
    not_before: Option<Timestamp>,
    /// Mostik stopped in the middle of a call to her.
    perhaps_called_twice: bool,
}

/// Somebody who takes calls.
#[derive(Serialize, ToSchema)]
struct OperatorJson {
    name: String,
    /// `available` or `away`.
    presence: &'static str,
    /// The call that she is in.
    call: Option<String>,
}

impl From<LiveCall> for LiveCallJson {
    fn from(call: LiveCall) -> Self {
        let (place, in_queue_since) = match call.stage {
            LiveStage::Waiting { place, since } => (Some(place), Some(since)),
            _ => (None, None),
        };
        Self {
            id: call.id.to_string(),
            caller: call.caller.reveal().to_owned(),
            customer: call.customer.map(|id| id.to_string()),
            language: call.language.code(),
            stage: call.stage.as_str(),
            since: call.since,
            arrived_at: call.arrived_at,
            place,
            in_queue_since,
            operator: call.talking_with().or(call.ringing_at()).map(str::to_owned),
            hand_ons: call.hand_ons,
            line: call.line,
        }
    }
}

impl From<CallBack> for CallBackJson {
    fn from(call_back: CallBack) -> Self {
        let not_before = match call_back.state {
            CallBackState::Waiting { not_before } => not_before,
            _ => None,
        };
        Self {
            id: call_back.id.to_string(),
            call: call_back.call.to_string(),
            line: call_back.line,
            address: call_back.address.value.reveal().to_owned(),
            name: call_back.name.map(|name| name.reveal().to_owned()),
            customer: call_back.customer.map(|id| id.to_string()),
            language: call_back.language.code(),
            in_queue_since: call_back.in_queue_since,
            asked_at: call_back.asked_at,
            attempts: call_back.attempts,
            state: call_back.state.as_str(),
            not_before,
            perhaps_called_twice: call_back.perhaps_called_twice,
        }
    }
}

impl From<AtThePhone> for OperatorJson {
    fn from(it: AtThePhone) -> Self {
        Self {
            name: it.name,
            presence: it.presence.as_str(),
            call: it.call.map(|id| id.to_string()),
        }
    }
}

/// Live calls, kept places, operators and outages.
#[utoipa::path(
    get,
    path = "/api/v1/phone",
    tag = "phone",
    security(("token" = [])),
    responses(
        (status = 200, body = PhoneJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn now(
    _: Operator,
    State(state): State<WebState>,
) -> Result<Json<PhoneJson>, ProblemDocument> {
    let live = state.store.live_calls().await?;
    let at_the_phone = operators(&state, &live).await?;
    Ok(Json(PhoneJson {
        calls: live.into_iter().map(LiveCallJson::from).collect(),
        call_backs: state.store.call_backs().await?.into_iter().map(CallBackJson::from).collect(),
        operators: at_the_phone.into_iter().map(OperatorJson::from).collect(),
        outages: state.store.outages().await?.into_iter().map(OutageJson::from).collect(),
    }))
}

/// To whom a call is handed on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOn {
    /// The colleague's name; null for the next who is free.
    to: Option<String>,
    /// Who hands on, when a manager or a program does it for her; she must be the one who talks.
    operator: Option<String>,
}

/// Hands a call on; the phone does it within moments. At most twice for a call.
#[utoipa::path(
    post,
    path = "/api/v1/calls/{id}/hand-on",
    tag = "phone",
    params(("id" = String, Path, description = "as call_…")),
    request_body = HandOn,
    security(("token" = [])),
    responses(
        (status = 202, description = "the phone was asked", body = LiveCallJson),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "it is over, not hers, or was handed on often enough",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn hand_on(
    Operator(person): Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
    JsonBody(wanted): JsonBody<HandOn>,
) -> Result<(StatusCode, Json<LiveCallJson>), ProblemDocument> {
    let call = live_call(&state, id_in_path(&id)?).await?;
    let by = in_the_name_of(&person, wanted.operator)?;
    let to = match wanted.to {
        Some(name) => Some(colleague(&state, &name).await?),
        None => None,
    };
    let moment = Moment::now(&state, &by);
    let asked = acts::order(&call, OrderWhat::HandOn { to }, &moment)?;
    state.store.submit(asked, moment.at).await?;
    Ok((StatusCode::ACCEPTED, Json(call.into())))
}

/// Why a call was answered so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteText {
    /// One line of at most 500 characters; empty when there is nothing to add.
    text: String,
}

/// Sets or replaces the line written after a call.
#[utoipa::path(
    put,
    path = "/api/v1/calls/{id}/note",
    tag = "phone",
    params(("id" = String, Path, description = "as call_…")),
    request_body = NoteText,
    security(("token" = [])),
    responses(
        (status = 200, body = CallNoteJson),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn note(
    Operator(person): Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
    JsonBody(note): JsonBody<NoteText>,
) -> Result<Json<CallNoteJson>, ProblemDocument> {
    let id = id_in_path(&id)?;
    state.store.call(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let moment = Moment::now(&state, &person.name);
    state.store.submit(acts::note(id, &note.text, &moment)?, moment.at).await?;
    let noted = state.store.call(id).await?.and_then(|call| call.note);
    noted.map(|note| Json(note.into())).ok_or_else(ProblemDocument::not_found)
}

/// Takes a kept place off the queue: nobody is called back.
#[utoipa::path(
    post,
    path = "/api/v1/call-backs/{id}/cancel",
    tag = "phone",
    params(("id" = String, Path, description = "as cb_…")),
    security(("token" = [])),
    responses(
        (status = 200, body = CallBackJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "she is being called, or it is over",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel_call_back(
    Operator(person): Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
) -> Result<Json<CallBackJson>, ProblemDocument> {
    let id = id_in_path(&id)?;
    let found = state.store.call_back(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let moment = Moment::now(&state, &person.name);
    state.store.submit(acts::cancel_call_back(found, &moment)?, moment.at).await?;
    let now = state.store.call_back(id).await?.ok_or_else(ProblemDocument::not_found)?;
    Ok(Json(now.into()))
}
