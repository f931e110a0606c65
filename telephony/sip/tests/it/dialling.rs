//! Calls that we place.

use std::time::Duration;

use mostik_sip::{
    Call, CallEvent, Credentials, Dial, DialEvent, DialFailure, Ended, EndedBy, EndedWhy,
    OutgoingCall,
};
use secrecy::SecretString;

use crate::callee::{Callee, OFFER};
use crate::proof::{proves, value};
use crate::world::{ANSWER, World, next, soon};

pub(crate) async fn happens(call: &mut OutgoingCall) -> DialEvent {
    soon(call.next()).await
}

/// How the call failed, whatever happened before.
pub(crate) async fn failure(call: &mut OutgoingCall) -> DialFailure {
    loop {
        match happens(call).await {
            DialEvent::Failed(failure) => return failure,
            DialEvent::Answered(..) => panic!("answered"),
            _ => {}
        }
    }
}

pub(crate) async fn answered(call: &mut OutgoingCall) -> Call {
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

pub(crate) fn credentials() -> Credentials {
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
