//! Cause to owner team, and to the problem that other customers have voiced.

use mostik_domain::{
    AcceptanceStage, Change, Classification, Decision, Feedback, FeedbackId, FeedbackState, Job,
    MessageKind, OwnerTeam, Problem, ProblemId, ProblemState, ReviewReason, RootCause, Routing,
    Way, Words, issue, way,
};
use mostik_store::ProblemCard;
use mostik_text::likeness;

use super::{offer, thank};
use crate::{Pipeline, StepError, Voiced};

pub(super) async fn decide(pipeline: &Pipeline, id: FeedbackId) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    let FeedbackState::Answered(answered) = &feedback.state else {
        return Ok(Decision::nothing());
    };
    match way(&answered.classification, pipeline.rules.thresholds) {
        Way::ToOwner => {}
        Way::Offered => return offer::route(pipeline, feedback).await,
        Way::Kept => return Ok(thank::thanks(pipeline, id)),
        Way::ToPerson(reason) => return Ok(pipeline.ask_a_person(feedback, reason)),
    }
    let cause = answered.classification.root_cause.clone();
    let team = match pipeline.rules.ownership.route(&cause) {
        Routing::To(team) => team,
        Routing::Unrouted(why) => {
            return Ok(pipeline.ask_a_person(feedback, ReviewReason::Unrouted { why }));
        }
    };
    gather(pipeline, feedback, team, cause).await
}

/// Of so many likely problems one may be joined.
const MOST_COMPARED: usize = 5;

/// Gathers an answered feedback under a problem of the team that it is like,
/// or opens one.
pub(crate) async fn gather(
    pipeline: &Pipeline,
    feedback: Feedback,
    team: &OwnerTeam,
    cause: RootCause,
) -> Result<Decision, StepError> {
    if feedback.state.classification().map(Classification::kind) == Some(MessageKind::Cooperation) {
        return offer::hand(pipeline, feedback, team).await;
    }
    let voiced = Voiced::by(&feedback);
    let pattern = voiced.as_ref().map_or("", Voiced::redacted);
    let keys = likeness::keys(pattern);
    // Its count is read first: a problem opened from here on makes this decision outdated.
    let (look_alikes, gathering) = pipeline.store.look_alikes(&team.name, &keys).await?;
    let look_alikes: Vec<ProblemId> = look_alikes.iter().map(|problem| problem.id).collect();
    let fits = |card: &ProblemCard| gathers(&card.problem, team, &cause);
    let likely = match &voiced {
        Some(voiced) => pipeline.likely.of(voiced, &look_alikes, fits, MOST_COMPARED).await?,
        None => Vec::new(),
    };
    if let Some(known) = likely.iter().find(|likely| likely.joins) {
        let known = known.card.problem.id;
        return gathered(pipeline, feedback, team, known, Decision::nothing());
    }
    let problem = new_problem(pipeline, pattern, keys, cause, team);
    let id = problem.id;
    let opened = Decision::nothing().and(Change::OpenProblem { problem, gathering });
    gathered(pipeline, feedback, team, id, opened)
}

/// Whether a feedback of that cause may be counted under it. An offer has no
/// keys and gathers nothing, also where its team owns the cause.
fn gathers(problem: &Problem, team: &OwnerTeam, cause: &RootCause) -> bool {
    problem.owner_team == team.name
        && problem.root_cause == *cause
        && !problem.likeness_keys.is_empty()
}

pub(super) fn new_problem(
    pipeline: &Pipeline,
    pattern: &str,
    likeness_keys: Vec<u64>,
    root_cause: RootCause,
    team: &OwnerTeam,
) -> Problem {
    let now = pipeline.now();
    Problem {
        id: ProblemId::new(pipeline.fresh()),
        title: issue::title(team.language, &root_cause, pattern),
        root_cause,
        owner_team: team.name.clone(),
        pattern: Words::new(pattern),
        likeness_keys,
        state: ProblemState::Open,
        stage: AcceptanceStage::NoSignal,
        stage_since: now,
        last_comment: None,
        opened_at: now,
        revision: 0,
    }
}

pub(super) fn gathered(
    pipeline: &Pipeline,
    feedback: Feedback,
    team: &OwnerTeam,
    problem: ProblemId,
    decision: Decision,
) -> Result<Decision, StepError> {
    let now = pipeline.now();
    let state = feedback.state.clone().routed_to(&team.name, problem, now)?;
    let key = format!("file:{problem}:{}:{}", feedback.id, feedback.revision);
    Ok(decision.and(Change::SaveFeedback(feedback.in_state(state, now))).then(pipeline.new_job(
        Job::File { problem },
        key,
        now,
    )))
}
