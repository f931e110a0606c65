//! How a message was understood is read back over real sockets, and one key decides.

use mostik_gateway::{CompletedCall, MessageEnd, Termination};

use crate::desk::{Desk, holds, note_says, recorded, speech};
use crate::phone::Phone;

const POUND: u8 = 11;

/// Leaves a message, and presses these keys at whatever is said then.
async fn answered_by(first_port: u16, keys: &[u8]) -> CompletedCall {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), first_port, 0).await;
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(5).await;
    note_says(directory.path(), |note| note.tone_at.is_some()).await;
    phone.say(&speech()).await;
    phone.press(POUND).await;
    note_says(directory.path(), |note| note.recording.is_some()).await;
    // Whoever is in a hurry cuts the thanks short.
    phone.press(POUND).await;
    for key in keys {
        phone.press(*key).await;
    }
    phone.wait_for_bye().await;
    let call = desk.next_call().await;
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Pound));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    call
}

#[tokio::test]
async fn one_key_confirms_two_correct_and_none_says_nothing() {
    let (confirmed, corrected, silent) = tokio::join!(
        answered_by(28_000, &[1]),
        answered_by(28_200, &[2, 2]),
        answered_by(28_400, &[]),
    );
    assert_eq!(confirmed.topic.as_deref(), Some("delivery"));
    assert_eq!(corrected.topic.as_deref(), Some("design"));
    assert_eq!(silent.topic, None);
}

#[tokio::test]
async fn told_once_more_both_are_kept_in_one_recording() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 28_600, 0).await;
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(5).await;
    note_says(directory.path(), |note| note.tone_at.is_some()).await;
    phone.say(&speech()).await;
    phone.press(POUND).await;
    note_says(directory.path(), |note| note.recording.is_some()).await;
    phone.press(POUND).await;
    phone.press(3).await;
    // The file has its temporary name again as soon as the second tone is prepared.
    let part = || {
        let entries = std::fs::read_dir(directory.path().join("calls")).expect("there").flatten();
        entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|e| e == "part"))
    };
    let prepared = async {
        while !part() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::phone::PATIENCE, prepared).await.expect("a second telling");
    let again: Vec<u8> = speech().into_iter().rev().collect();
    // What is said into the tone is not recorded; a second of silence outlasts it.
    phone.say_slowly(&[0xff; 8_000]).await;
    phone.say_slowly(&again).await;
    phone.press(POUND).await;
    phone.wait_for_bye().await;
    let call = desk.next_call().await;
    let samples = recorded(directory.path(), &call);
    assert!(holds(&samples, &speech()) && holds(&samples, &again));
}
