//! Calls that we place.

use std::time::Duration;

use mostik_sip::{
    Call, CallEvent, Credentials, Dial, DialError, DialEvent, DialFailure, EdgeConfig, Ended,
    EndedBy, EndedWhy, OutgoingCall, Route, Transport,
};
use secrecy::SecretString;

use crate::callee::{Callee, OFFER};
use crate::proof::{proves, value};
use crate::world::{ANSWER, World, config, next, only, soon};

async fn happens(call: &mut OutgoingCall) -> DialEvent {
    soon(call.next()).await
}

/// How the call failed, whatever happened before.
async fn failure(call: &mut OutgoingCall) -> DialFailure {
    loop {
        match happens(call).await {
            DialEvent::Failed(failure) => return failure,
            DialEvent::Answered(..) => panic!("answered"),
            _ => {}
        }
    }
}

async fn answered(call: &mut OutgoingCall) -> Call {
    loop {
        match happens(call).await {
            DialEvent::Answered(call, session) => {
                assert_eq!(session.0, ANSWER);
                return call;
            }
            DialEvent::Failed(failure) => panic!("{failure}"),
            _ => {}
        }
    }
}

fn credentials() -> Credentials {
    Credentials::new("desk", SecretString::from("secret"))
}

#[tokio::test]
async fn a_call_is_placed_answered_and_hung_up_by_us() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let order = Dial { display_name: Some("Desk".into()), ..callee.order() };
    let mut call = world.edge.dial(order).unwrap();
    let invite = callee.expect("INVITE").await;
    assert_eq!(invite.start, format!("INVITE sip:bob@{} SIP/2.0", callee.local));
    assert_eq!(invite.body, OFFER);
    assert_eq!(invite.header("Content-Type"), "application/sdp");
    assert!(invite.header("From").starts_with("\"Desk\" <sip:mostik@127.0.0.1:"));
    assert_eq!(invite.find("User-Agent"), None);
    callee.answer(&invite, "100 Trying", "", "", "").await;
    assert!(matches!(happens(&mut call).await, DialEvent::Trying));
    callee.answer(&invite, "180 Ringing", "callee", "", "").await;
    assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
    callee.answer(&invite, "183 Session Progress", "callee", "", "v=0\r\ns=early\r\n").await;
    let DialEvent::EarlyMedia(early) = happens(&mut call).await else { panic!("no early media") };
    assert_eq!(early.0, "v=0\r\ns=early\r\n");
    callee.pick_up(&invite).await;
    let call = answered(&mut call).await;
    let ack = callee.expect("ACK").await;
    assert_eq!(ack.to_tag(), "callee");
    assert_eq!(world.edge.calls_in_progress(), 1);
    let hanging_up = tokio::spawn(call.hang_up());
    let bye = callee.expect("BYE").await;
    assert!(bye.start.starts_with("BYE sip:callee@"), "{}", bye.start);
    callee.answer(&bye, "200 OK", "", "", "").await;
    soon(hanging_up).await.unwrap();
    world.until_idle().await;
    assert_eq!(world.edge.counters().calls_placed, 1);
}

#[tokio::test]
async fn ringing_is_told_even_when_the_answer_is_right_behind_it() {
    let world = World::start().await;
    let mut callee = Callee::tcp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    let both = [("180 Ringing", ""), ("200 OK", ANSWER)];
    let both = both.map(|(status, body)| callee.written(&invite, status, "callee", "", body));
    callee.send(&both.concat()).await;
    assert!(matches!(happens(&mut call).await, DialEvent::Ringing));
    assert!(matches!(happens(&mut call).await, DialEvent::Answered(..)));
}

#[tokio::test]
async fn the_other_side_hangs_up() {
    let world = World::start().await;
    for mut callee in [Callee::udp().await, Callee::tcp().await] {
        let mut call = world.edge.dial(callee.order()).unwrap();
        let invite = callee.expect("INVITE").await;
        callee.pick_up(&invite).await;
        let mut call = answered(&mut call).await;
        callee.expect("ACK").await;
        callee.ask(&invite, "BYE", 1).await;
        let ended = Ended { by: EndedBy::Peer, why: EndedWhy::HungUp };
        assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
        assert_eq!(callee.hear().await.status(), 200);
        world.until_idle().await;
    }
}

#[tokio::test]
async fn a_request_on_our_own_connection_passes_the_screen() {
    let world = World::start().await;
    let mut callee = Callee::tcp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    let _call = answered(&mut call).await;
    callee.expect("ACK").await;
    callee.ask(&invite, "PUBLISH", 1).await;
    assert_eq!(callee.hear().await.status(), 405);
}

