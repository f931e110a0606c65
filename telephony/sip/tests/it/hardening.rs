//! Floods, guesses and forged sources.

use std::time::{Duration, Instant};

use mostik_sip::{CallEvent, Credentials, EdgeConfig, Network, RegistrarConfig, Transport};
use tokio::net::UdpSocket;

use crate::phone::Phone;
use crate::world::{World, config, next};

const KEY: &str = "Content-Type: application/dtmf\r\n";

/// How long answers are listened for: the stack would repeat one after half a second.
const LISTENED: Duration = Duration::from_millis(800);

#[tokio::test]
async fn a_flood_does_not_touch_calls_in_progress() {
    let limits = EdgeConfig {
        requests_per_second: 100,
        total_requests_per_second: 200,
        max_calls: 20,
        ..config()
    };
    let mut world = World::with(limits).await;
    let edge = world.address(Transport::Udp);
    let mut calls = Vec::new();
    for number in 0..20 {
        let from = format!("127.0.1.{}:0", number + 1);
        let mut phone = Phone::from_address(Transport::Udp, &from, edge).await;
        let call = world.established(&mut phone).await;
        calls.push((phone, call));
    }
    let flood = tokio::spawn(async move {
        let mut sockets = Vec::new();
        for number in 0..100 {
            let address = format!("127.0.2.{}:0", number + 1);
            sockets.push(UdpSocket::bind(address).await.unwrap());
        }
        let invite = "INVITE sip:100@a SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.2.1;branch=z9hG4bKflood\r\n\
             From: <sip:x@a>;tag=1\r\nTo: <sip:100@a>\r\nCall-ID: flood\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:x@127.0.2.1>\r\nContent-Length: 0\r\n\r\n";
        for round in 0.. {
            for (number, socket) in sockets.iter().enumerate() {
                let other = invite.replace("flood", &format!("flood{round}x{number}"));
                socket.send_to(other.as_bytes(), edge).await.ok();
                socket.send_to(b"rubbish\r\n\r\n", edge).await.ok();
            }
            tokio::task::yield_now().await;
        }
    });
    world.until(|counters| counters.dropped_rate > 1000).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        for (phone, call) in &mut calls {
            let began = Instant::now();
            // The system may drop a datagram when its queue is full; phones ask again.
            let info = phone.request("INFO", KEY, "1");
            let answer = phone.ask_again_until_answered("INFO", &info).await;
            assert_eq!(answer.status(), 200);
            slowest = slowest.max(began.elapsed());
            assert_eq!(next(call).await, CallEvent::Key('1'));
        }
    }
    flood.abort();
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    assert_eq!(world.edge.calls_in_progress(), 20);
    for (mut phone, _call) in calls {
        let bye = phone.request("BYE", "", "");
        assert_eq!(phone.ask_again_until_answered("BYE", &bye).await.status(), 200);
    }
    world.until_idle().await;
    let counters = world.edge.counters();
    assert_eq!(counters.calls_answered, 20);
    assert!(counters.refused_busy > 0);
}

#[tokio::test]
async fn a_refusal_comes_once_and_is_hardly_longer_than_what_it_refuses() {
    let phones = vec![Credentials::new("ada", "secret".to_owned().into())];
    let registrar = Some(RegistrarConfig {
        phones,
        trusted: Network::loopback(),
        ..RegistrarConfig::default()
    });
    let mut world = World::with(EdgeConfig { max_calls: 1, registrar, ..config() }).await;
    let mut caller = world.phone(Transport::Udp).await;
    let _call = world.established(&mut caller).await;
    let edge = world.address(Transport::Udp);
    let refused = [
        ("INVITE", "", 503),
        ("INVITE", "tagged", 481),
        ("BYE", "tagged", 481),
        // A challenge says more than a refusal; a phone asks with at least this.
        ("REGISTER", "Expires: 3600\r\nUser-Agent: phone\r\n", 401),
        ("REFER", "", 603),
        ("SUBSCRIBE", "", 405),
        ("FROBNICATE", "", 501),
        ("INVITE", "Require: foo\r\n", 420),
        ("INVITE", "Supported: timer\r\nSession-Expires: 1\r\n", 422),
        ("INVITE", "CSeq: 1 INVITE\r\n", 400),
        ("PRACK", "tagged", 481),
    ];
    for (number, (method, extra, status)) in refused.into_iter().enumerate() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        // A connected socket hears nobody else on this machine.
        socket.connect(edge).await.unwrap();
        let local = socket.local_addr().unwrap();
        let (tag, extra) = if extra == "tagged" { (";tag=no", "") } else { ("", extra) };
        // Shorter than any phone writes.
        let request = format!(
            "{method} sip:support@{edge} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{number}\r\n\
             From: <sip:ada@{edge}>;tag=1\r\nTo: <sip:ada@{edge}>{tag}\r\nCall-ID: {number}@x\r\n\
             CSeq: 1 {method}\r\nContact: <sip:ada@{local}>\r\nMax-Forwards: 70\r\n{extra}\
             Content-Length: 0\r\n\r\n"
        );
        socket.send(request.as_bytes()).await.unwrap();
        let mut answers = Vec::new();
        let mut buffer = vec![0; 65_536];
        while let Ok(length) = tokio::time::timeout(LISTENED, socket.recv(&mut buffer)).await {
            answers.push(String::from_utf8(buffer[..length.unwrap()].to_vec()).unwrap());
        }
        assert_eq!(answers.len(), 1, "{method} {extra} {answers:?}");
        assert!(answers[0].starts_with(&format!("SIP/2.0 {status} ")), "{}", answers[0]);
        let most = request.len() * 3 / 2;
        assert!(answers[0].len() <= most, "{method}: {} of {}", answers[0].len(), request.len());
    }
}

#[tokio::test]
async fn a_phone_registers_over_both_transports_and_is_found() {
    let phones = vec![Credentials::new("ada", "secret".to_owned().into())];
    let registrar = Some(RegistrarConfig { phones, ..RegistrarConfig::default() });
    let world = World::with(EdgeConfig { registrar, ..config() }).await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        let challenge = phone.ask_as("REGISTER", "ada", "").await;
        assert_eq!(challenge.status(), 401);
        let header = challenge.header("WWW-Authenticate").to_owned();
        assert!(
            header.contains("algorithm=SHA-256") && header.contains("qop=\"auth\""),
            "{header}"
        );
        let proof = crate::proof::of_sha256(&header, "ada", "secret", "REGISTER", &phone.target());
        let answer = phone.ask_as("REGISTER", "ada", &format!("Authorization: {proof}\r\n")).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        assert!(answer.header("Contact").contains(";expires=3600"));
        let registered = world.edge.registered("ada");
        assert_eq!((registered[0].source, registered[0].transport), (phone.local, transport));
        let again = phone.ask_as("REGISTER", "ada", &format!("Authorization: {proof}\r\n")).await;
        assert_eq!(again.status(), 401);
    }
    // The TCP phone hung up when it was dropped: its registration went with the stream.
    let hung_up = async {
        while world.edge.registrations() > 1 {
            tokio::task::yield_now().await;
        }
    };
    crate::world::soon(hung_up).await;
    assert_eq!(world.edge.counters().registrations, 2);
}
