//! Calls that we place to where they may not, or cannot, go.

use mostik_sip::{Dial, DialError, DialEvent, DialFailure, EdgeConfig, Route, Transport};

use crate::callee::{Callee, OFFER};
use crate::dialling::{answered, credentials, failure, happens};
use crate::world::{World, config, only};

#[tokio::test]
async fn redirects_lead_to_configured_places_only() {
    let world = World::with(EdgeConfig { allowed_networks: only("127.0.0.0/8"), ..config() }).await;
    let (mut first, mut second) = (Callee::udp().await, Callee::udp().await);
    let mut call = world.edge.dial(first.order()).unwrap();
    let invite = first.expect("INVITE").await;
    first.contact = format!("<sip:x@192.0.2.1>;q=0.9, <sip:carol@{}>;q=0.5", second.local);
    first.answer(&invite, "302 Moved", "r", "", "").await;
    first.expect("ACK").await;
    let invite = second.expect("INVITE").await;
    assert_eq!(invite.start, format!("INVITE sip:carol@{} SIP/2.0", second.local));
    assert!(invite.header("To").contains("sip:bob@"));
    second.contact = "<sip:+9991@premium.example>, <sip:a@192.0.2.9>".into();
    second.answer(&invite, "302 Moved", "r", "", "").await;
    second.expect("ACK").await;
    assert_eq!(failure(&mut call).await, DialFailure::RedirectedElsewhere);
    world.until_idle().await;
}

#[tokio::test]
async fn redirects_in_circles_end() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    for _ in 0..4 {
        let invite = callee.expect("INVITE").await;
        callee.answer(&invite, "302 Moved", "r", "", "").await;
        callee.expect("ACK").await;
    }
    assert_eq!(failure(&mut call).await, DialFailure::RedirectedElsewhere);
}

#[tokio::test]
async fn a_phone_behind_nat_gets_our_acknowledgement_and_goodbye() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    callee.contact = "<sip:callee@192.168.77.7:5062>".into();
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    let call = answered(&mut call).await;
    let ack = callee.expect("ACK").await;
    assert!(ack.start.starts_with("ACK sip:callee@192.168.77.7:5062"), "{}", ack.start);
    tokio::spawn(call.hang_up());
    callee.expect("BYE").await;
}

#[tokio::test]
async fn what_cannot_be_dialled_is_said_before_anything_is_sent() {
    let world = World::start().await;
    let callee = Callee::udp().await;
    let stranger = "192.0.2.1:5060".parse().unwrap();
    let route = Route::Direct { transport: Transport::Udp, address: stranger };
    let refused = |order| world.edge.dial(order).unwrap_err();
    assert_eq!(refused(Dial::new("1", route, OFFER)), DialError::NotAllowed(stranger));
    let trunk = Route::Trunk("none".into());
    assert_eq!(refused(Dial::new("1", trunk, OFFER)), DialError::NoSuchTrunk("none".into()));
    assert_eq!(refused(Dial::new("a b", callee.route(), OFFER)), DialError::Target);
    let from = Some("<sip:x>".to_owned());
    assert_eq!(refused(Dial { from, ..callee.order() }), DialError::Caller);
    let headers = vec![("Via".to_owned(), "x".to_owned())];
    assert_eq!(refused(Dial { headers, ..callee.order() }), DialError::Header("Via".into()));
    assert_eq!(world.edge.calls_in_progress(), 0);
}

#[tokio::test]
async fn a_closed_port_is_unreachable_and_a_full_edge_says_so() {
    let world = World::with(EdgeConfig { max_calls: 1, ..config() }).await;
    let closed = Callee::tcp().await;
    let order = closed.order();
    drop(closed);
    let mut call = world.edge.dial(order).unwrap();
    assert_eq!(failure(&mut call).await, DialFailure::Unreachable);
    world.until_idle().await;
    let mut callee = Callee::udp().await;
    let _first = world.edge.dial(callee.order()).unwrap();
    callee.expect("INVITE").await;
    let mut second = world.edge.dial(callee.order()).unwrap();
    assert_eq!(failure(&mut second).await, DialFailure::TooManyCalls);
}

#[tokio::test]
async fn servers_that_never_are_content_are_left() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let order = Dial { credentials: Some(credentials()), ..callee.order() };
    let mut call = world.edge.dial(order).unwrap();
    for realm in 0..5 {
        let invite = callee.expect("INVITE").await;
        let challenge = format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"n\"\r\n");
        callee.answer(&invite, "401 Who", "u", &challenge, "").await;
        callee.expect("ACK").await;
    }
    assert_eq!(failure(&mut call).await, DialFailure::Unauthorized);
    world.until_idle().await;
}

#[tokio::test]
async fn endless_ringing_neither_grows_nor_hides_the_end() {
    let world = World::start().await;
    let mut callee = Callee::tcp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    for number in 0..2000 {
        let tag = format!("t{number}");
        let reliable = "Require: 100rel\r\nRSeq: 4294967295\r\n";
        let extra = if number % 100 == 0 { reliable } else { "" };
        callee.answer(&invite, "183 Progress", &tag, extra, "v=0\r\n").await;
    }
    callee.answer(&invite, "486 Busy Here", "busy", "", "").await;
    let mut told = 0;
    loop {
        match happens(&mut call).await {
            DialEvent::Failed(failure) => break assert_eq!(failure, DialFailure::Busy),
            _ => told += 1,
        }
    }
    assert!(told < 2000, "{told} events waited");
    // The connection is read on: the branches that wanted a PRACK got one, up to a limit.
    let mut confirmed = 0;
    loop {
        let heard = callee.hear().await;
        if heard.start.starts_with("PRACK") {
            confirmed += 1;
        } else if heard.start.starts_with("ACK") {
            break;
        }
    }
    assert!(confirmed <= 16, "{confirmed} branches");
}

#[tokio::test]
async fn answers_that_are_no_sip_do_no_harm() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    for broken in [
        "SIP/2.0 200 OK\r\n\r\n".to_owned(),
        "SIP/2.0 999999 OK\r\nVia: x\r\n\r\n".to_owned(),
        callee.written(&invite, "183 \0", "t", "RSeq: -1\r\nRequire: 100rel\r\n", ""),
        callee.written(&invite, "180 R", "t", "RSeq: 99999999999\r\n", ""),
        callee.written(&invite, "180 R", &"t".repeat(9000), "", ""),
    ] {
        callee.send(&broken).await;
    }
    callee.answer(&invite, "302 Moved", "t", "Contact: <sip:\"@@@>, ;;;\r\n", "").await;
    assert!(matches!(
        failure(&mut call).await,
        DialFailure::RedirectedElsewhere | DialFailure::Unreachable
    ));
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    answered(&mut call).await;
}
