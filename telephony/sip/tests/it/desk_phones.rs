//! Desk phones that registered here are rung over what they registered by.

use std::time::Duration;

use mostik_sip::{
    CallEvent, Credentials, Dial, DialError, DialEvent, DialFailure, EdgeConfig, Ended, EndedBy,
    EndedWhy, Listen, OutgoingCall, RegistrarConfig, Transport, TrunkConfig,
};

use crate::callee::{Callee, OFFER};
use crate::dialling::{answered, happens};
use crate::heard::Heard;
use crate::paper::Paper;
use crate::phone::Phone;
use crate::proof::{of_sha256, value};
use crate::world::{ANSWER, World, config, next, soon};

const TRANSPORTS: [Transport; 3] = [Transport::Udp, Transport::Tcp, Transport::Tls];

async fn world(paper: &Paper) -> World {
    let phones = vec![Credentials::new("ada", "secret".to_owned().into())];
    let registrar = Some(RegistrarConfig { phones, ..RegistrarConfig::default() });
    let address = ([127, 0, 0, 1], 0).into();
    // The second UDP listener is the one that phones use.
    let listen = [Transport::Udp, Transport::Udp, Transport::Tcp, Transport::Tls];
    let listen = listen.map(|transport| Listen { transport, address }).to_vec();
    let tls = Some(paper.files());
    World::with(EdgeConfig { registrar, listen, tls, ..config() }).await
}

/// A phone behind a NAT: its Contact is somebody else's address.
async fn phone(world: &World, paper: &Paper, transport: Transport, contact: &str) -> Phone {
    let listening = world.edge.listening();
    let edge = listening.iter().rfind(|listen| listen.transport == transport).unwrap().address;
    let mut phone = match transport {
        Transport::Tls => Phone::connect_tls(paper, edge).await,
        other => Phone::connect(other, edge).await,
    };
    contact.clone_into(&mut phone.contact);
    phone.register("ada", "secret").await;
    phone
}

fn ring(world: &World) -> OutgoingCall {
    world.edge.dial(Dial::phone("ada", OFFER)).unwrap()
}

#[tokio::test]
async fn a_phone_behind_nat_is_rung_and_hung_up_by_its_own_flow() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    // An address that we could reach, and that is not the phone.
    let trap = Phone::connect(Transport::Udp, world.address(Transport::Udp)).await;
    for transport in TRANSPORTS {
        let contact = format!("<sip:ada@{};ob>", trap.local);
        let mut phone = phone(&world, &paper, transport, &contact).await;
        let mut call = ring(&world);
        let invite = phone.expect_request("INVITE").await;
        assert_eq!(invite.start, format!("INVITE sip:ada@{};ob SIP/2.0", trap.local));
        assert!(invite.header("To").starts_with("<sip:ada@127.0.0.1:"), "{invite:?}");
        assert!(invite.header("Via").starts_with(&format!("SIP/2.0/{} ", transport.token())));
        phone.answer_call(&invite, "180 Ringing", "").await;
        assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
        phone.answer_call(&invite, "200 OK", ANSWER).await;
        let call = answered(&mut call).await;
        phone.expect_request("ACK").await;
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = phone.expect_request("BYE").await;
        phone.reply(&bye, "200 OK").await;
        soon(hanging_up).await.unwrap();
        world.until_idle().await;
    }
    trap.heard_nothing();
}

#[tokio::test]
async fn the_phone_hangs_up() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    for transport in TRANSPORTS {
        let mut phone = phone(&world, &paper, transport, "<sip:ada@192.0.2.1:5060>").await;
        let mut call = ring(&world);
        let invite = phone.expect_request("INVITE").await;
        phone.answer_call(&invite, "200 OK", ANSWER).await;
        let mut call = answered(&mut call).await;
        phone.expect_request("ACK").await;
        phone.join(&invite);
        assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
        let ended = Ended { by: EndedBy::Peer, why: EndedWhy::HungUp };
        assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
        world.until_idle().await;
    }
}

#[tokio::test]
async fn whatever_contact_a_phone_gives_it_is_rung_where_it_is() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    let long = format!("<sip:{}@192.0.2.1>", "a".repeat(480));
    for contact in [
        "<sip:ada@192.0.2.1?Replaces=x>",
        "<sip:ada@phone.example;transport=tls>",
        "<sip:ada@[2001:db8::1]:5070>",
        "<sips:ada@192.0.2.1>",
        "<tel:+4930123>",
        "<mailto:ada@phone.example>",
        long.as_str(),
    ] {
        let mut phone = phone(&world, &paper, Transport::Tcp, contact).await;
        let mut call = ring(&world);
        let invite = phone.expect_request("INVITE").await;
        assert!(!invite.start.contains("Replaces"), "{invite:?}");
        phone.answer_call(&invite, "486 Busy Here", "").await;
        phone.expect_request("ACK").await;
        let DialEvent::Failed(why) = happens(&mut call).await else { panic!("no end") };
        assert_eq!(why, DialFailure::Busy, "{contact}");
        drop(phone);
        let gone = async {
            while world.edge.registrations() > 0 {
                tokio::task::yield_now().await;
            }
        };
        soon(gone).await;
    }
}

