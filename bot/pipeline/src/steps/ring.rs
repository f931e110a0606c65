//! News to a customer by a call of ours: whether and when, the mark, the call, what came of it.
//!
//! Two jobs, because the mark that she is being called has to be stored before anything is dialled:
//! after a crash the second one is tried again, finds that, and says so instead of calling twice
//! in silence.

use jiff::Timestamp;
use mostik_channels::{CallBackPlan, CallMatter, RingsCustomers, Rung};
use mostik_domain::{
    CallMissed, Change, Decision, Feedback, FeedbackState, Job, NewJob, Notice, NoticeId,
    NoticeKind, NoticeState,
};
use mostik_store::Lease;

use super::tell;
use crate::{Pipeline, StepError, pipeline::missing};

/// A notice that waits for a call, with the first try when Mostik may ring.
pub(super) fn first(
    pipeline: &Pipeline,
    notice: Notice,
    feedback: &Feedback,
) -> Result<(Notice, Option<NewJob>), StepError> {
    let Some(plan) = may_ring(pipeline, notice.id, feedback) else {
        return Ok((notice, None));
    };
    match plan.next_attempt(0, pipeline.now()) {
        Some(at) => {
            let job = ring_job(pipeline, &notice, at);
            Ok((notice.to_be_rung(at)?, Some(job)))
        }
        None => Ok((notice, None)),
    }
}

/// The plan, when this customer may be rung at all.
fn may_ring<'a>(
    pipeline: &'a Pipeline,
    notice: NoticeId,
    feedback: &Feedback,
) -> Option<&'a CallBackPlan> {
    let plan = pipeline.call_back.as_deref()?;
    match plan.whom.may_call(&feedback.return_path) {
        Ok(_) => Some(plan),
        Err(why) => {
            tracing::info!(%notice, %why, "Mostik does not call; a person has to");
            None
        }
    }
}

/// Is it time? Then the mark is stored, and the call is the next job.
pub(super) async fn decide(pipeline: &Pipeline, id: NoticeId) -> Result<Decision, StepError> {
    let notice = pipeline.store.notice(id).await?.ok_or_else(|| missing(id))?;
    let Some(attempts) = notice.call_attempts().filter(|now| now.calling_since.is_none()) else {
        return Ok(Decision::nothing());
    };
    let feedback = pipeline.load_feedback(notice.feedback).await?;
    let now = pipeline.now();
    if may_ring(pipeline, id, &feedback).is_none() || !is_still_true(notice.kind, &feedback.state) {
        return Ok(Decision::nothing().and(Change::SaveNotice(notice.left_to_a_person()?)));
    }
    let opens = pipeline.rules.hours.after(now, 0);
    if opens > now {
        return Ok(again_at(pipeline, notice.to_be_rung(opens)?));
    }
    let dial = pipeline.new_job(
        Job::Dial { notice: id, feedback: notice.feedback },
        format!("dial:{id}:{}:{}", attempts.made, now.as_microsecond()),
        now,
    );
    Ok(Decision::nothing().and(Change::SaveNotice(notice.being_called(now)?)).then(dial))
}

/// What was decided meanwhile may have overtaken the news: it was reopened, or she said on her own
/// page that it is not solved.
const fn is_still_true(kind: NoticeKind, state: &FeedbackState) -> bool {
    match kind {
        NoticeKind::Fixed => matches!(state, FeedbackState::Resolved { .. }),
        NoticeKind::Declined => matches!(state, FeedbackState::Declined { .. }),
        NoticeKind::Received
        | NoticeKind::Accepted
        | NoticeKind::Delayed
        | NoticeKind::FollowUp
        | NoticeKind::Thanked => true,
    }
}

/// Rings her. Only the first attempt of this job dials.
pub(super) async fn dial(
    pipeline: &Pipeline,
    id: NoticeId,
    lease: &Lease,
) -> Result<Decision, StepError> {
    let notice = pipeline.store.notice(id).await?.ok_or_else(|| missing(id))?;
    let Some(attempts) = notice.call_attempts().filter(|now| now.calling_since.is_some()) else {
        return Ok(Decision::nothing());
    };
    if lease.attempt > 1 {
        tracing::warn!(
            notice = %id,
            attempt = attempts.made,
            "a call-back was cut short by a crash: the customer may have been called, and is \
             perhaps called twice"
        );
        return came_to(pipeline, notice, Rung::Missed(CallMissed::Interrupted)).await;
    }
    let now = pipeline.now();
    let opens = pipeline.rules.hours.after(now, 0);
    if opens > now {
        return Ok(again_at(pipeline, notice.not_called_yet(opens)?));
    }
    let Some(rings) = pipeline.rings.as_ref() else {
        return came_to(pipeline, notice, Rung::NotBefore(now)).await;
    };
    let feedback = pipeline.load_feedback(notice.feedback).await?;
    let matter = CallMatter { notice: id, kind: notice.kind, attempt: attempts.made, feedback };
    let rung = RingsCustomers::ring(rings.as_ref(), &matter, now).await;
    // Read anew: the phone has kept what she answered, and a person may have called meanwhile.
    let notice = pipeline.store.notice(id).await?.ok_or_else(|| missing(id))?;
    came_to(pipeline, notice, rung).await
}

async fn came_to(pipeline: &Pipeline, notice: Notice, rung: Rung) -> Result<Decision, StepError> {
    let Some(attempts) = notice.call_attempts() else {
        return Ok(Decision::nothing());
    };
    let now = pipeline.now();
    match rung {
        Rung::Told => told(pipeline, notice, now).await,
        Rung::NotBefore(at) => Ok(again_at(pipeline, notice.not_called_yet(at)?)),
        Rung::MayNot(why) => {
            tracing::info!(notice = %notice.id, %why, "Mostik does not call; a person has to");
            let notice = notice.not_called_yet(now)?.left_to_a_person()?;
            Ok(Decision::nothing().and(Change::SaveNotice(notice)))
        }
        Rung::Missed(how) => {
            let next = pipeline.call_back.as_deref();
            let next = next.and_then(|plan| plan.next_attempt(attempts.made, now));
            Ok(again_at(pipeline, notice.missed(how, next, now)?))
        }
    }
}

async fn told(pipeline: &Pipeline, notice: Notice, now: Timestamp) -> Result<Decision, StepError> {
    let (feedback, substantial) = (notice.feedback, notice.kind != NoticeKind::Delayed);
    let told = notice.in_state(NoticeState::Sent { at: now })?;
    let decision = Decision::nothing().and(Change::SaveNotice(told));
    if substantial { tell::keep_promises(pipeline, feedback, decision).await } else { Ok(decision) }
}

/// Stored as it is now, with the next try, if there is to be one.
fn again_at(pipeline: &Pipeline, notice: Notice) -> Decision {
    let next = notice.call_attempts().and_then(|attempts| attempts.next_at);
    let job = next.map(|at| ring_job(pipeline, &notice, at));
    let decision = Decision::nothing().and(Change::SaveNotice(notice));
    job.into_iter().fold(decision, Decision::then)
}

fn ring_job(pipeline: &Pipeline, notice: &Notice, at: Timestamp) -> NewJob {
    pipeline.new_job(
        Job::Ring { notice: notice.id, feedback: notice.feedback },
        format!("ring:{}:{}", notice.id, at.as_microsecond()),
        at,
    )
}
