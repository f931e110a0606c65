//! Workers and open pages hear of commits.

use mostik_domain::{Change, Decision, Feedback, Step};
use mostik_store::Changed;
use tokio::sync::broadcast::error::TryRecvError;

use super::Backend;
use super::given::{LEASE, at, captured, feedback, opened, problem, routed};

pub(super) async fn a_capture_and_a_commit_are_heard(store: &dyn Backend) {
    let mut changes = store.changes();
    let id = captured(store, "m-1", "Опоздал").await.feedback;
    let heard = changes.recv().await.expect("news");
    let news = Changed { jobs: true, feedback: Some(id), ..Changed::default() };
    assert_eq!(heard, news);

    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    assert_eq!(changes.recv().await.expect("news").problem, Some(late.id));
    let routed = routed(store, id, &late).await;
    let heard = changes.recv().await.expect("news");
    assert_eq!(heard, Changed { jobs: false, problem: Some(late.id), ..news });

    let lease = store.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    let decision = Decision::nothing().and(Change::SaveFeedback(routed));
    store.commit(&lease.expect("a job"), decision, at(2)).await.expect("a commit");
    let heard = changes.recv().await.expect("news");
    assert!(heard.jobs, "a finished job frees its lane");
    assert_eq!(heard.feedback, Some(id));
}

pub(super) async fn what_was_refused_is_not_heard(store: &dyn Backend) {
    let id = captured(store, "m-1", "Опоздал").await.feedback;
    let mut changes = store.changes();
    captured(store, "m-1", "Опоздал").await;
    let outdated = Feedback { revision: 9, ..feedback(store, id).await };
    let decision = Decision::nothing().and(Change::SaveFeedback(outdated));
    store.submit(decision, at(2)).await.expect_err("refused");
    assert_eq!(changes.try_recv(), Err(TryRecvError::Empty));
}
