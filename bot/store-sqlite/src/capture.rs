//! What came in, once: customer, conversation, feedback, message or call,
//! promise, notice and the first jobs.

use mostik_domain::{Capture, Captured, Feedback, Message};
use mostik_store::StoreError;

use crate::{
    call, connect::Connection, conversation, customer, feedback, jobs, message, notice, promise,
};

/// Runs inside a transaction that nobody else's capture of the same message or
/// address can run beside.
pub(crate) async fn capture(db: &mut Connection, capture: Capture) -> Result<Captured, StoreError> {
    let (inbox, external_id) = (&capture.message.inbox, &capture.message.external_id);
    if let Some(feedback) = message::captured_as(db, inbox, external_id).await? {
        return captured_before(db, feedback).await;
    }
    store(db, capture).await
}

async fn store(db: &mut Connection, capture: Capture) -> Result<Captured, StoreError> {
    let customer = customer::recognise(db, capture.address.as_ref(), &capture.customer).await?;
    let conversation = mostik_domain::Conversation { customer, ..capture.conversation };
    let conversation = conversation::find_or_insert(db, &conversation).await?;
    let feedback = Feedback { customer, conversation, ..capture.feedback };
    feedback::insert(db, &feedback).await?;
    message::add(db, &Message { conversation, ..capture.message }).await?;
    if let Some(call) = &capture.call {
        call::save(db, call).await?;
    }
    promise::save(db, &capture.promise).await?;
    notice::save(db, &capture.notice).await?;
    jobs::queue(db, &capture.jobs, feedback.captured_at).await?;
    Ok(Captured {
        feedback: feedback.id,
        reference: feedback.reference,
        promise: capture.promise,
        new: true,
    })
}

async fn captured_before(db: &mut Connection, feedback: Feedback) -> Result<Captured, StoreError> {
    let promises = promise::of(db, [feedback.id]).await?;
    let promise = promises.into_iter().next().ok_or_else(|| StoreError::Corrupt {
        why: format!("{} was captured without a promise", feedback.id),
    })?;
    Ok(Captured { feedback: feedback.id, reference: feedback.reference, promise, new: false })
}
