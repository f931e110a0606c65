//! Scanners and a flood while fifty people leave their messages.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use mostik_tests::needs::peers;
use mostik_tests::phones::Phone;
use mostik_tests::process::Process;
use mostik_tests::{World, needs};

use super::DEAF;
use crate::journeys::callers::{ALWAYS_OPEN, complaint, says};
use crate::journeys::desk;

const CALLS: usize = 50;
/// Attackers have addresses of their own, as in life, and are not shut out by `allowed_networks`.
const SCANNER: &str = "127.0.0.66";
const FLOODER: &str = "127.0.0.77";
const GUESSER: &str = "127.0.0.88";
/// About 2,000 messages a second.
const PAUSE: Duration = Duration::from_micros(500);
const PATIENCE: Duration = Duration::from_mins(2);

/// A desk phone with a password that a scanner may guess: among 1000 to 1300.
const LINE: &str = "[[sip.phone]]\nuser = \"101\"\npassword = \"1234\"\n\
                    [sip]\nrequests_per_second = 200\n";

#[tokio::test]
async fn fifty_calls_go_on_undisturbed_and_attackers_get_nothing() {
    needs!("sipp", "sipvicious");
    let world = World::plan().config(ALWAYS_OPEN).config(DEAF).config(LINE).start().await;
    let words = complaint("ru-pricing");
    let calls = Phone::Sipp.dial(says(&world.sip_uri("support"), &words).times(CALLS));
    calls.answered().await;

    let flood = Flood::begin(world.sip_address());
    let port = world.sip_address().port().to_string();
    let (mapped, named, invited, cracked) = tokio::join!(
        scan("svmap", &port, ""),
        scan("svwar", &port, "-e 100-110 -m REGISTER --force"),
        scan("svwar", &port, "-e 100-110 -m INVITE --force"),
        scan("svcrack", &port, "-u 101 -r 1000-1300"),
    );
    let report = calls.over().await;
    let spoils = flood.end();

    assert_eq!(report.completed, CALLS, "{}", report.output);
    for name in ["mostik", "rsipstack"] {
        assert!(!mapped.to_lowercase().contains(name), "{mapped}");
    }
    // The name that exists looks like the one that does not.
    assert_eq!(told_of(&named, "101"), told_of(&named, "102"), "{named}");
    assert_eq!(told_of(&invited, "101"), told_of(&invited, "102"), "{invited}");
    assert!(!cracked.contains("1234"), "{cracked}");
    spoils.are_nothing();
    two_names_are_asked_alike(world.sip_address());
    fifty_recordings_are_whole(&world, &words).await;
}

async fn fifty_recordings_are_whole(world: &World, words: &mostik_tests::phones::Sound) {
    for feedback in desk::all_of(world, CALLS, PATIENCE).await {
        let id = feedback["call"].as_str().expect("a call");
        let call = world.api().get(&format!("/api/v1/calls/{id}")).await;
        let kept = super::recording(world, &call).await;
        let likeness = kept.likeness_of(words);
        assert!(likeness > 0.9, "{likeness:.2}: {call}");
        assert!(kept.length() + Duration::from_millis(300) > words.length(), "{call}");
        assert_eq!(call["audio"]["lost_in"], 0, "{call}");
    }
}

/// One of sipvicious' tools; what it says.
async fn scan(tool: &str, port: &str, arguments: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let program = peers().join(format!("venv/bin/sipvicious_{tool}"));
    let file = std::fs::File::create(folder.path().join("said")).expect("a file");
    let mut process = Process::start(&program.to_string_lossy(), |command| {
        command.args(["-b", SCANNER, "-p", port]).args(arguments.split_whitespace());
        command.arg("127.0.0.1");
        // Its sessions go to a home of their own.
        command.env("HOME", folder.path()).current_dir(folder.path());
        command.stdout(file.try_clone().expect("the same")).stderr(file);
    });
    process.end(PATIENCE).await;
    let said = std::fs::read(folder.path().join("said")).expect("what it said");
    String::from_utf8_lossy(&said).into_owned()
}

/// The row of the table that a tool ends with; the rest quotes random numbers.
fn told_of(said: &str, name: &str) -> Option<String> {
    let mut rows = said.lines().filter(|line| line.starts_with('|'));
    rows.find(|row| row.contains(name)).map(|row| row.replace(name, "-"))
}

