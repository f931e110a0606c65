//! Telling mailboxes from people by how long they speak without a pause, over every recording of
//! speech that ships: the long ones as greetings of mailboxes, the short ones as words of people.

use std::path::Path;
use std::time::Duration;

use mostik_media::{Clip, VoiceDetector, VoiceEvent};

/// As in a call-back: speech that pauses for so long has ended.
const PAUSE: Duration = Duration::from_secs(1);
/// Speech of more than this without a pause is a mailbox: samples.
const LONG_SPEECH: usize = 4 * 8_000;
const FRAME: usize = 160;

fn prompts() -> Vec<Clip> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let read = |language: &str| {
        let entries = std::fs::read_dir(folder.join(language)).expect("prompts").flatten();
        entries.map(|entry| std::fs::read(entry.path()).expect("readable")).collect::<Vec<_>>()
    };
    let files = ["ru", "en"].into_iter().flat_map(read);
    files.map(|content| Clip::from_wav(&content).expect("a prompt")).collect()
}

/// Whether somebody who says this, and then waits, speaks for too long.
fn speaks_for_long(clip: &Clip) -> bool {
    let silence = vec![0_i16; 3 * 8_000];
    let (mut detector, mut began) = (VoiceDetector::new(PAUSE), None);
    let line = [clip.samples(), &silence].concat();
    for (nth, frame) in line.chunks(FRAME).enumerate() {
        let now = nth * FRAME;
        match detector.push(frame) {
            Some(VoiceEvent::SpeechStarted) => began = Some(now),
            Some(VoiceEvent::SilenceAfterSpeech) => began = None,
            None => {}
        }
        if began.is_some_and(|began| now - began >= LONG_SPEECH) {
            return true;
        }
    }
    false
}

#[test]
fn long_greetings_are_mailboxes_and_short_words_are_people() {
    let prompts = prompts();
    let (mut greetings, mut found, mut people) = (0, 0, 0);
    for clip in &prompts {
        if clip.seconds() >= 6.0 {
            greetings += 1;
            found += usize::from(speaks_for_long(clip));
        } else if clip.seconds() <= 2.8 {
            people += 1;
            assert!(!speaks_for_long(clip), "{} s taken for a mailbox", clip.seconds());
        }
    }
    println!("{found} of {greetings} greetings are found, none of {people} people");
    assert!(greetings >= 20 && people >= 20, "{greetings} greetings, {people} people");
    assert!(found * 10 >= greetings * 9, "{found} of {greetings}");
}
