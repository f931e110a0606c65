//! What people had to do with calls.

use jiff::Timestamp;
use mostik_domain::{
    Address, AddressKind, Call, CallId, CallNote, Capture, Change, Direction, NoticeId, RootCause,
    Talk, WaitEnd, Waited,
};
use mostik_store::KeepCalls;

use super::Backend;
use super::given::{at, call_capture, fresh, submitted};

fn ended(line: &str, ended: WaitEnd, milliseconds: u64) -> Call {
    let call = call_capture("unused.wav").call.expect("a call");
    let waited = Some(Waited { milliseconds, expected_milliseconds: Some(60_000), ended });
    Call { line: line.to_owned(), waited, ..call }
}

fn answered_by(operators: &[&str]) -> Call {
    let talk = |operator: &&str| Talk { operator: (*operator).to_owned(), from: at(9), to: at(30) };
    Call {
        talks: operators.iter().map(talk).collect(),
        direction: Direction::Outgoing {
            attempt: 2,
            about: Some(NoticeId::new(fresh())),
            call_back: None,
        },
        confirmed: Some(RootCause::Delivery),
        ..ended("support", WaitEnd::Answered, 7_000)
    }
}

fn note(text: &str) -> CallNote {
    CallNote { by: "Вера".to_owned(), text: text.into(), at: at(40) }
}

async fn stored(store: &dyn Backend, id: CallId) -> Call {
    store.call(id).await.expect("a read").expect("a call")
}

async fn owed(store: &dyn Backend, operator: &str, since: Timestamp) -> Vec<CallId> {
    let cards = store.talks_without_a_note(operator, since).await.expect("a read");
    cards.iter().map(|card| card.call.id).collect()
}

pub(super) async fn a_call_is_kept_with_all_that_people_did(store: &dyn Backend) {
    let call = answered_by(&["Вера", "Пётр"]);
    submitted(store, vec![Change::SaveCall(call.clone())]).await;
    assert_eq!(stored(store, call.id).await, call);
}

pub(super) async fn recent_waits_are_of_those_who_were_answered(store: &dyn Backend) {
    let mut changes = Vec::new();
    for i in 0..5 {
        changes.push(Change::SaveCall(ended("support", WaitEnd::Answered, i)));
        changes.push(Change::SaveCall(ended("support", WaitEnd::Left, 1_000 + i)));
        changes.push(Change::SaveCall(ended("sales", WaitEnd::Answered, 2_000 + i)));
    }
    submitted(store, changes).await;
    let of = async |line: &str, most| {
        let waits = store.recent_waits(line, most).await.expect("a read");
        waits.iter().map(|waited| waited.milliseconds).collect::<Vec<_>>()
    };
    assert_eq!(of("support", 100).await, [4, 3, 2, 1, 0], "newest first");
    assert_eq!(of("support", 2).await, [4, 3]);
    assert_eq!(of("sales", u32::MAX).await.len(), 5);
    assert!(of("'; DROP TABLE call; -- \0", 5).await.is_empty());
    assert!(of("support", 0).await.is_empty());
}

pub(super) async fn a_line_about_a_call_is_never_lost(store: &dyn Backend) {
    let call = answered_by(&["Вера"]);
    // She writes while the phone still finishes the recording …
    submitted(store, vec![Change::NoteCall(call.id, note("Обещала перезвонить\0"))]).await;
    submitted(store, vec![Change::SaveCall(call.clone())]).await;
    // … and the phone, which knows nothing of it, corrects the call.
    submitted(store, vec![Change::SaveCall(call.clone())]).await;
    let with = Call { note: Some(note("Обещала перезвонить\0")), ..call.clone() };
    assert_eq!(stored(store, call.id).await, with);
    submitted(store, vec![Change::NoteCall(call.id, note("Вернули деньги"))]).await;
    let card = store.call_card(call.id).await.expect("a read").expect("a card");
    assert_eq!(card.call.note, Some(note("Вернули деньги")), "the newest line counts");
    let page = store.call_page(&super::given::first(5)).await.expect("a page");
    assert_eq!(page.items[0].call.note, card.call.note);
}