/// Nonsense, questions, calls and registrations, without end.
struct Flood {
    over: Arc<AtomicBool>,
    sending: JoinHandle<Spoils>,
}

/// What a flood brought in.
#[derive(Debug, Default)]
struct Spoils {
    octets_sent: usize,
    octets_got: usize,
    answers: BTreeMap<String, u32>,
}

impl Flood {
    fn begin(line: SocketAddr) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let sending = std::thread::spawn(move || {
            let socket = UdpSocket::bind((FLOODER, 0)).expect("an address of loopback");
            socket.set_nonblocking(true).expect("a socket");
            let mut spoils = Spoils::default();
            for nth in 0_u32.. {
                if told.load(Ordering::Relaxed) {
                    break;
                }
                let message = message_to(line, socket.local_addr().expect("bound"), nth);
                // A full buffer is the machine's own defence.
                spoils.octets_sent += socket.send_to(&message, line).unwrap_or(0);
                spoils.take_from(&socket);
                std::thread::sleep(PAUSE);
            }
            spoils
        });
        Self { over, sending }
    }

    fn end(self) -> Spoils {
        self.over.store(true, Ordering::Relaxed);
        self.sending.join().expect("the flood")
    }
}

impl Spoils {
    fn take_from(&mut self, socket: &UdpSocket) {
        let mut answer = [0; 4096];
        while let Ok(length) = socket.recv(&mut answer) {
            self.octets_got += length;
            let first = String::from_utf8_lossy(&answer[..length.min(11)]).into_owned();
            *self.answers.entry(first).or_default() += 1;
        }
    }

    fn are_nothing(&self) {
        assert!(self.octets_sent > 1_000_000, "this was no flood: {self:?}");
        assert!(self.octets_got < self.octets_sent, "amplified: {self:?}");
        // A question what we can do (OPTIONS) is answered: carriers ask it to see us alive.
        let known = ["SIP/2.0 100", "SIP/2.0 200", "SIP/2.0 401", "SIP/2.0 404", "SIP/2.0 503"];
        assert!(self.answers.keys().all(|status| known.contains(&status.as_str())), "{self:?}");
    }
}

fn message_to(line: SocketAddr, here: SocketAddr, nth: u32) -> Vec<u8> {
    let method = match nth % 4 {
        0 => return nth.to_le_bytes().repeat(100),
        1 => "OPTIONS",
        2 => "INVITE",
        _ => "REGISTER",
    };
    request(method, &format!("{}", 1_000 + nth % 5_000), line, here, nth).into_bytes()
}

fn request(method: &str, name: &str, line: SocketAddr, here: SocketAddr, nth: u32) -> String {
    let to = if method == "REGISTER" { line.to_string() } else { format!("{name}@{line}") };
    format!(
        "{method} sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{nth};rport\r\n\
         From: <sip:{name}@{line}>;tag={nth}\r\nTo: <sip:{name}@{line}>\r\nCall-ID: {nth}@{here}\r\n\
         CSeq: 1 {method}\r\nContact: <sip:{name}@{here}>\r\nMax-Forwards: 70\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// Who asks by hand sees no difference between a name that is known and one that is not.
fn two_names_are_asked_alike(line: SocketAddr) {
    let socket = UdpSocket::bind((GUESSER, 0)).expect("an address of loopback");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
    let here = socket.local_addr().expect("bound");
    let asked = |name: &str, nth: u32| {
        let register = request("REGISTER", name, line, here, nth);
        socket.send_to(register.as_bytes(), line).expect("sent");
        let mut answer = [0; 4096];
        let length = socket.recv(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        without_chance(&answer.replace(name, "-").replace(&nth.to_string(), "-"))
    };
    let (known, unknown) = (asked("101", 70_001), asked("102", 70_002));
    assert!(known.starts_with("SIP/2.0 401"), "{known}");
    assert_eq!(known, unknown);
}

/// Nonces and tags are new each time, and of one length.
fn without_chance(answer: &str) -> String {
    let mut text = answer.to_owned();
    for (begin, end) in [("nonce=\"", '"'), ("opaque=\"", '"'), ("To: ", '\r')] {
        let mut from = 0;
        while let Some(at) = text[from..].find(begin).map(|at| from + at + begin.len()) {
            let length = text[at..].find(end).unwrap_or(0);
            text.replace_range(at..at + length, &"x".repeat(length));
            from = at;
        }
    }
    text
}