#[tokio::test]
async fn a_challenge_is_answered_and_so_is_the_goodbye() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let order = Dial { credentials: Some(credentials()), ..callee.order() };
    let mut call = world.edge.dial(order).unwrap();
    let first = callee.expect("INVITE").await;
    let challenge = |nonce: &str, more: &str| {
        format!(
            "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"{nonce}\", qop=\"auth\"{more}\r\n"
        )
    };
    callee.answer(&first, "407 Auth", "p", &challenge("one", ""), "").await;
    callee.expect("ACK").await;
    let second = callee.expect("INVITE").await;
    let proof = second.header("Proxy-Authorization");
    assert!(proves(proof, "INVITE"), "{proof}");
    assert_eq!(second.header("Call-ID"), first.header("Call-ID"));
    assert_eq!(second.header("From"), first.header("From"));
    assert_eq!(second.header("CSeq"), "2 INVITE");
    callee.answer(&second, "407 Auth", "p", &challenge("two", ", stale=true"), "").await;
    callee.expect("ACK").await;
    let third = callee.expect("INVITE").await;
    assert!(proves(third.header("Proxy-Authorization"), "INVITE"));
    assert_eq!(value(third.header("Proxy-Authorization"), "nonce"), "two");
    callee.pick_up(&third).await;
    let call = answered(&mut call).await;
    callee.expect("ACK").await;
    tokio::spawn(call.hang_up());
    let bye = callee.expect("BYE").await;
    let proof = bye.header("Proxy-Authorization");
    assert!(proves(proof, "BYE"), "{proof}");
    assert_eq!(value(proof, "nc"), "00000002");
    assert_eq!(bye.header("CSeq"), "4 BYE");
    // An hour later the nonce of the INVITE is forgotten.
    callee.answer(&bye, "407 Auth", "", &challenge("three", ""), "").await;
    let bye = callee.expect_another("BYE", &bye).await;
    let proof = bye.header("Proxy-Authorization");
    assert!(proves(proof, "BYE"), "{proof}");
    assert_eq!((value(proof, "nonce"), bye.header("CSeq")), ("three", "5 BYE"));
    callee.answer(&bye, "200 OK", "", "", "").await;
    world.until_idle().await;
}

#[tokio::test]
async fn a_challenge_within_the_call_is_answered_too() {
    let world = World::start().await;
    for mut callee in [Callee::udp().await, Callee::tcp().await] {
        let order = Dial { credentials: Some(credentials()), ..callee.order() };
        let mut call = world.edge.dial(order).unwrap();
        let invite = callee.expect("INVITE").await;
        callee.pick_up(&invite).await;
        let call = answered(&mut call).await;
        callee.expect("ACK").await;
        let challenge =
            "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"late\", qop=\"auth\"\r\n";
        let holding = tokio::spawn(call.reoffer("v=0\r\ns=hold\r\n".into()));
        let first = callee.expect("INVITE").await;
        callee.answer(&first, "407 Auth", "", challenge, "").await;
        callee.expect("ACK").await;
        let second = callee.expect_another("INVITE", &first).await;
        assert!(proves(second.header("Proxy-Authorization"), "INVITE"));
        callee.answer(&second, "200 OK", "", "", ANSWER).await;
        callee.expect("ACK").await;
        assert_eq!(soon(holding).await.unwrap().as_deref(), Ok(ANSWER));
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = callee.expect("BYE").await;
        assert!(proves(bye.header("Proxy-Authorization"), "BYE"));
        callee.answer(&bye, "200 OK", "", "", "").await;
        soon(hanging_up).await.unwrap();
    }
}

#[tokio::test]
async fn a_goodbye_takes_a_new_stream_when_ours_broke() {
    let world = World::start().await;
    let mut callee = Callee::tcp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    let call = answered(&mut call).await;
    callee.expect("ACK").await;
    callee.close();
    tokio::spawn(call.hang_up());
    callee.expect("BYE").await;
}

