//! Call-backs over real sockets, from the order to the host's having kept them.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use mostik_gateway::call_back::{CallBackOrder, News, NotTaken, Outcome, SurveyAnswer, Topic};
use mostik_gateway::{
    CompletedCall, MessageEnd, NoMessageEnd, NotAnswered, SpokenLanguage, Stage, TalkEnd,
    Termination,
};
use mostik_sip::{Route, Transport};
use tokio::task::JoinHandle;

use crate::callee::Callee;
use crate::desk::{
    Desk, beep, both_channels, holds, long_speech, note_says, notes, recorded, silence, speech,
};
use crate::people::person;
use crate::phone::PATIENCE;

const POUND: u8 = 11;
const SOLVED: Outcome = Outcome::Survey { answer: SurveyAnswer::Solved };
pub(crate) const NOT_SOLVED: Outcome = Outcome::Survey { answer: SurveyAnswer::NotSolved };

pub(crate) fn order(callee: SocketAddr, news: News) -> CallBackOrder {
    CallBackOrder {
        about: "nt_42".into(),
        attempt: 1,
        line: "support".into(),
        to: format!("sip:anna@{callee}"),
        route: Route::Direct { transport: Transport::Udp, address: callee },
        from: None,
        display_name: None,
        ring_for: Duration::from_secs(10),
        longest: Duration::from_mins(2),
        max_message: Duration::from_secs(30),
        language: SpokenLanguage::Russian,
        topic: Topic::Delivery,
        news,
    }
}

/// Orders a call-back; its end comes by the handle.
fn call_back(desk: &Desk, order: CallBackOrder) -> JoinHandle<CompletedCall> {
    let placed = desk.call_backs.order(order).expect("taken");
    tokio::spawn(async move { placed.await.expect("told") })
}

async fn end_of(placed: JoinHandle<CompletedCall>) -> CompletedCall {
    tokio::time::timeout(PATIENCE * 2, placed).await.expect("in time").expect("no crash")
}

pub(crate) fn outcome(call: &CompletedCall) -> Outcome {
    call.call_back.as_ref().expect("a call of ours").outcome
}

/// A phone that was called about `news` and has picked up.
async fn answered(desk: &Desk, news: News) -> (Callee, JoinHandle<CompletedCall>) {
    let mut callee = Callee::new().await;
    let placed = call_back(desk, order(callee.address(), news));
    callee.is_called().await;
    callee.says("180 Ringing").await;
    callee.picks_up().await;
    callee.hears_something().await;
    (callee, placed)
}

fn at_the_tone(note: &CompletedCall) -> bool {
    note.tone_at.is_some()
}

#[tokio::test]
async fn one_says_that_it_is_solved() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 27_000, 1).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    for key in [5, 5, 1] {
        callee.presses(key).await;
    }
    callee.expect("BYE").await;
    let call = end_of(placed).await;
    let report = call.call_back.clone().expect("a report");
    assert_eq!((report.about.as_str(), report.attempt, report.outcome), ("nt_42", 1, SOLVED));
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::Told));
    assert_eq!((call.line.as_str(), call.keys.as_str()), ("support", "551"));
    assert_eq!(call.caller.uri, callee.uri());
    assert!(call.recording.is_none() && call.answered_at.is_some());
    assert!(!call.facts.ladder.is_empty() && call.facts.audio.is_some());
    // The host refused once, and has it nevertheless.
    assert_eq!(desk.next_call().await, call);
    desk.stop.cancel();
    desk.running.await.expect("no crash").expect("an orderly end");
    assert_eq!(notes(directory.path()), []);
}

#[tokio::test]
async fn two_says_no_and_why_is_recorded() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 27_100, 0).await;
    let (mut callee, placed) = answered(&desk, News::FollowUp).await;
    // The last key interrupts the invitation to speak.
    for key in [5, 5, 2, 5] {
        callee.presses(key).await;
    }
    note_says(directory.path(), at_the_tone).await;
    callee.speaks(&speech()).await;
    callee.presses(POUND).await;
    callee.expect("BYE").await;
    let call = end_of(placed).await;
    assert_eq!(outcome(&call), NOT_SOLVED);
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Pound));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    assert_eq!(desk.next_call().await, call);
}

#[tokio::test]
async fn who_hangs_up_while_she_speaks_is_heard() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 27_200, 0).await;
    let (mut callee, placed) = answered(&desk, News::Declined).await;
    for key in [5, 5, 5] {
        callee.presses(key).await;
    }
    note_says(directory.path(), at_the_tone).await;
    callee.speaks(&speech()).await;
    callee.hangs_up().await;
    let call = end_of(placed).await;
    assert_eq!(outcome(&call), Outcome::Told);
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::CallerHungUp));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
}

#[tokio::test]
async fn who_hangs_up_earlier_has_heard_the_news_or_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 27_300, 0).await;
    for (keys, expected) in [
        (&[][..], Outcome::HungUp { heard_news: false }),
        (&[5, 5], Outcome::HungUp { heard_news: true }),
        (&[5, 5, 2], NOT_SOLVED),
        (&[5, 5, 1], SOLVED),
        (&[0], Outcome::WantsPerson { heard_news: false }),
    ] {
        let (mut callee, placed) = answered(&desk, News::Fixed).await;
        for key in keys {
            callee.presses(*key).await;
        }
        callee.hangs_up().await;
        let call = end_of(placed).await;
        assert_eq!(outcome(&call), expected, "{keys:?}");
        assert_eq!(call.recording, None, "{keys:?}");
    }
}