#[tokio::test]
async fn a_phone_that_closed_its_stream_is_not_rung() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    for transport in [Transport::Tcp, Transport::Tls] {
        let phone = phone(&world, &paper, transport, "<sip:ada@192.0.2.1>").await;
        assert_eq!(world.edge.registrations(), 1);
        drop(phone);
        let gone = async {
            while world.edge.registrations() > 0 {
                tokio::task::yield_now().await;
            }
        };
        soon(gone).await;
        let refused = world.edge.dial(Dial::phone("ada", OFFER)).err();
        assert_eq!(refused, Some(DialError::NotRegistered));
    }
    let nobody = world.edge.dial(Dial::phone("bob", OFFER)).err();
    assert_eq!(nobody, Some(DialError::NotRegistered));
}

#[tokio::test]
async fn a_stream_that_breaks_while_it_rings_ends_the_call() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    let elsewhere = Callee::tcp().await;
    let mut phone = phone(&world, &paper, Transport::Tcp, &elsewhere.contact).await;
    let mut call = ring(&world);
    let invite = phone.expect_request("INVITE").await;
    phone.answer_call(&invite, "180 Ringing", "").await;
    assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
    drop(phone);
    let DialEvent::Failed(why) = happens(&mut call).await else { panic!("no end") };
    assert_eq!(why, DialFailure::Unreachable);
    world.until_idle().await;
}

#[tokio::test]
async fn all_phones_of_a_name_ring_and_the_first_to_answer_has_the_call() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    let mut slow = phone(&world, &paper, Transport::Udp, "<sip:ada@192.0.2.1>").await;
    let mut quick = phone(&world, &paper, Transport::Tcp, "<sip:ada@192.0.2.2>").await;
    let mut call = ring(&world);
    let id = call.id().to_owned();
    let (first, second) =
        (slow.expect_request("INVITE").await, quick.expect_request("INVITE").await);
    assert_ne!(first.header("Call-ID"), second.header("Call-ID"));
    slow.answer_call(&first, "180 Ringing", "").await;
    assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
    quick.answer_call(&second, "200 OK", ANSWER).await;
    let call = answered(&mut call).await;
    assert_eq!(call.id(), id);
    quick.expect_request("ACK").await;
    let cancel = slow.expect_request("CANCEL").await;
    slow.reply(&cancel, "200 OK").await;
    slow.answer_call(&first, "487 Request Terminated", "").await;
    slow.expect_request("ACK").await;
    drop(call);
    let bye = quick.expect_request("BYE").await;
    quick.reply(&bye, "200 OK").await;
    world.until_idle().await;
}

#[tokio::test]
async fn giving_up_stops_the_ringing_everywhere() {
    let paper = Paper::for_name("localhost");
    let world = world(&paper).await;
    let mut phones = [
        phone(&world, &paper, Transport::Udp, "<sip:ada@192.0.2.1>").await,
        phone(&world, &paper, Transport::Tls, "<sip:ada@192.0.2.2>").await,
    ];
    let order = Dial { ring_for: Duration::from_mins(2), ..Dial::phone("ada", OFFER) };
    let mut call = world.edge.dial(order).unwrap();
    let mut invites = Vec::new();
    for phone in &mut phones {
        let invite = phone.expect_request("INVITE").await;
        phone.answer_call(&invite, "180 Ringing", "").await;
        invites.push(invite);
    }
    assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
    call.cancel();
    for (phone, invite) in phones.iter_mut().zip(&invites) {
        let cancel = phone.expect_request("CANCEL").await;
        phone.reply(&cancel, "200 OK").await;
        phone.answer_call(invite, "487 Request Terminated", "").await;
    }
    let DialEvent::Failed(why) = happens(&mut call).await else { panic!("no end") };
    assert_eq!(why, DialFailure::Cancelled);
    world.until_idle().await;
}

/// Calls with what answers `challenge`; returns the first answer that is not provisional.
async fn call_with_proof(phone: &mut Phone, challenge: &Heard, name: &str, secret: &str) -> Heard {
    phone.acknowledge_refusal(challenge).await;
    phone.forget_dialog();
    let challenge = challenge.header("WWW-Authenticate");
    let proof = of_sha256(challenge, name, secret, "INVITE", &phone.target());
    phone.ask("INVITE", &format!("Authorization: {proof}\r\n"), "").await
}

