//! Praise is thanked for and kept (checklist #151): with the thanks the
//! customer has got the answer that was promised.

use mostik_domain::{
    Change, Decision, FeedbackId, Notice, NoticeId, NoticeKind, NoticeState, Words, tracking,
};

use super::tell::keep_promises;
use crate::{Pipeline, StepError};

/// After the customer was answered: `answered` holds what was told just now.
/// A caller has only heard in the call that an answer will come, so the thanks
/// are still to be said.
pub(super) async fn keep(
    pipeline: &Pipeline,
    id: FeedbackId,
    answered: Decision,
) -> Result<Decision, StepError> {
    if answered.changes.is_empty() {
        return Ok(thanks(pipeline, id));
    }
    keep_promises(pipeline, id, answered).await
}

/// Thanks to somebody who was answered as if something were wrong, or in a call.
pub(super) fn thanks(pipeline: &Pipeline, id: FeedbackId) -> Decision {
    let notice = Notice {
        id: NoticeId::new(pipeline.fresh()),
        feedback: id,
        kind: NoticeKind::Thanked,
        text: Words::default(),
        state: NoticeState::Pending,
        created_at: pipeline.now(),
    };
    let tell = tracking::tell(&notice, &|| pipeline.fresh(), pipeline.now());
    Decision::nothing().and(Change::SaveNotice(notice)).then(tell)
}
