//! SIGKILL in the middle of a call: the message is there at the next start, once.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{Desk, holds, note_says, notes, recorded, speech};
use crate::phone::{PATIENCE, Phone};
use mostik_gateway::{MessageEnd, Termination};

/// Set for the process that is to be killed: this test, started once more.
const VICTIM: &str = "MOSTIK_TEST_GATEWAY_DIRECTORY";

#[tokio::test]
async fn a_killed_call_is_told_at_the_next_start() {
    if let Some(directory) = std::env::var_os(VICTIM) {
        let desk = Desk::open(Path::new(&directory), 26_000, 0).await;
        println!("\nlistening {}", desk.edge);
        return desk.running.await.expect("no crash").expect("never ends");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let (mut victim, edge) = start(directory.path());
    let mut phone = Phone::new(edge).await;
    let offer = phone.description();
    assert_eq!(phone.call("support", &offer).await, 200);
    phone.press(5).await;
    note_says(directory.path(), |note| note.tone_at.is_some()).await;
    phone.say(&speech()).await;
    written(directory.path(), speech().len() as u64 * 2).await;
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

fn start(directory: &Path) -> (Child, SocketAddr) {
    let mut victim = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "killed::a_killed_call_is_told_at_the_next_start", "--nocapture"])
        .env(VICTIM, directory)
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

/// Waits until the unfinished recording holds so many bytes: the promise is "within a second".
async fn written(directory: &Path, bytes: u64) {
    let began = Instant::now();
    loop {
        let entries = std::fs::read_dir(directory.join("calls")).expect("there").flatten();
        let parts = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "part"));
        if parts.filter_map(|part| part.metadata().ok()).any(|part| part.len() >= bytes + 44) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "the words never reached the file");
        tokio::task::yield_now().await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
