//! The customer hears that it arrived and by when she will know more, before
//! anything is routed (checklist #36).

use mostik_domain::{
    Change, Decision, Feedback, FeedbackId, FeedbackState, Job, NoticeKind, NoticeState,
    ReviewReason, Way, way,
};

use super::{tell, thank};
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
    go_on(pipeline, feedback.in_state(state, pipeline.now()), decision).await
}

/// A sure cause and an offer are routed, praise is kept, the rest is shown to a
/// person.
async fn go_on(
    pipeline: &Pipeline,
    feedback: Feedback,
    decision: Decision,
) -> Result<Decision, StepError> {
    let way = match feedback.state.classification() {
        Some(named) => way(named, pipeline.rules.thresholds),
        None => Way::ToPerson(ReviewReason::LowConfidence),
    };
    match way {
        Way::ToOwner | Way::Offered => Ok(to_team(pipeline, feedback, decision)),
        Way::Kept => {
            let decision = thank::keep(pipeline, feedback.id, decision).await?;
            Ok(decision.and(Change::SaveFeedback(feedback)))
        }
        Way::ToPerson(reason) => {
            let mut decision = decision;
            decision.changes.extend(pipeline.ask_a_person(feedback, reason).changes);
            Ok(decision)
        }
    }
}

fn to_team(pipeline: &Pipeline, feedback: Feedback, decision: Decision) -> Decision {
    let id = feedback.id;
    let key = format!("route:{id}:{}", feedback.revision);
    let job = pipeline.new_job(Job::Route { feedback: id }, key, pipeline.now());
    decision.and(Change::SaveFeedback(feedback)).then(job)
}
