//! A decision's changes and next jobs, in their order.

use jiff::Timestamp;
use mostik_domain::{Change, Decision};
use mostik_store::StoreError;

use crate::{
    attendance, board, call, call_back, call_note, classification, connect::Connection, cursor,
    desk_order, feedback, issue, jobs, live_call, message, notice, outage, problem, promise,
    signal, transcript, waking::Touched,
};

/// Runs inside a transaction: any error leaves nothing stored.
pub(crate) async fn apply(
    db: &mut Connection,
    decision: Decision,
    now: Timestamp,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    if !decision.next_jobs.is_empty() {
        touched.queued();
    }
    for change in decision.changes {
        touched.by(&change);
        apply_one(db, change).await?;
    }
    jobs::queue(db, &decision.next_jobs, now).await
}

async fn apply_one(db: &mut Connection, change: Change) -> Result<(), StoreError> {
    match change {
        Change::SaveFeedback(it) => feedback::save(db, it).await,
        Change::AddClassification(id, it) => classification::add(db, id, &it).await,
        Change::SaveTranscript(id, it) => transcript::save(db, id, &it).await,
        Change::AddMessage(it) => message::add(db, &it).await,
        Change::SaveCall(it) => call::save(db, &it).await,
        Change::OpenProblem { problem, gathering } => problem::open(db, &problem, gathering).await,
        Change::SaveProblem(it) => problem::save(db, it).await,
        Change::SaveIssue(it) => issue::save(db, it).await,
        Change::AddSignal(it) => signal::add(db, &it).await,
        Change::SavePromise(it) => promise::save(db, &it).await,
        Change::SaveNotice(it) => notice::save(db, &it).await,
        Change::SaveBoardIssue(it, events) => board::save(db, it, &events).await,
        Change::SetCursor { tracker, project, read_until } => {
            cursor::set(db, &tracker, &project, read_until).await
        }
        Change::SaveAttendance(it) => attendance::save(db, &it).await,
        Change::SaveLiveCall(it) => live_call::save(db, &it).await,
        Change::EndLiveCall(id) => live_call::end(db, id).await,
        Change::NoLiveCalls => live_call::end_all(db).await,
        Change::GiveOrder(it) => desk_order::give(db, &it).await,
        Change::OrderDone(id) => desk_order::done(db, id).await,
        Change::SetOutage(it) => outage::set(db, &it).await,
        Change::ClearOutage(line) => outage::clear(db, line.as_deref()).await,
        Change::SaveCallBack(it) => call_back::save(db, it).await,
        Change::NoteCall(id, it) => call_note::save(db, id, &it).await,
    }
}
