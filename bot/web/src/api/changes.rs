use axum::{
    Json,
    extract::{Path, State},
};
use mostik_domain::{FeedbackId, MessageKind, ProblemId, RootCause, UnknownWord};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{feedback_shape::FeedbackDetailsJson, listing::id_in_path};
use crate::{
    acts::{self, Moment, on_feedback},
    error::ProblemDocument,
    guard::{JsonBody, Operator, Person},
    likely::likely_problems,
    state::WebState,
};

/// What an operator changes: exactly one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedbackChange {
    /// The cause, corrected: kept as training data.
    root_cause: Option<String>,
    /// What the customer wants, corrected: as `thanks`.
    kind: Option<String>,
    /// The team, chosen past the ownership rules.
    owner_team: Option<String>,
    /// What was said in a call that has no transcript.
    text: Option<String>,
    /// An answer to the customer, shown on her own page.
    answer: Option<String>,
    /// The problem, as `pr_…`, under which it is to be counted.
    problem: Option<String>,
}

enum Wish {
    Cause(RootCause),
    Kind(MessageKind),
    Team(String),
    Words(String),
    Answer(String),
    Merge(ProblemId),
}

impl FeedbackChange {
    /// One wish: two in one request could succeed by half.
    fn wish(self, known: &[RootCause]) -> Result<Wish, ProblemDocument> {
        let Self { root_cause, kind, owner_team, text, answer, problem } = self;
        let cause = root_cause.map(|cause| named(&cause, known).map(Wish::Cause));
        let kind = kind.map(|kind| {
            kind.parse()
                .map(Wish::Kind)
                .map_err(|error: UnknownWord| ProblemDocument::invalid("kind", error.to_string()))
        });
        let problem = problem.map(|id| {
            id.parse()
                .map(Wish::Merge)
                .map_err(|_| ProblemDocument::invalid("problem", "expected an id as pr_…"))
        });
        let plain = [owner_team.map(Wish::Team), text.map(Wish::Words), answer.map(Wish::Answer)];
        let all = [cause, kind, problem].into_iter().chain(plain.map(|wish| wish.map(Ok)));
        let mut wishes = all.flatten();
        match (wishes.next(), wishes.next()) {
            (Some(wish), None) => wish,
            _ => Err(ProblemDocument::unreadable(
                "give exactly one of root_cause, kind, owner_team, text, answer, problem",
            )),
        }
    }
}

/// A cause that the company knows.
pub(crate) fn named(text: &str, known: &[RootCause]) -> Result<RootCause, ProblemDocument> {
    known.iter().find(|cause| cause.as_str() == text).cloned().ok_or_else(|| {
        let names: Vec<_> = known.iter().map(RootCause::as_str).collect();
        ProblemDocument::invalid("root_cause", format!("expected one of {}", names.join(", ")))
    })
}

/// An operator corrects the cause or the owner, types what was said, answers,
/// or merges into a problem.
#[utoipa::path(
    patch,
    path = "/api/v1/feedback/{id}",
    tag = "feedback",
    params(("id" = String, Path, description = "as fb_…")),
    request_body = FeedbackChange,
    security(("token" = [])),
    responses(
        (status = 200, description = "as it stands now", body = FeedbackDetailsJson),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "it does not stand so that this can be done",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change(
    Operator(person): Operator,
    State(state): State<WebState>,
    Path(id): Path<String>,
    JsonBody(change): JsonBody<FeedbackChange>,
) -> Result<Json<FeedbackDetailsJson>, ProblemDocument> {
    let id: FeedbackId = id_in_path(&id)?;
    carry_out(&state, id, change.wish(&state.root_causes())?, &person).await?;
    let details = state.store.feedback_details(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let likely = likely_problems(&state, &details).await;
    Ok(Json(FeedbackDetailsJson::new(details, likely)))
}

async fn carry_out(
    state: &WebState,
    id: FeedbackId,
    wish: Wish,
    person: &Person,
) -> Result<(), ProblemDocument> {
    let moment = Moment::now(state, &person.name);
    match wish {
        Wish::Cause(cause) => {
            on_feedback(state, id, |details| acts::correct_cause(details, &cause, &moment)).await
        }
        Wish::Kind(kind) => {
            on_feedback(state, id, |details| acts::correct_kind(details, kind, &moment)).await
        }
        Wish::Team(team) => Ok(state.hand_over.to_team(id, &team, &person.name).await?),
        Wish::Words(text) => {
            on_feedback(state, id, |details| {
                let language = details.card.feedback.language;
                acts::type_words(details, &text, language, &moment)
            })
            .await
        }
        Wish::Answer(text) => {
            on_feedback(state, id, |details| acts::answer(details, &text, &moment)).await
        }
        Wish::Merge(problem) => {
            let problem = state.store.problem(problem).await?.ok_or_else(|| {
                ProblemDocument::invalid("problem", "there is no problem with this id")
            })?;
            on_feedback(state, id, |details| acts::merge_into(details, &problem, &moment)).await
        }
    }
}
