//! Callers who keep their places: called when a person is there for them.

use std::time::Duration;

use jiff::Timestamp;
use mostik_gateway::call_back::Outcome;
use mostik_gateway::outgoing::OutgoingOrder;
use mostik_gateway::{
    CallPlan, SpokenLanguage, SpokenPromise, Stage, TalkEnd, Termination, Turn, TurnEnd, WaitEnd,
};

use crate::callee::Callee;
use crate::desk::{Desk, both_channels, holds, speech};
use crate::people::{calls_for_a_person, person};
use crate::phone::PATIENCE;

fn turn(about: &str, phone: &Callee) -> Turn {
    let mut order = OutgoingOrder::new(phone.uri(), phone.route());
    order.ring_for = Duration::from_secs(5);
    let promise = SpokenPromise::WithinMinutes(30);
    let longest = Duration::from_secs(30);
    Turn {
        about: about.into(),
        line: "people".into(),
        since: Timestamp::now() - Duration::from_mins(5),
        order,
        plan: CallPlan::message(SpokenLanguage::Russian, promise, longest),
    }
}

async fn ends(desk: &mut Desk) -> TurnEnd {
    let end = tokio::time::timeout(PATIENCE, desk.over.recv()).await;
    end.expect("in time").expect("the host lives")
}

#[tokio::test]
async fn one_key_keeps_the_place_and_ends_the_call() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut busy = Callee::new().await;
    let people = vec![person("Ада", &busy, false)];
    let mut desk = Desk::staffed(directory.path(), 29_200, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    busy.is_called().await;
    busy.says("486 Busy Here").await;
    desk.comes_to(&Stage::Waiting { ahead: 0 }).await;
    customer.press(1).await;
    customer.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::Talked(TalkEnd::PlaceKept));
    assert_eq!(call.waited.map(|waited| waited.ended), Some(WaitEnd::CallBack));
    let since = call.place_kept.expect("her place");
    assert!(call.arrived_at <= since && since <= call.ended_at);
}

#[tokio::test]
async fn she_is_called_when_a_person_is_there_and_before_those_who_came_later() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut ada, mut customer) = (Callee::new().await, Callee::new().await);
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 29_400, people).await;
    desk.turns.send(turn("cb_1", &customer)).expect("taken");
    ada.is_called().await;
    ada.picks_up().await;
    customer.is_called().await;
    customer.picks_up().await;
    // The short prompts end soon; then they are brought together.
    desk.comes_to(&Stage::Talking { person: "Ада".into() }).await;
    customer.speaks(&speech()).await;
    ada.hears_something().await;
    ada.speaks_slowly(&speech()).await;
    customer.hangs_up().await;
    ada.expect("BYE").await;
    let call = desk.next_call().await;
    assert_eq!(call.turn.as_deref(), Some("cb_1"));
    assert_eq!(call.termination, Termination::Talked(TalkEnd::CallerHungUp));
    let waited = call.waited.expect("she waited");
    assert!(waited.milliseconds > 290_000, "since she asked: {waited:?}");
    let (left, right) = both_channels(directory.path(), &call);
    assert!(holds(&left, &speech()) && holds(&right, &speech()));
}

#[tokio::test]
async fn whoever_fails_the_other_is_let_go() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut ada, mut customer) = (Callee::new().await, Callee::new().await);
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 29_600, people).await;
    // She is busy.
    desk.turns.send(turn("cb_1", &customer)).expect("taken");
    ada.is_called().await;
    ada.picks_up().await;
    customer.is_called().await;
    customer.says("486 Busy Here").await;
    ada.expect("BYE").await;
    assert_eq!(ends(&mut desk).await, TurnEnd::Missed(Outcome::Busy));
    // The person hangs up while her phone rings.
    desk.turns.send(turn("cb_2", &customer)).expect("taken");
    ada.is_called().await;
    ada.picks_up().await;
    customer.is_called().await;
    customer.says("180 Ringing").await;
    ada.hangs_up().await;
    customer.expect("CANCEL").await;
    assert_eq!(ends(&mut desk).await, TurnEnd::PersonLeft);
    // The host has taken it off the list meanwhile.
    desk.turns.send(turn("withdrawn", &customer)).expect("taken");
    ada.is_called().await;
    ada.picks_up().await;
    ada.expect("BYE").await;
    assert_eq!(ends(&mut desk).await, TurnEnd::Withdrawn);
}

#[tokio::test]
async fn without_a_person_nobody_is_called() {
    let directory = tempfile::tempdir().expect("a directory");
    let customer = Callee::new().await;
    let mut desk = Desk::staffed(directory.path(), 29_800, vec![]).await;
    desk.turns.send(turn("cb_1", &customer)).expect("taken");
    assert_eq!(ends(&mut desk).await, TurnEnd::NobodyThere);
}