/// What an answer says, without what is different every time.
fn said(answer: &Heard) -> Vec<String> {
    let challenges = answer.all("WWW-Authenticate").map(|challenge| {
        let nonce = value(challenge, "nonce");
        challenge.replace(nonce, "-")
    });
    [answer.start.clone()].into_iter().chain(challenges).collect()
}

#[tokio::test]
async fn a_desk_phone_has_to_prove_who_calls() {
    let paper = Paper::for_name("localhost");
    let mut world = world(&paper).await;
    let trap = Phone::connect(Transport::Udp, world.address(Transport::Udp)).await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = Phone::connect(transport, world.address(transport)).await;
        phone.contact = format!("<sip:ada@{}>", trap.local);
        let challenge = phone.ask("INVITE", "", "").await;
        let mut told = vec![said(&challenge)];
        for (name, secret) in [("ada", "wrong"), ("bob", "secret"), ("", "")] {
            let mut guessing = Phone::connect(transport, world.address(transport)).await;
            let challenge = guessing.ask("INVITE", "", "").await;
            let answer = call_with_proof(&mut guessing, &challenge, name, secret).await;
            told.push(said(&answer));
            assert_eq!(answer.status(), 401);
        }
        told.dedup();
        assert_eq!(told.len(), 1, "a stranger learns something: {told:?}");

        phone.acknowledge_refusal(&challenge).await;
        phone.forget_dialog();
        let header = challenge.header("WWW-Authenticate");
        let proof = of_sha256(header, "ada", "secret", "INVITE", &phone.target());
        let proof = format!("Authorization: {proof}\r\n");
        let invite = phone.request("INVITE", &proof, "");
        phone.send(&invite).await;
        let call = world.incoming().await;
        assert_eq!(call.phone.as_deref(), Some("ada"));
        let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
        let ok = phone.expect_final(200).await;
        phone.acknowledge_with(&ok, ANSWER).await;
        let call = soon(answering).await.unwrap().unwrap();
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = phone.expect_request("BYE").await;
        phone.reply(&bye, "200 OK").await;
        soon(hanging_up).await.unwrap();
        world.until_idle().await;

        // What was heard on the way is worth nothing.
        let mut thief = Phone::connect(transport, world.address(transport)).await;
        let again = thief.ask("INVITE", &proof, "").await;
        assert_eq!(again.status(), 401);
        assert!(again.header("WWW-Authenticate").contains("stale=true"), "{again:?}");
    }
    trap.heard_nothing();
    assert_eq!(world.edge.counters().calls_offered, 2);
}

#[tokio::test]
async fn a_phone_calls_in_its_own_name_or_in_nobodys() {
    let paper = Paper::for_name("localhost");
    let mut world = world(&paper).await;
    for (name, status) in [("anonymous", 486), ("ada", 486), ("boss", 403)] {
        let mut phone = world.phone(Transport::Udp).await;
        phone.caller = name.to_owned();
        let challenge = phone.ask("INVITE", "", "").await;
        let asking = call_with_proof(&mut phone, &challenge, "ada", "secret");
        let deciding = async {
            if status == 486 {
                world.incoming().await.reject(486).await;
            }
        };
        let (answer, ()) = tokio::join!(asking, deciding);
        assert_eq!(answer.status(), status, "{name}");
    }
}

#[tokio::test]
async fn trunks_and_trusted_networks_need_no_password() {
    let phones = vec![Credentials::new("ada", "secret".to_owned().into())];
    let trusted = vec!["127.0.0.3".parse().unwrap()];
    let registrar = Some(RegistrarConfig { phones, trusted, ..RegistrarConfig::default() });
    let networks = vec!["127.0.0.2".parse().unwrap()];
    let pbx = TrunkConfig::new("pbx", "127.0.0.2", "desk", None);
    let trunks = vec![TrunkConfig { register: false, networks, ..pbx }];
    let mut world = World::with(EdgeConfig { registrar, trunks, ..config() }).await;
    let edge = world.address(Transport::Udp);
    for (from, trunk) in [("127.0.0.2:0", Some("pbx")), ("127.0.0.3:0", None)] {
        let mut phone = Phone::from_address(Transport::Udp, from, edge).await;
        phone.invite(None).await;
        let call = world.incoming().await;
        assert_eq!((call.trunk.as_deref(), call.phone.as_deref()), (trunk, None));
        call.reject(486).await;
        phone.expect_final(486).await;
    }
    let mut phone = Phone::from_address(Transport::Udp, "127.0.0.4:0", edge).await;
    assert_eq!(phone.ask("INVITE", "", "").await.status(), 401);
}
