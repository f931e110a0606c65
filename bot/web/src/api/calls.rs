use axum::{
    Json,
    extract::{Path, State},
};
use jiff::Timestamp;
use mostik_domain::{AudioFacts, CallNote, Direction, LadderStep, RootCause, Talk, Waited};
use mostik_store::CallCard;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::listing::{Listed, id_in_path, page_request};
use crate::{
    error::ProblemDocument,
    guard::{Operator, QueryOf},
    state::WebState,
};

/// One phone call as it ended.
#[derive(Serialize, ToSchema)]
pub(super) struct CallJson {
    /// As `call_…`.
    id: String,
    /// The line that was called.
    line: String,
    /// The caller's address as the network gave it.
    caller: String,
    language: &'static str,
    #[schema(value_type = String, format = DateTime)]
    arrived_at: Timestamp,
    /// Null when the call was refused or given up before.
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// When the tone was played.
    #[schema(value_type = Option<String>, format = DateTime)]
    tone_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    ended_at: Timestamp,
    /// How it ended, as `result/reason`.
    termination: String,
    codec: Option<String>,
    recording: Option<RecordingJson>,
    /// The feedback it became; null when it left no message.
    feedback: Option<String>,
    /// How its signalling travelled: `udp`, `tcp` or `tls`.
    transport: Option<String>,
    /// The trunk it came by.
    trunk: Option<String>,
    /// From its INVITE to our answer.
    setup_milliseconds: Option<u64>,
    /// How many keys were pressed.
    keys: u32,
    /// Null when there was no audio.
    audio: Option<AudioJson>,
    /// The SIP messages without secrets, numbers and names, oldest first.
    ladder: Vec<LadderJson>,
    /// `incoming` or `outgoing`.
    direction: &'static str,
    /// Of a call that Mostik placed; null of another.
    outgoing: Option<OutgoingJson>,
    /// How she waited for a person; null when she did not.
    waited: Option<WaitedJson>,
    /// Who talked with her, in order.
    talks: Vec<TalkJson>,
    /// The root cause she confirmed by key.
    confirmed: Option<String>,
    /// Why it was answered so, in the operator's words.
    note: Option<CallNoteJson>,
}

/// Why Mostik called.
#[derive(Serialize, ToSchema)]
struct OutgoingJson {
    /// From 1.
    attempt: u32,
    /// The news it was about, as `no_…`.
    notice: Option<String>,
    /// The kept place in the queue it was for, as `cb_…`.
    call_back: Option<String>,
}

/// How a caller waited.
#[derive(Serialize, ToSchema)]
struct WaitedJson {
    milliseconds: u64,
    /// What she was told; null when too little was known to say.
    expected_milliseconds: Option<u64>,
    /// `answered`, `left`, `call_back`, `message` or `lost`.
    ended: &'static str,
}

