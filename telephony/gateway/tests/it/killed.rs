//! SIGKILL in the middle of a call, theirs or ours: the message is there at the next start, once.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::callee::Callee;
use crate::calling_back::{NOT_SOLVED, order, outcome};
use crate::desk::{Desk, both_channels, holds, note_says, notes, recorded, speech};
use crate::phone::{PATIENCE, Phone};
use mostik_gateway::call_back::News;
use mostik_gateway::outgoing::OutgoingOrder;
use mostik_gateway::{MessageEnd, Person, Reach, TalkEnd, Termination};
use mostik_sip::{Route, Transport};

/// Set for the process that is to be killed: this test, started once more.
const VICTIM: &str = "MOSTIK_TEST_GATEWAY_DIRECTORY";
/// Whom that process calls.
const CALLEE: &str = "MOSTIK_TEST_GATEWAY_CALLEE";

#[tokio::test]
async fn a_killed_conversation_is_told_with_both_sides() {
    if let Some(directory) = std::env::var_os(VICTIM) {
        let address: SocketAddr =
            std::env::var(CALLEE).expect("a person").parse().expect("an address");
        let route = Route::Direct { transport: Transport::Udp, address };
        let order = OutgoingOrder::new(format!("sip:ada@{address}"), route);
        let reach = Reach::Ring { order, confirm: false };
        let people = vec![Person { name: "Ада".into(), reach }];
        let desk = Desk::staffed(Path::new(&directory), 28_800, people).await;
        println!("\nlistening {}", desk.edge);
        return desk.running.await.expect("no crash").expect("never ends");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut ada = Callee::new().await;
    let person = ada.address().to_string();
    let (mut victim, edge) = start(
        "killed::a_killed_conversation_is_told_with_both_sides",
        &[(VICTIM, directory.path()), (CALLEE, Path::new(&person))],
    );
    let mut phone = Phone::new(edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("people", &offer).await, 200);
    phone.press(0).await;
    ada.is_called().await;
    ada.picks_up().await;
    note_says(directory.path(), |note| !note.talks.is_empty()).await;
    let answer: Vec<u8> = speech().into_iter().rev().collect();
    phone.say(&speech()).await;
    ada.speaks(&answer).await;
    written(directory.path(), 2, speech().len() as u64 * 2).await;
    victim.kill().expect("SIGKILL");
    victim.wait().expect("dead");

    let mut next = Desk::open(directory.path(), 29_000, 0).await;
    let call = next.next_call().await;
    assert_eq!(call.termination, Termination::Talked(TalkEnd::Interrupted));
    assert!(call.talks[0].to.is_some(), "{:?}", call.talks);
    let (left, right) = both_channels(directory.path(), &call);
    assert!(holds(&left, &speech()) && holds(&right, &answer));
}

#[tokio::test]
async fn a_killed_call_is_told_at_the_next_start() {
    if let Some(directory) = std::env::var_os(VICTIM) {
        let desk = Desk::open(Path::new(&directory), 26_000, 0).await;
        println!("\nlistening {}", desk.edge);
        return desk.running.await.expect("no crash").expect("never ends");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let (mut victim, edge) =
        start("killed::a_killed_call_is_told_at_the_next_start", &[(VICTIM, directory.path())]);
    let mut phone = Phone::new(edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(5).await;
    note_says(directory.path(), |note| note.tone_at.is_some()).await;
    phone.say(&speech()).await;
    written(directory.path(), 1, speech().len() as u64 * 2).await;
    victim.kill().expect("SIGKILL");
    victim.wait().expect("dead");

    let [left] = &notes(directory.path())[..] else { panic!("one note") };
    let mut next = Desk::open(directory.path(), 26_200, 0).await;
    let call = next.next_call().await;
    assert_eq!(call.id, left.id);
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Interrupted));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    next.stop.cancel();
    next.running.await.expect("no crash").expect("an orderly end");

    let mut third = Desk::open(directory.path(), 26_400, 0).await;
    third.stop.cancel();
    third.running.await.expect("no crash").expect("an orderly end");
    assert!(third.kept.try_recv().is_err(), "told twice");
}

#[tokio::test]
async fn a_killed_call_back_keeps_her_no_and_her_words() {
    if let (Some(directory), Ok(address)) = (std::env::var_os(VICTIM), std::env::var(CALLEE)) {
        let desk = Desk::open(Path::new(&directory), 26_600, 0).await;
        println!("\nlistening {}", desk.edge);
        let to = address.parse().expect("an address");
        let called = desk.call_backs.order(order(to, News::Fixed)).expect("taken");
        panic!("ended: {:?}", called.await);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut callee = Callee::new().await;
    let address = callee.address().to_string();
    let (mut victim, _) = start(
        "killed::a_killed_call_back_keeps_her_no_and_her_words",
        &[(VICTIM, directory.path()), (CALLEE, Path::new(&address))],
    );
    callee.is_called().await;
    callee.picks_up().await;
    callee.hears_something().await;
    for key in [5, 5, 2, 5] {
        callee.presses(key).await;
    }
    note_says(directory.path(), |note| note.tone_at.is_some()).await;
    callee.speaks(&speech()).await;
    written(directory.path(), 1, speech().len() as u64 * 2).await;
    victim.kill().expect("SIGKILL");
    victim.wait().expect("dead");

    let mut next = Desk::open(directory.path(), 26_800, 0).await;
    let call = next.next_call().await;
    assert_eq!(outcome(&call), NOT_SOLVED);
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Interrupted));
    assert!(holds(&recorded(directory.path(), &call), &speech()));
    next.stop.cancel();
    next.running.await.expect("no crash").expect("an orderly end");
    assert_eq!(notes(directory.path()), []);
}

fn start(test: &str, told: &[(&str, &Path)]) -> (Child, SocketAddr) {
    let mut victim = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", test, "--nocapture"])
        .envs(told.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let output = BufReader::new(victim.stdout.take().expect("piped"));
    let edge = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening ")?.parse().ok())
        .expect("it says where it listens");
    (victim, edge)
}

/// Waits until so many unfinished recordings hold so many bytes: the promise is "within a second".
async fn written(directory: &Path, files: usize, bytes: u64) {
    let began = Instant::now();
    loop {
        let entries = std::fs::read_dir(directory.join("calls")).expect("there").flatten();
        let parts = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "part"));
        let enough = parts.filter_map(|part| part.metadata().ok());
        if enough.filter(|part| part.len() >= bytes + 44).count() >= files {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "the words never reached the file");
        tokio::task::yield_now().await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
