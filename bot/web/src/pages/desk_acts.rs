//! The forms of the desk: each submits one act and shows the page anew.

use axum::{extract::Path, response::Response};
use mostik_domain::{
    Change, Decision, FeedbackId, Language, NoticeId, NoticeKind, NoticeState, ProblemId,
    UnknownWord,
};
use serde::Deserialize;

use super::shell::{Visit, see};
use crate::{
    acts::{self, Moment, on_feedback, typed},
    api::{id_in_path, named},
    error::ProblemDocument,
    guard::{FormBody, Operator},
    refusal::Refusal,
};

type Done = Result<Response, ProblemDocument>;

fn back_to(id: FeedbackId) -> Response {
    see(&format!("/desk/feedback/{id}"))
}

/// A cause, by button or key.
#[derive(Deserialize)]
pub(super) struct CauseForm {
    cause: String,
}

pub(super) async fn cause(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<CauseForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let cause = named(&form.cause, &visit.state.root_causes())?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::correct_cause(details, &cause, &moment)).await?;
    Ok(back_to(id))
}

/// What the customer wants, by a button.
#[derive(Deserialize)]
pub(super) struct KindForm {
    kind: String,
}

pub(super) async fn kind(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<KindForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let kind = form
        .kind
        .parse()
        .map_err(|error: UnknownWord| ProblemDocument::invalid("kind", error.to_string()))?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::correct_kind(details, kind, &moment)).await?;
    Ok(back_to(id))
}

/// A team.
#[derive(Deserialize)]
pub(super) struct TeamForm {
    team: String,
}

pub(super) async fn team(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<TeamForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    visit.state.hand_over.to_team(id, &form.team, &person.name).await?;
    Ok(back_to(id))
}

/// What was said in a call.
#[derive(Deserialize)]
pub(super) struct WordsForm {
    text: String,
    language: String,
}

pub(super) async fn words(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<WordsForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let language: Language = form
        .language
        .parse()
        .map_err(|_| ProblemDocument::invalid("language", "expected ru or en"))?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| {
        acts::type_words(details, &form.text, language, &moment)
    })
    .await?;
    Ok(back_to(id))
}

/// An answer to the customer.
#[derive(Deserialize)]
pub(super) struct AnswerForm {
    answer: String,
}

pub(super) async fn answer(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<AnswerForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::answer(details, &form.answer, &moment)).await?;
    Ok(back_to(id))
}

/// A known problem.
#[derive(Deserialize)]
pub(super) struct MergeForm {
    problem: String,
}

pub(super) async fn merge(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(form): FormBody<MergeForm>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let unknown = || {
        ProblemDocument::invalid("problem", "there is no such problem")
            .because(Refusal::NoSuchProblem)
    };
    let problem: ProblemId = typed("problem", &form.problem, 60)?.parse().map_err(|_| unknown())?;
    let problem = visit.state.store.problem(problem).await?.ok_or_else(unknown)?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::merge_into(details, &problem, &moment)).await?;
    Ok(back_to(id))
}

pub(super) async fn finish(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::finish_review(details, &moment)).await?;
    Ok(back_to(id))
}

pub(super) async fn give_back(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Done {
    let id: FeedbackId = id_in_path(&id)?;
    let moment = Moment::now(&visit.state, &person.name);
    on_feedback(&visit.state, id, |details| acts::return_to_team(details, &moment)).await?;
    Ok(back_to(id))
}

/// A person has called the customer and told the news.
pub(super) async fn called(_: Operator, visit: Visit, Path(id): Path<String>) -> Done {
    let id: NoticeId = id_in_path(&id)?;
    let notice = visit.state.store.notice(id).await?.ok_or_else(ProblemDocument::not_found)?;
    if !matches!(notice.state, NoticeState::AwaitingCall { .. }) {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let (kind, feedback) = (notice.kind, notice.feedback);
    let told = notice.in_state(NoticeState::Sent { at: visit.now })?;
    let mut decision = Decision::nothing().and(Change::SaveNotice(told));
    if kind == NoticeKind::Thanked {
        // Who praised was promised a call: this was it.
        let promises = visit.state.store.promises(feedback).await?;
        decision = acts::keeping(decision, promises, visit.now);
    }
    visit.state.store.submit(decision, visit.now).await?;
    Ok(see("/desk"))
}
