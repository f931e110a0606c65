//! Places kept in a queue.

use mostik_domain::{CallBack, CallBackId, CallBackState, CallId, Change, Decision, Language};
use mostik_store::{KeepCalls, StoreError};

use super::Backend;
use super::given::{at, fresh, proved, submitted};

fn asked(queued: i64) -> CallBack {
    CallBack {
        id: CallBackId::new(fresh()),
        call: CallId::new(fresh()),
        line: "support".to_owned(),
        address: proved("sip:anna@example.org"),
        name: Some("Анна".into()),
        customer: None,
        language: Language::English,
        in_queue_since: at(queued),
        asked_at: at(100),
        attempts: 0,
        state: CallBackState::Waiting { not_before: None },
        came_by: None,
        perhaps_called_twice: false,
        revision: 0,
    }
}

async fn saved(store: &dyn Backend, call_back: CallBack) -> Result<(), StoreError> {
    store.submit(Decision::nothing().and(Change::SaveCallBack(call_back)), at(200)).await
}

async fn stored(store: &dyn Backend, id: CallBackId) -> CallBack {
    store.call_back(id).await.expect("a read").expect("a call-back")
}

pub(super) async fn places_are_kept_in_the_order_of_the_queue(store: &dyn Backend) {
    let (late, early) = (asked(20), asked(10));
    let mut changes = store.changes();
    submitted(store, vec![Change::SaveCallBack(late.clone())]).await;
    assert!(changes.recv().await.expect("news").calls, "the phone and open pages hear of it");
    submitted(store, vec![Change::SaveCallBack(early.clone())]).await;
    assert_eq!(store.call_backs().await.expect("a read"), [early.clone(), late.clone()]);
    assert_eq!(store.call_back_of(late.call).await.expect("a read"), Some(late.clone()));
    assert_eq!(store.call_back_of(CallId::new(fresh())).await.expect("a read"), None);
    assert_eq!(store.call_back(CallBackId::new(fresh())).await.expect("a read"), None);

    let calling = stored(store, early.id).await.calling(at(200)).expect("her turn");
    saved(store, calling).await.expect("saved");
    let reached = stored(store, early.id).await.reached(at(210)).expect("answered");
    saved(store, reached.clone()).await.expect("saved");
    assert_eq!(store.call_backs().await.expect("a read"), [late], "what is over waits no more");
    let expected = CallBack { revision: 2, ..reached };
    assert_eq!(store.call_back_of(early.call).await.expect("a read"), Some(expected));
}

pub(super) async fn neither_cancelling_nor_dialling_is_lost(store: &dyn Backend) {
    let asked = asked(10);
    submitted(store, vec![Change::SaveCallBack(asked.clone())]).await;
    let dialled = asked.clone().calling(at(200)).expect("her turn");
    let cancelled = asked.clone().cancelled("Вера", at(200)).expect("not dialled yet");
    let both = tokio::join!(saved(store, dialled), saved(store, cancelled));
    let (won, lost) = if both.0.is_ok() { both } else { (both.1, both.0) };
    won.expect("one of both is stored");
    assert!(matches!(lost, Err(StoreError::Conflict { .. })), "{lost:?}");
    let now = stored(store, asked.id).await;
    assert_eq!(now.revision, 1);
    assert_ne!(now.state, asked.state);
}

pub(super) async fn a_call_asks_once(store: &dyn Backend) {
    let one = asked(10);
    submitted(store, vec![Change::SaveCallBack(one.clone())]).await;
    let again = CallBack { call: one.call, ..asked(11) };
    let refused = saved(store, again).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.call_backs().await.expect("a read"), [one]);
}

pub(super) async fn what_is_over_is_forgotten_in_time(store: &dyn Backend) {
    let (over, open) = (asked(10), asked(11));
    submitted(store, vec![Change::SaveCallBack(open.clone())]).await;
    let cancelled = over.clone().cancelled("Вера", at(200)).expect("not dialled");
    submitted(store, vec![Change::SaveCallBack(cancelled)]).await;
    let keep = |since| KeepCalls { since, newest: u32::MAX };
    assert_eq!(store.prune_calls(keep(at(0))).await.expect("pruned"), 0, "nothing is older");
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    assert_eq!(store.prune_calls(keep(tomorrow)).await.expect("pruned"), 1);
    assert_eq!(store.call_back(over.id).await.expect("a read"), None);
    assert_eq!(store.call_backs().await.expect("a read"), [open], "what waits is never forgotten");
    assert_eq!(store.prune_calls(keep(tomorrow)).await.expect("pruned"), 0);
}

pub(super) async fn a_dump_of_a_call_back_shows_nobody(store: &dyn Backend) {
    let secret = "sip:+74951234567@example.org";
    let asked = CallBack { address: proved(secret), ..asked(10) };
    submitted(store, vec![Change::SaveCallBack(asked.clone())]).await;
    let refused = saved(store, CallBack { revision: 7, ..asked.clone() }).await;
    let told = format!("{refused:?} {:?}", store.call_backs().await);
    assert!(told.contains("Conflict") && !told.contains("4951234567"), "{told}");
}
