//! Some days after closing: is all well now? (checklist #60)

use jiff::SignedDuration;
use mostik_domain::{
    Change, Decision, FeedbackId, FeedbackState, Job, NewJob, Notice, NoticeId, NoticeKind,
    NoticeState, Words, tracking,
};

use crate::{Pipeline, StepError};

/// What follows the news of a closing, after the days that are configured.
pub(super) fn after(pipeline: &Pipeline, told: &Notice) -> Option<NewJob> {
    let closes = matches!(told.kind, NoticeKind::Fixed | NoticeKind::Declined);
    let days = i64::from(pipeline.rules.follow_up_days);
    (closes && days > 0).then(|| {
        let at = pipeline.now() + SignedDuration::from_hours(24 * days);
        let job = Job::FollowUp { feedback: told.feedback };
        pipeline.new_job(job, format!("follow-up:{}", told.id), at)
    })
}

/// Asks, when it is still closed; once for a feedback, however often it was closed.
pub(super) async fn decide(pipeline: &Pipeline, id: FeedbackId) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    let closed =
        matches!(feedback.state, FeedbackState::Resolved { .. } | FeedbackState::Declined { .. });
    if !closed || pipeline.store.notice_of(id, NoticeKind::FollowUp).await?.is_some() {
        return Ok(Decision::nothing());
    }
    let now = pipeline.now();
    let notice = Notice {
        id: NoticeId::new(pipeline.fresh()),
        feedback: id,
        kind: NoticeKind::FollowUp,
        text: Words::default(),
        state: NoticeState::Pending,
        created_at: now,
    };
    let tell = tracking::tell(&notice, &|| pipeline.fresh(), now);
    Ok(Decision::nothing().and(Change::SaveNotice(notice)).then(tell))
}