pub(super) async fn who_answered_owes_a_line(store: &dyn Backend) {
    let (handed_on, own) = (answered_by(&["Вера", "Пётр"]), answered_by(&["Вера"]));
    let nobody = answered_by(&[]);
    let calls = [&handed_on, &own, &nobody];
    submitted(store, calls.map(|call| Change::SaveCall(call.clone())).to_vec()).await;
    let long_ago = Timestamp::UNIX_EPOCH;
    assert_eq!(owed(store, "Вера", long_ago).await, [own.id]);
    assert_eq!(owed(store, "Пётр", long_ago).await, [handed_on.id]);
    let tomorrow = Timestamp::now() + jiff::SignedDuration::from_hours(24);
    assert!(owed(store, "Вера", tomorrow).await.is_empty(), "old calls are let be");
    submitted(store, vec![Change::NoteCall(own.id, note(""))]).await;
    assert!(owed(store, "Вера", long_ago).await.is_empty(), "nothing to add is an answer too");
}

pub(super) async fn a_forgotten_call_takes_its_line_along(store: &dyn Backend) {
    let call = Call { tone_at: None, ..answered_by(&["Вера"]) };
    let noted = Change::NoteCall(call.id, note("Ошиблись номером"));
    submitted(store, vec![Change::SaveCall(call.clone()), noted]).await;
    let keep = KeepCalls { since: Timestamp::UNIX_EPOCH, newest: 0 };
    assert_eq!(store.prune_calls(keep).await.expect("pruned"), 1);
    submitted(store, vec![Change::SaveCall(call.clone())]).await;
    assert_eq!(stored(store, call.id).await.note, None);
}

fn from(address: &Address) -> Capture {
    Capture { address: Some(address.clone()), ..call_capture("left.wav") }
}

pub(super) async fn a_caller_is_met_with_her_latest_feedback(store: &dyn Backend) {
    let sip = |value: &str| Address { kind: AddressKind::Sip, value: value.into(), proved: false };
    let (anna, boris) = (sip("sip:anna@example.org"), sip("sip:boris@example.org"));
    assert_eq!(store.latest_feedback_of(&anna).await.expect("a read"), None);
    store.capture(from(&anna)).await.expect("a capture");
    let latest = store.capture(from(&anna)).await.expect("a capture").feedback;
    store.capture(from(&boris)).await.expect("a capture");
    let found = store.latest_feedback_of(&anna).await.expect("a read");
    assert_eq!(found.map(|feedback| feedback.id), Some(latest));
    let same_text = Address { kind: AddressKind::Email, ..anna };
    assert_eq!(store.latest_feedback_of(&same_text).await.expect("a read"), None);
}

pub(super) async fn a_customer_has_her_calls(store: &dyn Backend) {
    let value = "sip:anna@example.org".into();
    let anna = Address { kind: AddressKind::Sip, value, proved: false };
    let mut expected = Vec::new();
    for _ in 0..3 {
        let capture = from(&anna);
        expected.push(capture.call.clone().expect("a call").id);
        store.capture(capture).await.expect("a capture");
    }
    // Not hers: another's, and one that became no feedback.
    let another = Capture { address: None, ..call_capture("left.wav") };
    store.capture(another).await.expect("a capture");
    submitted(store, vec![Change::SaveCall(answered_by(&[]))]).await;
    expected.reverse();
    let customer = store.latest_feedback_of(&anna).await.expect("a read").expect("hers").customer;
    let calls = store.calls_of(customer, 10).await.expect("a read");
    assert_eq!(calls.iter().map(|card| card.call.id).collect::<Vec<_>>(), expected);
    assert!(calls.iter().all(|card| card.feedback.is_some()));
    assert_eq!(store.calls_of(customer, 1).await.expect("a read").len(), 1);
}
