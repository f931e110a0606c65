use axum::{
    Json,
    extract::{Path, State},
};
use jiff::Timestamp;
use mostik_domain::Call;
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::id_in_path;
use crate::{error::ProblemDocument, guard::Operator, state::WebState};

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
    #[schema(value_type = String, format = DateTime)]
    answered_at: Timestamp,
    /// When the tone was played.
    #[schema(value_type = Option<String>, format = DateTime)]
    tone_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    ended_at: Timestamp,
    /// How it ended, as `result/reason`.
    termination: String,
    codec: Option<String>,
    recording: Option<RecordingJson>,
}

/// The audio: WAV, 8 kHz, 16 bit, mono.
#[derive(Serialize, ToSchema)]
struct RecordingJson {
    /// Where it is heard.
    url: String,
    milliseconds: u64,
    bytes: u64,
}

impl From<Call> for CallJson {
    fn from(call: Call) -> Self {
        Self {
            recording: call.recording.map(|recording| RecordingJson {
                url: format!("/api/v1/calls/{}/recording", call.id),
                milliseconds: recording.milliseconds,
                bytes: recording.bytes,
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
        }
    }
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
    let found = state.store.call(id_in_path(&id)?).await?;
    found.map(|call| Json(call.into())).ok_or_else(ProblemDocument::not_found)
}
