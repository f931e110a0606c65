//! Whole calls over real sockets, from the INVITE to the host's having kept them.

use std::path::Path;

use crate::desk::{Desk, holds, note_says, notes, recorded, speech};
use crate::phone::Phone;
use mostik_gateway::{
    CompletedCall, MessageEnd, NoMessageEnd, SpokenLanguage, SpokenPromise, Termination,
};

const POUND: u8 = 11;

fn at_the_tone(note: &CompletedCall) -> bool {
    note.tone_at.is_some()
}

/// A call up to the moment the tone has ended.
async fn call_to_the_tone(desk: &Desk, directory: &Path) -> Phone {
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(5).await;
    note_says(directory, at_the_tone).await;
    phone
}

#[tokio::test]
async fn a_message_is_kept_and_the_caller_thanked() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 24_000, 0).await;
    let mut phone = call_to_the_tone(&desk, directory.path()).await;
    phone.say(&speech()).await;
    phone.press(POUND).await;
    phone.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Pound));
    assert_eq!(call.promise, Some(SpokenPromise::WithinMinutes(30)));
    assert_eq!((call.line.as_str(), call.codec.as_str()), ("support", "PCMU"));
    assert_eq!(call.caller.user, "+74950001122");
    assert_eq!(call.keys.as_str(), "5#");
    assert!(call.id.starts_with("call_") && call.facts.audio.is_some_and(|it| it.packets_in > 100));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    desk.stop.cancel();
    desk.running.await.expect("no crash").expect("an orderly end");
    assert_eq!(notes(directory.path()), []);
}

#[tokio::test]
async fn hanging_up_ends_a_message_and_also_a_greeting() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 24_200, 0).await;
    let mut phone = call_to_the_tone(&desk, directory.path()).await;
    phone.say(&speech()).await;
    phone.hang_up().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::CallerHungUp));
    assert_eq!(call.promise, None);
    assert!(holds(&recorded(directory.path(), &call), &speech()));

    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.hang_up().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::HungUpBeforeTone));
    assert_eq!((call.recording, call.tone_at), (None, None));
}

#[tokio::test]
async fn two_asks_for_english_and_the_whole_greeting_promises() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 24_400, 0).await;
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(2).await;
    note_says(directory.path(), at_the_tone).await;
    phone.hang_up().await;
    let call = desk.next_call().await;
    assert_eq!(call.language, SpokenLanguage::English);
    assert_eq!(call.promise, Some(SpokenPromise::WithinMinutes(30)));
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::HungUpAfterTone));
}

#[tokio::test]
async fn calls_that_cannot_be_are_refused_with_their_reason() {
    let directory = tempfile::tempdir().expect("a directory");
    let desk = Desk::open(directory.path(), 24_600, 0).await;
    let offer = Phone::new(desk.edge).await.description();
    for (line, offer, status) in [
        ("nobody", offer.clone(), 404),
        ("unwanted", offer.clone(), 603),
        ("support", offer.replace("RTP/AVP 0", "RTP/AVP 18"), 488),
        ("support", offer.replace("RTP/AVP", "RTP/SAVP"), 488),
        ("support", "no description at all".into(), 400),
        ("support", format!("{offer}{}", "a=x\r\n".repeat(5_000)), 413),
    ] {
        assert_eq!(Phone::new(desk.edge).await.call(line, &offer).await, status, "{line}");
    }
    assert_eq!(notes(directory.path()), []);
}

#[tokio::test]
async fn a_phone_that_offers_nothing_gets_our_offer() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 24_800, 0).await;
    let mut phone = Phone::new(desk.edge).await;
    assert_eq!(phone.call("support", "").await, 200);
    phone.press(5).await;
    note_says(directory.path(), at_the_tone).await;
    phone.say(&speech()).await;
    phone.hang_up().await;
    let call = desk.next_call().await;
    assert!(holds(&recorded(directory.path(), &call), &speech()));
}

#[tokio::test]
async fn a_host_that_fails_is_asked_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 25_000, 2).await;
    let mut phone = call_to_the_tone(&desk, directory.path()).await;
    phone.hang_up().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::HungUpAfterTone));
}

#[tokio::test]
async fn shutting_down_finishes_the_message_and_says_goodbye() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 25_200, 0).await;
    let mut phone = call_to_the_tone(&desk, directory.path()).await;
    phone.say(&speech()).await;
    desk.stop.cancel();
    phone.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Shutdown));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    desk.running.await.expect("no crash").expect("an orderly end");
}

#[tokio::test]
async fn a_call_the_host_never_kept_is_told_at_the_next_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 25_400, u32::MAX).await;
    let mut phone = call_to_the_tone(&desk, directory.path()).await;
    phone.say(&speech()).await;
    phone.press(POUND).await;
    phone.wait_for_bye().await;
    note_says(directory.path(), |note| note.promise.is_some()).await;
    desk.stop.cancel();
    desk.running.await.expect("no crash").expect("an orderly end");
    assert!(desk.kept.try_recv().is_err());

    let mut next = Desk::open(directory.path(), 25_600, 0).await;
    let call = next.next_call().await;
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Pound));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
}
