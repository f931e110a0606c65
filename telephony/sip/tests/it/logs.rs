//! What the edge writes into logs, at the highest level, while all these tests run.

use std::io::Write;
use std::sync::{Mutex, Once};

use mostik_sip::{CallEvent, Credentials, Dial, DialEvent, Transport};
use tracing_subscriber::filter::LevelFilter;

use crate::callee::Callee;
use crate::world::{World, next, soon};

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

struct Written;

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Collects every log line of this process from now on.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(|| Written)
            .init();
    });
}

/// A call of ours with a proof that is answered and dropped, or cancelled just as it is answered.
async fn place(world: &World, mut callee: Callee, picks_up: bool) {
    let password = secrecy::SecretString::from("hush");
    let order = Dial {
        display_name: Some("Grace".to_owned()),
        credentials: Some(Credentials::new("grace", password)),
        ..callee.order()
    };
    let mut call = world.edge.dial(order).unwrap();
    let invite = callee.expect("INVITE").await;
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    callee.answer(&invite, "401 Who", "t", challenge, "").await;
    let invite = callee.expect("INVITE").await;
    callee.answer(&invite, "180 Ringing", "t", "", "").await;
    if picks_up {
        callee.pick_up(&invite).await;
        while !matches!(soon(call.next()).await, DialEvent::Answered(..)) {}
    } else {
        drop(call);
        let cancel = callee.expect("CANCEL").await;
        callee.pick_up(&invite).await;
        callee.answer(&cancel, "200 OK", "t", "", "").await;
    }
    let bye = callee.expect("BYE").await;
    callee.answer(&bye, "200 OK", "", "", "").await;
}

#[tokio::test]
async fn logs_tell_nothing_about_callers() {
    let mut world = World::start().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        let mut call = world.established(&mut phone).await;
        let key = phone.ask("INFO", "Content-Type: application/dtmf\r\n", "7").await;
        assert_eq!(key.status(), 200);
        assert_eq!(next(&mut call).await, CallEvent::Key('7'));
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = phone.hear().await;
        phone.reply(&bye, "200 OK").await;
        hanging_up.await.unwrap();
    }
    for (callee, picks_up) in [
        (Callee::udp().await, true),
        (Callee::udp().await, false),
        (Callee::tcp().await, true),
        (Callee::tcp().await, false),
    ] {
        place(&world, callee, picks_up).await;
    }
    world.until_idle().await;
    let written = String::from_utf8(WRITTEN.lock().unwrap().clone()).unwrap();
    assert!(written.contains("call answered") && written.contains("call ended"), "{written}");
    for told in [
        "Ada",
        "ada@",
        "SIP/2.0",
        "s=offer",
        "@phone",
        "Key('7')",
        "Grace",
        "grace",
        "hush",
        "bob@",
        "our offer",
    ] {
        let line = written.lines().find(|line| line.contains(told));
        assert_eq!(line, None, "logs tell {told}");
    }
}
