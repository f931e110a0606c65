//! An offer of cooperation to the management: each is a matter of its own,
//! however alike the words of two companies may be (checklist #152).

use mostik_domain::{
    Change, Decision, Feedback, MessageKind, OwnerTeam, Problem, ReviewReason, RootCause, Routing,
    Words, issue,
};
use mostik_text::redact;

use super::route::{gathered, new_problem};
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
    // Without keys nothing is gathered under it.
    let problem = Problem {
        title: issue::title_of_offer(team.language, &pattern),
        ..new_problem(pipeline, &pattern, Vec::new(), RootCause::Other, team)
    };
    let id = problem.id;
    let opened = Decision::nothing().and(Change::OpenProblem { problem, gathering });
    gathered(pipeline, feedback, team, id, opened)
}
