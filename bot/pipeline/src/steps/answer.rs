//! The customer hears that it arrived and by when she will know more, before
//! anything is routed (checklist #36).

use mostik_domain::{
    Band, Change, Decision, Feedback, FeedbackId, FeedbackState, Job, NoticeKind, NoticeState,
    ReviewReason,
};

use super::tell;
use crate::{Pipeline, StepError};

pub(super) async fn decide(pipeline: &Pipeline, id: FeedbackId) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    if !matches!(feedback.state, FeedbackState::Classified { .. }) {
        return Ok(Decision::nothing());
    }
    let notice = pipeline
        .store
        .notice_of(id, NoticeKind::Received)
        .await?
        .ok_or_else(|| StepError::give_up(format!("{id} has no notice of receipt")))?;
    // A caller has heard the promise in the call.
    let (decision, told_at) = match notice.state {
        NoticeState::Sent { at } | NoticeState::Posted { at } => (Decision::nothing(), at),
        _ => (tell::deliver(pipeline, &feedback, notice).await?, pipeline.now()),
    };
    let state = feedback.state.clone().answered_at(told_at)?;
    Ok(go_on(pipeline, feedback.in_state(state, pipeline.now()), decision))
}

/// A sure cause is routed; an unsure one is shown to a person.
fn go_on(pipeline: &Pipeline, feedback: Feedback, decision: Decision) -> Decision {
    let now = pipeline.now();
    let band = feedback.state.classification().map_or(Band::Ask, |classification| {
        pipeline.rules.thresholds.band(classification.confidence)
    });
    if band == Band::Act {
        let id = feedback.id;
        let key = format!("route:{id}:{}", feedback.revision);
        return decision.and(Change::SaveFeedback(feedback)).then(pipeline.new_job(
            Job::Route { feedback: id },
            key,
            now,
        ));
    }
    let mut decision = decision;
    let asked = pipeline.ask_a_person(feedback, ReviewReason::LowConfidence);
    decision.changes.extend(asked.changes);
    decision
}
