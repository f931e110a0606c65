use mostik_domain::{FeedbackId, FeedbackState, Job, MessageKind};
use mostik_store::StoreError;

use crate::{Pipeline, StepError, steps::route};

/// Somebody else may save the same feedback in between; then all is read again.
const TRIES: u32 = 5;

/// Gives a feedback to the team that `by`, a person, chose, past the ownership
/// rules. Gives up when there is no such team, or when the feedback has no
/// cause or its customer no answer yet.
pub async fn hand_over(
    pipeline: &Pipeline,
    id: FeedbackId,
    team: &str,
    by: &str,
) -> Result<(), StepError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match once(pipeline, id, team, by).await {
            Err(StepError::Overtaken { .. }) if tries < TRIES => {}
            other => return other,
        }
    }
}

async fn once(pipeline: &Pipeline, id: FeedbackId, team: &str, by: &str) -> Result<(), StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    let team = pipeline
        .rules
        .ownership
        .team(team)
        .ok_or_else(|| StepError::give_up(format!("no owner team is called {team:?}")))?;
    let Some(classification) = feedback.state.classification().cloned() else {
        return Err(StepError::give_up("the cause must be named first"));
    };
    // Praise is filed with nobody: who gives it to a team sees a problem in it.
    let classification = match classification.kind() {
        MessageKind::Thanks | MessageKind::Review => classification.as_problem(by),
        _ => classification,
    };
    let cause = classification.root_cause.clone();
    let now = pipeline.now();
    let left = feedback.problem();
    let revision = feedback.revision;
    let state = feedback.state.clone().classified(classification)?;
    if !matches!(state, FeedbackState::Answered(_)) {
        return Err(StepError::give_up("the customer must be answered first"));
    }
    let mut decision = route::gather(pipeline, feedback.in_state(state, now), team, cause).await?;
    if let Some(problem) = left {
        // The issue it was counted on counts one less.
        let key = format!("file:{problem}:left:{id}:{revision}");
        decision = decision.then(pipeline.new_job(Job::File { problem }, key, now));
    }
    pipeline.store.submit(decision, now).await.map_err(|error: StoreError| error.into())
}
