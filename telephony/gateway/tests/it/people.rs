//! Callers and those who answer: brought together, recorded, handed on, cut off.

use std::path::Path;
use std::time::Duration;

use mostik_gateway::outgoing::OutgoingOrder;
use mostik_gateway::{NoMessageEnd, Person, Reach, Stage, TalkEnd, Termination, WaitEnd};

use crate::callee::Callee;
use crate::desk::{Desk, both_channels, holds, note_says, speech};
use crate::phone::Phone;

const STAR: u8 = 10;

pub(crate) fn person(name: &str, phone: &Callee, confirm: bool) -> Person {
    let mut order = OutgoingOrder::new(phone.uri(), phone.route());
    order.ring_for = Duration::from_secs(5);
    Person { name: name.into(), reach: Reach::Ring { order, confirm } }
}

fn talking(name: &str) -> Stage {
    Stage::Talking { person: name.into() }
}

pub(crate) async fn calls_for_a_person(desk: &Desk) -> Phone {
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("people", &offer).await, 200);
    phone.press(0).await;
    phone
}

/// What somebody else says: the same sentence backwards.
fn answer() -> Vec<u8> {
    speech().into_iter().rev().collect()
}

async fn kept_so_far(directory: &Path, octets: usize) {
    // Both tracks are written within a second; what was said has then come to the disk.
    note_says(directory, |note| !note.talks.is_empty()).await;
    let enough =
        |path: std::path::PathBuf| path.metadata().is_ok_and(|file| file.len() > 2 * octets as u64);
    let parts = || {
        let entries = std::fs::read_dir(directory.join("calls")).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "part"))
    };
    let written = async {
        while parts().filter(|path| enough(path.clone())).count() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::phone::PATIENCE, written).await.expect("both sides on the disk");
}

#[tokio::test]
async fn they_hear_each_other_and_each_is_recorded() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut ada = Callee::new().await;
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 27_000, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    ada.is_called().await;
    ada.picks_up().await;
    desk.comes_to(&talking("Ада")).await;
    customer.say(&speech()).await;
    ada.hears_something().await;
    ada.speaks_slowly(&answer()).await;
    kept_so_far(directory.path(), speech().len()).await;
    ada.hangs_up().await;
    customer.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::Talked(TalkEnd::PersonHungUp));
    let [talk] = &call.talks[..] else { panic!("one talk: {:?}", call.talks) };
    assert!(talk.person == "Ада" && talk.to.is_some_and(|to| to > talk.from));
    assert_eq!(call.waited.map(|waited| waited.ended), Some(WaitEnd::Answered));
    let (left, right) = both_channels(directory.path(), &call);
    assert!(holds(&left, &speech()) && holds(&right, &answer()));
    assert!(!holds(&left, &answer()) && !holds(&right, &speech()));
}

#[tokio::test]
async fn who_is_busy_or_away_from_the_phone_is_passed_over() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut busy, mut mailbox, mut bo) =
        (Callee::new().await, Callee::new().await, Callee::new().await);
    let people =
        vec![person("Ада", &busy, false), person("Вера", &mailbox, true), person("Бо", &bo, true)];
    let mut desk = Desk::staffed(directory.path(), 27_200, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    busy.is_called().await;
    busy.says("486 Busy Here").await;
    mailbox.is_called().await;
    mailbox.picks_up().await;
    // A mailbox presses nothing.
    mailbox.expect("BYE").await;
    bo.is_called().await;
    bo.picks_up().await;
    bo.hears_something().await;
    bo.presses(1).await;
    desk.comes_to(&talking("Бо")).await;
    customer.hang_up().await;
    bo.expect("BYE").await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::Talked(TalkEnd::CallerHungUp));
    assert_eq!(call.talks.len(), 1);
}

#[tokio::test]
async fn nobody_s_phone_rings_on_when_she_hangs_up() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut ada = Callee::new().await;
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 27_400, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    ada.is_called().await;
    ada.says("180 Ringing").await;
    customer.hang_up().await;
    ada.expect("CANCEL").await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::HungUpWaiting));
    assert_eq!(call.waited.map(|waited| waited.ended), Some(WaitEnd::Left));
    assert_eq!(call.talks, []);
}

#[tokio::test]
async fn a_phone_that_is_asked_to_call_elsewhere_may_offer_anew_meanwhile() {
    let directory = tempfile::tempdir().expect("a directory");
    let reach = Reach::SendOn { target: "sip:ada@127.0.0.1".into() };
    let people = vec![Person { name: "Ада".into(), reach }];
    let mut desk = Desk::staffed(directory.path(), 31_200, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    let asked = customer.wait_for("REFER").await;
    assert_eq!(customer.reoffers().await, 200);
    customer.answer(&asked, "202 Accepted", "Refer-Sub: false\r\n").await;
    customer.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::Talked(TalkEnd::SentOn));
}

#[tokio::test]
async fn a_colleague_takes_over_while_they_talk_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut ada, mut bo) = (Callee::new().await, Callee::new().await);
    let people = vec![person("Ада", &ada, false), person("Бо", &bo, false)];
    let mut desk = Desk::staffed(directory.path(), 27_600, people).await;
    let mut customer = calls_for_a_person(&desk).await;
    ada.is_called().await;
    ada.picks_up().await;
    desk.comes_to(&talking("Ада")).await;
    ada.speaks(&speech()).await;
    ada.presses(STAR).await;
    bo.is_called().await;
    bo.picks_up().await;
    ada.expect("BYE").await;
    desk.comes_to(&talking("Бо")).await;
    customer.say(&speech()).await;
    bo.speaks_slowly(&answer()).await;
    bo.hears_something().await;
    bo.hangs_up().await;
    customer.wait_for_bye().await;
    let call = desk.next_call().await;
    let names: Vec<&str> = call.talks.iter().map(|talk| talk.person.as_str()).collect();
    assert_eq!((names, call.hand_ons), (vec!["Ада", "Бо"], 1));
    let (left, right) = both_channels(directory.path(), &call);
    assert!(holds(&left, &speech()));
    assert!(holds(&right, &speech()) && holds(&right, &answer()), "both colleagues are heard");
}

#[tokio::test]
async fn ten_callers_are_served_in_their_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut ada = Callee::new().await;
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 27_800, people).await;
    let mut callers = Vec::new();
    for place in 0..10 {
        let caller = calls_for_a_person(&desk).await;
        desk.comes_to(&Stage::Waiting { ahead: place }).await;
        callers.push(caller);
    }
    let mut served = Vec::new();
    for mut caller in callers {
        ada.is_called().await;
        ada.picks_up().await;
        desk.comes_to(&talking("Ада")).await;
        ada.hangs_up().await;
        caller.wait_for_bye().await;
        served.push(desk.next_call().await);
    }
    assert!(served.is_sorted_by_key(|call| call.arrived_at), "first come, first served");
    let lengths: Vec<u64> =
        served.iter().filter_map(|call| Some(call.waited?.milliseconds)).collect();
    assert_eq!(lengths.len(), 10);
}
