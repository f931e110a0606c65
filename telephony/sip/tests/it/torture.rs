//! The torture messages of RFC 4475 and RFC 5118, each sent to a running edge over a socket.
//!
//! What comes back is compared with `TORTURE.md`. `MOSTIK_WRITE_TORTURE=1` writes it anew.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use mostik_sip::{Network, RegistrarConfig, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::world::{SOON, World};

/// What the RFC asks a server that receives the message to do, and why ours does otherwise.
struct Row {
    name: &'static str,
    asked: &'static str,
    /// What a server that does as asked may answer.
    right: &'static [&'static str],
    /// Empty where the answer is the right one.
    reason: &'static str,
}

const fn row(name: &'static str, asked: &'static str, right: &'static [&'static str]) -> Row {
    Row { name, asked, right, reason: "" }
}

const fn other(name: &'static str, asked: &'static str, reason: &'static str) -> Row {
    Row { name, asked, right: &[], reason }
}

const CALL: &[&str] = &["call"];
const NOTHING: &[&str] = &["nothing"];
const REGISTERS: &[&str] = &["401"];

const RFC4475: &[Row] = &[
    row("wsinv", "read it; 481 to the INVITE of a call we do not know", &["481"]),
    row("intmeth", "501, the method is unknown", &["501"]),
    row("esc01", "accept the call", CALL),
    row("escnull", "read it as a REGISTER", REGISTERS),
    row("esc02", "501, the method is unknown", &["501"]),
    row("lwsdisp", "answer OPTIONS", &["200"]),
    row("longreq", "accept the call", CALL),
    row("dblreq", "one answer to the REGISTER, nothing to what follows it", REGISTERS),
    row("semiuri", "answer OPTIONS", &["200"]),
    row("transports", "answer OPTIONS", &["200"]),
    row("mpart01", "read it; 405 where MESSAGE is not offered", &["405"]),
    row("unreason", "read the response", NOTHING),
    row("noreason", "read the response", NOTHING),
    row("badinv01", "400", &["400"]),
    row("clerr", "400", &["400"]),
    row("ncl", "400", &["400"]),
    row("scalar02", "400", &["400"]),
    row("scalarlg", "discard the response", NOTHING),
    row("quotbal", "400", &["400"]),
    row("ltgtruri", "400", &["400"]),
    row("lwsruri", "400", &["400"]),
    row("lwsstart", "400", &["400"]),
    row("trws", "400", &["400"]),
    row("escruri", "400", &["400"]),
    row("baddate", "400, or ignore the Date", &["400", "call"]),
    row("regbadct", "400", &["400"]),
    row("badaspec", "400", &["400"]),
    row("baddn", "400", &["400"]),
    row("badvers", "505", &["505"]),
    row("mismatch01", "400", &["400"]),
    row("mismatch02", "501 or 400", &["501", "400"]),
    row("bigcode", "discard the response", NOTHING),
    row("badbranch", "400, or match it by other means", &["400", "200"]),
    row("insuf", "400", &["400"]),
    row("unkscm", "416", &["416"]),
    row("novelsc", "416", &["416"]),
    row("unksm2", "400 or a challenge from a registrar", &["400", "401"]),
    row("bext01", "420 with both options in Unsupported", &["420"]),
    row("invut", "415 with Accept", &["415"]),
    row("regaut01", "401, the scheme is unknown", REGISTERS),
    row("multi01", "400", &["400"]),
    row("mcl01", "400", &["400"]),
    row("bcast", "discard the response", NOTHING),
    row("zeromf", "answer OPTIONS where it ends, 483 where it would go on", &["200", "483"]),
    row("cparam01", "read it as a REGISTER", REGISTERS),
    row("cparam02", "read it as a REGISTER", REGISTERS),
    row("regescrt", "read it as a REGISTER", REGISTERS),
    row("sdp01", "406 or 488", &["406", "488"]),
    other(
        "inv2543",
        "accept the call for the sake of RFC 2543",
        "without a Contact and a From tag nobody can be told that the call is over",
    ),
];

const RFC5118: &[Row] = &[
    row("ipv6-good", "read it as a REGISTER", REGISTERS),
    row("ipv6-bad", "400", &["400"]),
    row("port-ambiguous", "read it as a REGISTER", REGISTERS),
    row("port-unambiguous", "read it as a REGISTER", REGISTERS),
    row("via-received-param-with-delim", "read it; 481 to the BYE of no call", &["481"]),
    row("via-received-param-no-delim", "answer OPTIONS", &["200"]),
    row("ipv6-in-sdp", "accept the call", CALL),
    row("mult-ip-in-header", "read it; 481 to the BYE of no call", &["481"]),
    row("mult-ip-in-sdp", "accept the call", CALL),
    row("ipv4-mapped-ipv6", "accept the call", CALL),
    row("ipv6-bug-abnf-3-colons", "read it", &["200"]),
    row("ipv6-correct-abnf-2-colons", "read it", &["200"]),
];