#[tokio::test]
async fn a_refused_password_is_not_sent_twice() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let order = Dial { credentials: Some(credentials()), ..callee.order() };
    let mut call = world.edge.dial(order).unwrap();
    let challenge = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", algorithm=SHA-256\r\n";
    for _ in 0..2 {
        let invite = callee.expect("INVITE").await;
        callee.answer(&invite, "401 Unauthorized", "u", challenge, "").await;
        callee.expect("ACK").await;
    }
    assert_eq!(failure(&mut call).await, DialFailure::Unauthorized);
    assert_eq!(failure(&mut call).await, DialFailure::Unauthorized);
    world.until_idle().await;
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let world = World::start().await;
    let later = DialFailure::Unavailable { retry_after: Some(Duration::from_mins(2)) };
    for (status, extra, expected) in [
        ("486 Busy Here", "", DialFailure::Busy),
        ("600 Busy Everywhere", "", DialFailure::Busy),
        ("480 Unavailable", "", DialFailure::NoAnswer),
        ("404 Not Found", "", DialFailure::UnknownNumber),
        ("488 Not Acceptable", "", DialFailure::NoCommonMedia),
        ("603 Decline", "", DialFailure::Declined),
        ("503 Out", "Retry-After: 120 (later);duration=60\r\n", later),
        ("500 Oops", "", DialFailure::Refused { status: 500 }),
        ("401 Who", "", DialFailure::Unauthorized),
    ] {
        let mut callee = Callee::udp().await;
        let mut call = world.edge.dial(callee.order()).unwrap();
        let invite = callee.expect("INVITE").await;
        callee.answer(&invite, status, "t", extra, "").await;
        callee.expect("ACK").await;
        assert_eq!(failure(&mut call).await, expected, "{status}");
    }
    world.until_idle().await;
}

#[tokio::test]
async fn giving_up_sends_cancel_as_soon_as_the_phone_is_heard_of() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    call.cancel();
    assert_eq!(failure(&mut call).await, DialFailure::Cancelled);
    callee.answer(&invite, "180 Ringing", "callee", "", "").await;
    let cancel = callee.expect("CANCEL").await;
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    callee.answer(&cancel, "200 OK", "callee", "", "").await;
    callee.answer(&invite, "487 Request Terminated", "callee", "", "").await;
    callee.expect("ACK").await;
    world.until_idle().await;
}

#[tokio::test]
async fn an_answer_that_crosses_cancel_is_ended() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.answer(&invite, "180 Ringing", "callee", "", "").await;
    drop(call);
    let cancel = callee.expect("CANCEL").await;
    callee.pick_up(&invite).await;
    callee.answer(&cancel, "200 OK", "callee", "", "").await;
    let bye = callee.expect("BYE").await;
    assert_eq!(bye.to_tag(), "callee");
    callee.answer(&bye, "200 OK", "", "", "").await;
    world.until_idle().await;
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let order = Dial { ring_for: Duration::from_millis(50), ..callee.order() };
    let mut call = world.edge.dial(order).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.answer(&invite, "180 Ringing", "callee", "", "").await;
    assert_eq!(failure(&mut call).await, DialFailure::NoAnswer);
    callee.expect("CANCEL").await;
}

#[tokio::test]
async fn the_second_phone_to_answer_is_hung_up() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    let _call = answered(&mut call).await;
    assert_eq!(callee.expect("ACK").await.to_tag(), "callee");
    callee.answer(&invite, "200 OK", "second", "", ANSWER).await;
    assert_eq!(callee.expect("ACK").await.to_tag(), "second");
    let bye = callee.expect("BYE").await;
    assert_eq!(bye.to_tag(), "second");
    callee.answer(&bye, "200 OK", "", "", "").await;
    assert_eq!(world.edge.calls_in_progress(), 1);
}

#[tokio::test]
async fn reliable_ringing_is_acknowledged_once_along_the_dialog() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    callee.contact = format!("<sip:elsewhere@{}>", callee.local);
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    let reliable = "Require: 100rel\r\nRSeq: 7\r\n";
    callee.answer(&invite, "183 Progress", "callee", reliable, ANSWER).await;
    let prack = callee.expect("PRACK").await;
    assert!(prack.start.starts_with("PRACK sip:elsewhere@"), "{}", prack.start);
    assert_eq!(prack.header("RAck"), "7 1 INVITE");
    assert_eq!(prack.header("CSeq"), "2 PRACK");
    // The answer is repeated until the PRACK arrives; it is not acknowledged anew.
    callee.answer(&invite, "183 Progress", "callee", reliable, ANSWER).await;
    callee.answer(&prack, "200 OK", "", "", "").await;
    // The description came already and is not repeated.
    callee.answer(&invite, "200 OK", "callee", "", "").await;
    let call = answered(&mut call).await;
    callee.expect("ACK").await;
    tokio::spawn(call.hang_up());
    assert_eq!(callee.expect("BYE").await.header("CSeq"), "3 BYE");
}

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