#[tokio::test]
async fn who_says_hello_and_waits_is_asked_and_not_taken_for_a_mailbox() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 27_400, 0).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    callee.speaks_slowly(&speech()).await;
    callee.speaks_slowly(&silence(2_500)).await;
    callee.presses(1).await;
    callee.expect("BYE").await;
    assert_eq!(outcome(&end_of(placed).await), SOLVED);
}

#[tokio::test]
async fn a_mailbox_gets_a_short_message_after_its_beep() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open_with(directory.path(), 27_500, 0, None).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    callee.speaks_slowly(&long_speech()).await;
    callee.speaks_slowly(&silence(600)).await;
    callee.hears_nothing().await;
    callee.speaks_slowly(&beep(700)).await;
    callee.speaks_slowly(&silence(400)).await;
    callee.hears_something().await;
    callee.expect("BYE").await;
    let call = end_of(placed).await;
    assert_eq!(outcome(&call), Outcome::Mailbox);
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::Mailbox));
    assert_eq!(call.recording, None);
}

#[tokio::test]
async fn nobody_who_does_not_answer_is_told_as_if_she_had() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 27_600, 0).await;
    for (status, expected, termination) in [
        ("486 Busy Here", Outcome::Busy, NotAnswered::Busy),
        ("603 Decline", Outcome::Declined, NotAnswered::Declined),
        ("404 Not Found", Outcome::UnknownNumber, NotAnswered::UnknownLine),
        ("480 Temporarily Unavailable", Outcome::NoAnswer, NotAnswered::NobodyThere),
        ("503 Service Unavailable", Outcome::Failed, NotAnswered::NotCarried),
    ] {
        let mut callee = Callee::new().await;
        let placed = call_back(&desk, order(callee.address(), News::Fixed));
        callee.is_called().await;
        callee.says(status).await;
        let call = end_of(placed).await;
        assert_eq!((outcome(&call), call.termination), (expected, termination.into()));
        assert_eq!((call.answered_at, call.recording.as_ref()), (None, None));
        assert_eq!(desk.next_call().await, call);
    }
}

#[tokio::test]
async fn a_shutdown_ends_a_call_back_and_takes_no_more_orders() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 27_700, 0).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    let mut ringing = Callee::new().await;
    let rings = call_back(&desk, order(ringing.address(), News::Fixed));
    ringing.is_called().await;
    ringing.says("180 Ringing").await;
    desk.stop.cancel();
    callee.expect("BYE").await;
    assert_eq!(outcome(&end_of(placed).await), Outcome::BrokenOff { heard_news: false });
    ringing.expect("CANCEL").await;
    assert_eq!(outcome(&end_of(rings).await), Outcome::Failed);
    desk.running.await.expect("no crash").expect("an orderly end");
    let refused = desk.call_backs.order(order(callee.address(), News::Fixed)).err();
    assert_eq!(refused, Some(NotTaken::Closed));
}

#[tokio::test]
async fn what_she_answered_is_on_disk_while_the_call_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 27_800, 0).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    for key in [5, 5, 2] {
        callee.presses(key).await;
    }
    note_says(directory.path(), |note| {
        note.call_back.as_ref().is_some_and(|report| report.outcome == NOT_SOLVED)
    })
    .await;
    callee.hangs_up().await;
    end_of(placed).await;
    assert_no_parts(directory.path());
}

/// No half of a recording that was never begun stays.
fn assert_no_parts(directory: &Path) {
    let entries = std::fs::read_dir(directory.join("calls")).expect("the recordings");
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, Vec::<std::ffi::OsString>::new());
}

#[tokio::test]
async fn zero_leads_from_a_call_back_to_a_person() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut ada = Callee::new().await;
    let people = vec![person("Ада", &ada, false)];
    let mut desk = Desk::staffed(directory.path(), 30_000, people).await;
    let (mut callee, placed) = answered(&desk, News::Fixed).await;
    callee.presses(0).await;
    let wanted = end_of(placed).await;
    assert_eq!(outcome(&wanted), Outcome::WantsPerson { heard_news: false });
    ada.is_called().await;
    ada.picks_up().await;
    desk.comes_to(&Stage::Talking { person: "Ада".into() }).await;
    callee.speaks(&speech()).await;
    ada.hears_something().await;
    ada.speaks_slowly(&speech()).await;
    ada.hangs_up().await;
    callee.expect("BYE").await;
    let call = desk.next_call().await;
    assert_eq!((&call.id, call.talks.len()), (&wanted.id, 1));
    assert_eq!(outcome(&call), Outcome::WantsPerson { heard_news: false });
    assert_eq!(call.termination, Termination::Talked(TalkEnd::PersonHungUp));
    let (hers, theirs) = both_channels(directory.path(), &call);
    assert!(holds(&hers, &speech()) && holds(&theirs, &speech()));
}