/// An operator and the caller talked.
#[derive(Serialize, ToSchema)]
struct TalkJson {
    operator: String,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// The line written after a call.
#[derive(Serialize, ToSchema)]
pub(super) struct CallNoteJson {
    by: String,
    /// Empty when there was nothing to add.
    text: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A call's audio both ways: «in» is what the caller said, «out» what Mostik said.
#[derive(Serialize, ToSchema)]
struct AudioJson {
    encrypted: bool,
    packets_in: u64,
    packets_out: u64,
    lost_in: u64,
    /// As the caller's phone reported; null when it did not.
    lost_out: Option<u64>,
    jitter_milliseconds: u64,
    round_trip_milliseconds: Option<u64>,
    /// In dB below the loudest possible (0); null when there was only silence.
    level_in: Option<i32>,
    level_out: Option<i32>,
}

/// One SIP message.
#[derive(Serialize, ToSchema)]
struct LadderJson {
    /// After the first message of the call.
    after_milliseconds: u64,
    /// Came in, or went out.
    incoming: bool,
    /// Start line and headers.
    text: String,
}

/// The audio: WAV, 8 kHz, 16 bit.
#[derive(Serialize, ToSchema)]
struct RecordingJson {
    /// Where it is heard.
    url: String,
    milliseconds: u64,
    bytes: u64,
    /// 1, or 2: the caller on the left, whoever answered on the right.
    channels: u8,
}

impl From<CallCard> for CallJson {
    fn from(card: CallCard) -> Self {
        let CallCard { call, feedback } = card;
        let facts = call.facts;
        Self {
            recording: call.recording.map(|recording| RecordingJson {
                url: format!("/api/v1/calls/{}/recording", call.id),
                milliseconds: recording.milliseconds,
                bytes: recording.bytes,
                channels: recording.channels,
            }),
            id: call.id.to_string(),
            line: call.line,
            caller: call.caller.reveal().to_owned(),
            language: call.language.code(),
            arrived_at: call.arrived_at,
            answered_at: call.answered_at,
            tone_at: call.tone_at,
            ended_at: call.ended_at,
            termination: call.termination,
            codec: call.codec,
            feedback: feedback.map(|id| id.to_string()),
            transport: facts.transport,
            trunk: facts.trunk,
            setup_milliseconds: facts.setup_milliseconds,
            keys: facts.keys,
            audio: facts.audio.map(AudioJson::from),
            ladder: facts.ladder.into_iter().map(LadderJson::from).collect(),
            direction: call.direction.as_str(),
            outgoing: outgoing(call.direction),
            waited: call.waited.map(WaitedJson::from),
            talks: call.talks.into_iter().map(TalkJson::from).collect(),
            confirmed: call.confirmed.as_ref().map(RootCause::to_string),
            note: call.note.map(CallNoteJson::from),
        }
    }
}

fn outgoing(direction: Direction) -> Option<OutgoingJson> {
    match direction {
        Direction::Incoming => None,
        Direction::Outgoing { attempt, about, call_back } => Some(OutgoingJson {
            attempt,
            notice: about.map(|id| id.to_string()),
            call_back: call_back.map(|id| id.to_string()),
        }),
    }
}

impl From<Waited> for WaitedJson {
    fn from(waited: Waited) -> Self {
        let Waited { milliseconds, expected_milliseconds, ended } = waited;
        Self { milliseconds, expected_milliseconds, ended: ended.as_str() }
    }
}

impl From<Talk> for TalkJson {
    fn from(talk: Talk) -> Self {
        Self { operator: talk.operator, from: talk.from, to: talk.to }
    }
}

impl From<CallNote> for CallNoteJson {
    fn from(note: CallNote) -> Self {
        Self { by: note.by, text: note.text.reveal().to_owned(), at: note.at }
    }
}

impl From<AudioFacts> for AudioJson {
    fn from(facts: AudioFacts) -> Self {
        Self {
            encrypted: facts.encrypted,
            packets_in: facts.packets_in,
            packets_out: facts.packets_out,
            lost_in: facts.lost_in,
            lost_out: facts.lost_out,
            jitter_milliseconds: facts.jitter_milliseconds,
            round_trip_milliseconds: facts.round_trip_milliseconds,
            level_in: facts.level_in,
            level_out: facts.level_out,
        }
    }
}

impl From<LadderStep> for LadderJson {
    fn from(step: LadderStep) -> Self {
        let LadderStep { after_milliseconds, incoming, text } = step;
        Self { after_milliseconds, incoming, text }
    }
}

/// Which calls to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// 1 to 200, usually 50.
    limit: Option<String>,
    /// The `next` of the page before.
    #[serde(alias = "cursor")]
    after: Option<String>,
}

/// Lists calls, newest first, also those that were refused or left no message.
#[utoipa::path(
    get,
    path = "/api/v1/calls",
    tag = "calls",
    params(CallQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = Listed<CallJson>),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    _: Operator,
    State(state): State<WebState>,
    QueryOf(query): QueryOf<CallQuery>,
) -> Result<Json<Listed<CallJson>>, ProblemDocument> {
    let request = page_request(query.limit.as_deref(), query.after)?;
    let page = state.store.call_page(&request).await?;
    Ok(Json(Listed::of(page, CallJson::from)))
}

/// A call, how it ended, and where its audio is.
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}",
    tag = "calls",
    params(("id" = String, Path, description = "as call_…")),
    security(("token" = [])),
    responses(
        (status = 200, body = CallJson),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    _: Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
) -> Result<Json<CallJson>, ProblemDocument> {
    let found = state.store.call_card(id_in_path(&id)?).await?;
    found.map(|card| Json(card.into())).ok_or_else(ProblemDocument::not_found)
}
