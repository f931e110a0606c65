//! An offer of cooperation to the management: each is a matter of its own,
//! however alike the words of two companies may be (checklist #152).

use mostik_domain::{
    AcceptanceStage, Change, Decision, Feedback, MessageKind, OwnerTeam, Problem, ProblemId,
    ProblemState, ReviewReason, RootCause, Routing, Words, issue,
};
use mostik_text::redact;

use super::route::gathered;
use crate::{Pipeline, StepError};

/// To the team that takes offers; without one to a person.
pub(super) async fn route(pipeline: &Pipeline, feedback: Feedback) -> Result<Decision, StepError> {
    match pipeline.rules.ownership.route_kind(MessageKind::Cooperation) {
        Routing::To(team) => hand(pipeline, feedback, team).await,
        Routing::Unrouted(why) => {
            Ok(pipeline.ask_a_person(feedback, ReviewReason::Unrouted { why }))
        }
    }
}

/// To this team, as an issue of its own.
pub(super) async fn hand(
    pipeline: &Pipeline,
    feedback: Feedback,
    team: &OwnerTeam,
) -> Result<Decision, StepError> {
    let pattern = redact(feedback.text.as_ref().map_or("", Words::reveal)).text;
    let (_, gathering) = pipeline.store.look_alikes(&team.name, &[]).await?;
    let now = pipeline.now();
    let problem = Problem {
        id: ProblemId::new(pipeline.fresh()),
        title: issue::title_of_offer(team.language, &pattern),
        root_cause: RootCause::Other,
        owner_team: team.name.clone(),
        pattern: Words::new(pattern),
        // Nothing is gathered under it.
        likeness_keys: Vec::new(),
        state: ProblemState::Open,
        stage: AcceptanceStage::NoSignal,
        stage_since: now,
        last_comment: None,
        opened_at: now,
        revision: 0,
    };
    let id = problem.id;
    let opened = Decision::nothing().and(Change::OpenProblem { problem, gathering });
    gathered(pipeline, feedback, team, id, opened)
}
