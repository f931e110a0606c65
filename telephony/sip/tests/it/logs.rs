//! What the edge writes into logs, at the highest level, while all these tests run.

use std::io::Write;
use std::sync::{Mutex, Once};

use mostik_sip::{CallEvent, Transport};
use tracing_subscriber::filter::LevelFilter;

use crate::world::{World, next};

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
    let written = String::from_utf8(WRITTEN.lock().unwrap().clone()).unwrap();
    assert!(written.contains("call answered") && written.contains("call ended"), "{written}");
    for told in ["Ada", "ada@", "SIP/2.0", "s=offer", "@phone", "Key('7')"] {
        let line = written.lines().find(|line| line.contains(told));
        assert_eq!(line, None, "logs tell {told}");
    }
}
