//! What is forgotten of old calls, and what never is.

use jiff::Timestamp;
use mostik_domain::{Call, CallFacts, CallId, Change, LadderStep};
use mostik_store::KeepCalls;
use uuid::Uuid;

use super::Backend;
use super::given::{call_capture, first, submitted};

const ALL: u32 = u32::MAX;

/// The id of a call that arrived at this second of the story.
fn arrived_at(second: i64) -> (CallId, Timestamp) {
    let at = super::given::at(second);
    let first = CallId::first_since(at).uuid().as_u128();
    // What follows the time in an id is random.
    (CallId::new(Uuid::from_u128(first | 0x7000_8000_0000_0000_0000)), at)
}

fn explained(second: i64, caller: &str) -> Call {
    let (id, at) = arrived_at(second);
    let known = call_capture("unused.wav").call.expect("a call");
    let step = LadderStep { after_milliseconds: 0, incoming: true, text: "INVITE sip:a".into() };
    let facts = CallFacts { ladder: vec![step], ..CallFacts::default() };
    Call { id, arrived_at: at, caller: caller.into(), facts, ..known }
}

fn refused(second: i64) -> Call {
    let nothing =
        Call { answered_at: None, tone_at: None, recording: None, ..explained(second, "a") };
    Call { termination: "not_answered/unknown_line".to_owned(), ..nothing }
}

/// Stores a call with its feedback.
async fn captured(store: &dyn Backend, call: Call) -> Call {
    let mut capture = call_capture("left.wav");
    capture.message.external_id = call.id.to_string();
    capture.call = Some(call.clone());
    assert!(store.capture(capture).await.expect("a capture").new);
    call
}

async fn pruned(store: &dyn Backend, since: Timestamp, newest: u32) -> u64 {
    let mut all = 0;
    loop {
        match store.prune_calls(KeepCalls { since, newest }).await.expect("pruned") {
            0 => return all,
            some => all += some,
        }
    }
}

async fn stored(store: &dyn Backend, call: &Call) -> Option<Call> {
    store.call(call.id).await.expect("a read")
}

pub(super) async fn old_calls_are_forgotten_and_messages_stay(store: &dyn Backend) {
    // A text that looks like a part of a document, in a place that callers fill.
    let hostile = "sip:\"ladder\":[{\"tone_at\":null@example.org";
    let (old, new) = (refused(10), refused(20));
    let left = captured(store, explained(11, hostile)).await;
    let fresh = captured(store, explained(21, "sip:b@example.org")).await;
    submitted(store, vec![Change::SaveCall(old.clone()), Change::SaveCall(new.clone())]).await;

    assert_eq!(pruned(store, arrived_at(10).1, ALL).await, 0, "nothing is older");
    assert_eq!(pruned(store, arrived_at(20).1, ALL).await, 2);
    assert_eq!(stored(store, &old).await, None);
    let without = Call { facts: CallFacts::default(), ..left };
    assert_eq!(stored(store, &without).await, Some(without.clone()), "but for its SIP messages");
    assert_eq!(stored(store, &new).await, Some(new));
    assert_eq!(stored(store, &fresh).await, Some(fresh));
    assert_eq!(pruned(store, arrived_at(20).1, ALL).await, 0, "once is enough");
}

pub(super) async fn no_more_calls_stay_explained_than_asked(store: &dyn Backend) {
    let left = captured(store, explained(0, "sip:b@example.org")).await;
    // More than one look takes.
    let many: Vec<Call> = (1..=450).map(refused).collect();
    submitted(store, many.iter().cloned().map(Change::SaveCall).collect()).await;
    let long_ago = Timestamp::UNIX_EPOCH;
    assert_eq!(pruned(store, long_ago, 451).await, 0);
    assert_eq!(pruned(store, long_ago, 10).await, 441, "the oldest, and one's SIP messages");
    let page = store.call_page(&first(200)).await.expect("a page");
    let ids: Vec<_> = page.items.iter().map(|card| card.call.id).collect();
    let expected = many.iter().rev().take(10).map(|call| call.id).chain([left.id]);
    assert_eq!(ids, expected.collect::<Vec<_>>());
    assert_eq!(pruned(store, long_ago, 0).await, 10, "all of them");
    assert!(stored(store, &left).await.is_some_and(|call| call.facts.ladder.is_empty()));
}
