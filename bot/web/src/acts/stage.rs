use mostik_domain::{
    AcceptanceSignal, AcceptanceStage, Change, Decision, SignalId, SignalKind, Words, acceptance,
};
use mostik_store::ProblemDetails;

use super::{Moment, typed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// Characters of a reason.
const LIMIT: usize = 2_000;

/// A manager sets the stage by hand, with a reason: one more signal.
pub(crate) fn set_stage(
    details: ProblemDetails,
    stage: AcceptanceStage,
    reason: &str,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let reason = typed("reason", reason, LIMIT)?;
    if stage == AcceptanceStage::NoSignal {
        return Err(ProblemDocument::invalid("stage", "choose one of the five stages")
            .because(Refusal::NoStage));
    }
    let Some(issue) = details.card.issue else {
        return Err(Refusal::NotWithTheTeam.into());
    };
    let id = SignalId::new(moment.clock.fresh_id());
    let signal = AcceptanceSignal {
        id,
        issue: issue.id,
        key: format!("by-hand:{id}"),
        stage,
        kind: SignalKind::SetByHand,
        quote: Words::new(format!("{}: {reason}", moment.by)),
        at: moment.at,
        url: None,
    };
    let mut problem = details.card.problem;
    let mut signals = details.signals;
    signals.push(signal.clone());
    if let Some((stage, since)) = acceptance::fold(&signals) {
        (problem.stage, problem.stage_since) = (stage, since);
    }
    Ok(Decision::nothing().and(Change::AddSignal(signal)).and(Change::SaveProblem(problem)))
}
