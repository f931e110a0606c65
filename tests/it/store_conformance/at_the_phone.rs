//! What the phone tells the desk, and what the desk asks of the phone.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{
    Attendance, CallId, Change, Decision, DeskOrder, Language, LiveCall, LiveStage, OrderId,
    OrderWhat, Outage, OutageTexts, Presence,
};
use mostik_store::{Changed, StoreError};

use super::Backend;
use super::given::{at, fresh, submitted};

fn live(stage: LiveStage) -> LiveCall {
    LiveCall {
        id: CallId::new(fresh()),
        line: "support".to_owned(),
        caller: "sip:anna@example.org".into(),
        customer: None,
        language: Language::Russian,
        stage,
        since: at(1),
        arrived_at: at(0),
        hand_ons: 0,
    }
}

pub(super) fn waiting(place: u32) -> LiveCall {
    live(LiveStage::Waiting { place, since: at(1) })
}

pub(super) fn order(call: CallId, what: OrderWhat, at: Timestamp) -> DeskOrder {
    DeskOrder { id: OrderId::new(fresh()), call, by: "Вера".to_owned(), what, at }
}

fn outage(line: Option<&str>, words: &str) -> Outage {
    Outage {
        line: line.map(str::to_owned),
        texts: OutageTexts { russian: words.into(), english: "".into() },
        set_by: "Вера".to_owned(),
        since: at(1),
        until: Some(at(500)),
    }
}

async fn orders(store: &dyn Backend, now: Timestamp) -> Vec<DeskOrder> {
    store.desk_orders(now).await.expect("a read")
}

pub(super) async fn the_last_word_of_an_operator_counts(store: &dyn Backend) {
    assert!(store.attendance().await.expect("a read").is_empty());
    let said = |operator: &str, presence, seconds| Attendance {
        operator: operator.to_owned(),
        presence,
        since: at(seconds),
    };
    let hostile = "'; DROP TABLE attendance; -- \0";
    let last = [said(hostile, Presence::Away, 2), said("Вера", Presence::Available, 3)];
    submitted(store, vec![Change::SaveAttendance(said("Вера", Presence::Away, 1))]).await;
    submitted(store, last.iter().cloned().map(Change::SaveAttendance).collect()).await;
    assert_eq!(store.attendance().await.expect("a read"), last);
}

pub(super) async fn a_live_call_is_told_until_it_ends(store: &dyn Backend) {
    let (one, two) = (live(LiveStage::Greeting), waiting(2));
    submitted(store, vec![Change::SaveLiveCall(two.clone()), Change::SaveLiveCall(one.clone())])
        .await;
    let talking = LiveStage::Talking { operator: "Вера".to_owned() };
    let one = LiveCall { stage: talking, hand_ons: 1, ..one };
    submitted(store, vec![Change::SaveLiveCall(one.clone())]).await;
    let all = store.live_calls().await.expect("a read");
    assert_eq!(all, [one.clone(), two.clone()], "the earliest arrived first");
    assert_eq!(store.live_call(one.id).await.expect("a read"), Some(one.clone()));
    let ends = Change::EndLiveCall(one.id);
    submitted(store, vec![ends.clone(), ends]).await;
    assert_eq!(store.live_calls().await.expect("a read"), [two]);
    submitted(store, vec![Change::NoLiveCalls]).await;
    assert!(store.live_calls().await.expect("a read").is_empty());
    assert_eq!(store.live_call(one.id).await.expect("a read"), None);
}

pub(super) async fn an_order_is_open_until_it_is_done_or_too_old(store: &dyn Backend) {
    let (one, two) = (waiting(1), waiting(2));
    submitted(store, vec![Change::SaveLiveCall(one.clone()), Change::SaveLiveCall(two.clone())])
        .await;
    let hand_on = order(one.id, OrderWhat::HandOn { to: Some("Пётр".to_owned()) }, at(10));
    let take = order(two.id, OrderWhat::TakeNow, at(5));
    submitted(store, vec![Change::GiveOrder(hand_on.clone())]).await;
    submitted(store, vec![Change::GiveOrder(take.clone())]).await;
    assert_eq!(orders(store, at(11)).await, [take.clone(), hand_on.clone()], "oldest first");
    let later = at(5) + DeskOrder::GOOD_FOR;
    assert_eq!(orders(store, later).await, std::slice::from_ref(&hand_on), "what is too old");

    let hang_up = order(one.id, OrderWhat::HangUp, at(12));
    submitted(store, vec![Change::GiveOrder(hang_up.clone())]).await;
    submitted(store, vec![Change::OrderDone(hand_on.id)]).await;
    assert_eq!(orders(store, at(13)).await, [take.clone(), hang_up], "the newest of each call");
    submitted(store, vec![Change::OrderDone(take.id), Change::OrderDone(take.id)]).await;
    submitted(store, vec![Change::EndLiveCall(one.id)]).await;
    assert!(orders(store, at(13)).await.is_empty(), "an order goes with its call");
}

pub(super) async fn of_a_call_that_is_over_nothing_is_asked(store: &dyn Backend) {
    let call = waiting(1);
    submitted(store, vec![Change::SaveLiveCall(call.clone()), Change::NoLiveCalls]).await;
    let given = Change::GiveOrder(order(call.id, OrderWhat::HangUp, at(3)));
    let refused = store.submit(Decision::nothing().and(given), at(3)).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    assert!(orders(store, at(3)).await.is_empty());
}

pub(super) async fn an_outage_is_told_on_its_line(store: &dyn Backend) {
    let (all, one) = (outage(None, "Сайт лежит"), outage(Some("support"), "Оплата\0стоит"));
    submitted(store, vec![Change::SetOutage(one.clone()), Change::SetOutage(all.clone())]).await;
    assert_eq!(store.outages().await.expect("a read"), [all.clone(), one]);
    let newer = outage(Some("support"), "Оплата снова работает не у всех");
    submitted(store, vec![Change::SetOutage(newer.clone()), Change::ClearOutage(None)]).await;
    assert_eq!(store.outages().await.expect("a read"), [newer]);
    let enormous = "я".repeat(20_000);
    submitted(store, vec![Change::ClearOutage(Some(enormous))]).await;
    submitted(store, vec![Change::ClearOutage(Some("support".to_owned()))]).await;
    assert!(store.outages().await.expect("a read").is_empty());
}

pub(super) async fn what_happens_at_the_phone_is_heard(store: &dyn Backend) {
    let call = waiting(1);
    let attendance = Attendance {
        operator: "Вера".to_owned(),
        presence: Presence::Away,
        since: at(1) + SignedDuration::from_secs(1),
    };
    let given = order(call.id, OrderWhat::TakeNow, at(2));
    let mut changes = store.changes();
    for change in [
        Change::SaveAttendance(attendance),
        Change::SaveLiveCall(call.clone()),
        Change::GiveOrder(given.clone()),
        Change::OrderDone(given.id),
        Change::SetOutage(outage(None, "")),
        Change::ClearOutage(None),
        Change::EndLiveCall(call.id),
        Change::NoLiveCalls,
    ] {
        submitted(store, vec![change.clone()]).await;
        let heard = changes.recv().await.expect("news");
        assert_eq!(heard, Changed { calls: true, ..Changed::default() }, "{change:?}");
    }
}