/// The end the messages are sent from.
enum Sender {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

impl Sender {
    async fn to(edge: SocketAddr, transport: Transport) -> Self {
        if transport == Transport::Tcp {
            return Self::Tcp(TcpStream::connect(edge).await.unwrap());
        }
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(edge).await.unwrap();
        Self::Udp(socket)
    }

    async fn send(&mut self, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => drop(socket.send(bytes).await.unwrap()),
            Self::Tcp(stream) => stream.write_all(bytes).await.unwrap(),
        }
    }

    /// The status of the next final answer, and whether it is one to `probe`.
    async fn final_answer(&mut self, probe: &str) -> (String, bool) {
        loop {
            let mut bytes = vec![0; 65_536];
            let length = match self {
                Self::Udp(socket) => socket.recv(&mut bytes).await.unwrap(),
                Self::Tcp(stream) => stream.read(&mut bytes).await.unwrap_or(0),
            };
            let text = String::from_utf8_lossy(&bytes[..length]);
            let status = text.split(' ').nth(1).unwrap_or("closed").to_owned();
            if !status.starts_with('1') {
                return (status, text.contains(probe));
            }
        }
    }
}

fn transport_meant(bytes: &[u8]) -> Transport {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let via = text.lines().find(|line| line.starts_with("via") || line.starts_with("v:"));
    let tcp = via.is_some_and(|via| via.contains("/tcp") || via.contains("/tls"));
    if tcp { Transport::Tcp } else { Transport::Udp }
}

async fn answer(world: &mut World, bytes: &[u8], silent: bool) -> String {
    let transport = transport_meant(bytes);
    let edge = world.address(transport);
    let mut sender = Sender::to(edge, transport).await;
    sender.send(bytes).await;
    if silent {
        // What is sent later is answered; nothing else may come before.
        let token = transport.token();
        let probe = format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/{token} 127.0.0.1;rport;branch=z9hG4bKprobe\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n"
        );
        sender.send(probe.as_bytes()).await;
        let (status, probed) = sender.final_answer("z9hG4bKprobe").await;
        return if probed { "nothing".to_owned() } else { status };
    }
    tokio::select! {
        (status, _) = sender.final_answer("") => status,
        call = world.calls.recv() => {
            call.unwrap().reject(486).await;
            "call".to_owned()
        }
        () = tokio::time::sleep(SOON + Duration::from_secs(1)) => "nothing".to_owned(),
    }
}

async fn lines(
    world: &mut World,
    table: &mut String,
    rows: &[Row],
    cases: &[(&str, &str, Vec<u8>)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    assert_eq!(rows.len(), cases.len());
    for (row, (name, section, bytes)) in rows.iter().zip(cases) {
        assert_eq!(row.name, *name);
        let got = answer(world, bytes, row.right == NOTHING).await;
        let same = row.right.contains(&got.as_str());
        if !same && row.reason.is_empty() {
            wrong.push(format!("{name} ({section}): asked {}, got {got}", row.asked));
        }
        let note = if same { "same" } else { row.reason };
        writeln!(table, "| {name} | {section} | {} | {got} | {note} |", row.asked).unwrap();
    }
    wrong
}

fn by_rfc4475() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let cases: Vec<_> = sipx_testkit::rfc4475::classified().collect();
    let found = |row: &Row| {
        let case = cases.iter().find(|case| case.name == row.name).unwrap();
        let mut bytes = case.bytes.to_vec();
        if case.name == "baddn" {
            // The archive's file lacks the blank line that ends a head.
            bytes.extend_from_slice(b"\r\n");
        }
        (case.name, case.section, bytes)
    };
    RFC4475.iter().map(found).collect()
}

fn by_rfc5118() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let found = |row: &Row| {
        let mut cases = sipx_testkit::rfc5118::CASES.iter();
        let case = cases.find(|case| case.name == row.name).unwrap();
        (case.name, case.section, case.wire().to_vec())
    };
    RFC5118.iter().map(found).collect()
}

#[tokio::test]
async fn every_torture_message_gets_the_answer_in_the_table() {
    let mut config = crate::world::config();
    let trusted = Network::loopback();
    config.registrar = Some(RegistrarConfig { trusted, ..RegistrarConfig::default() });
    let mut world = World::with(config).await;
    let mut table = String::from(
        "# What the torture messages get\n\n\
         Written by `tests/it/torture.rs`, which sends each message to a running edge over UDP, or \
         over TCP where its Via says so.\nA change of an answer fails that test; run it with \
         `MOSTIK_WRITE_TORTURE=1` to write this file anew.\n`call` means that the call is offered \
         to the application.\n",
    );
    let mut wrong = Vec::new();
    for (title, rows, cases) in
        [("RFC 4475", RFC4475, by_rfc4475()), ("RFC 5118", RFC5118, by_rfc5118())]
    {
        write!(
            table,
            "\n## {title}\n\n| message | section | its RFC asks for | got | same, or why not |\n\
             |---|---|---|---|---|\n"
        )
        .unwrap();
        wrong.extend(lines(&mut world, &mut table, rows, &cases).await);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/TORTURE.md");
    if std::env::var_os("MOSTIK_WRITE_TORTURE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), table);
}
