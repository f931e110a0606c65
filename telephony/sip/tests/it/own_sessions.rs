//! Signs of life in calls that we placed (RFC 4028), and proofs in calls of others.

use std::time::Duration;

use mostik_sip::{
    Call, CallEvent, DialEvent, EdgeConfig, Ended, EndedBy, EndedWhy, Transport, TrunkConfig,
};
use secrecy::SecretString;

use crate::callee::{Callee, OFFER};
use crate::heard::Heard;
use crate::phone::Phone;
use crate::proof::proves;
use crate::world::{ANSWER, World, config, next, soon};

const CHALLENGE: &str = "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\"\r\n";

/// A call we placed, answered with these lines.
async fn placed(world: &World, callee: &mut Callee, lines: &str) -> Call {
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    assert_eq!((invite.header("Session-Expires"), invite.header("Min-SE")), ("1800", "90"));
    assert_eq!(invite.header("Supported"), "100rel, timer");
    callee.answer(&invite, "200 OK", "callee", lines, ANSWER).await;
    let call = loop {
        if let DialEvent::Answered(call, _) = soon(call.next()).await {
            break call;
        }
    };
    callee.expect("ACK").await;
    call
}

/// What the callee hears in the next seconds, which pass ten at a time.
async fn heard_within(callee: &mut Callee, seconds: u64) -> Heard {
    for _ in 0..seconds / 10 {
        pass(10).await;
        for _ in 0..500 {
            if callee.has_mail() {
                return callee.hear().await;
            }
            tokio::task::yield_now().await;
        }
    }
    panic!("nothing heard in {seconds} s");
}

/// Lets time pass at once. Everything that waits for the network has to have happened.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn we_refresh_a_call_of_ours_when_that_is_granted() {
    for (allow, method) in [("Allow: INVITE, UPDATE\r\n", "UPDATE"), ("", "INVITE")] {
        let world = World::start().await;
        let mut callee = Callee::udp().await;
        let lines = format!("{allow}Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
        let mut call = placed(&world, &mut callee, &lines).await;
        let granted = "Session-Expires: 600;refresher=uac\r\n";
        for _ in 0..2 {
            let refresh = heard_within(&mut callee, 310).await;
            assert!(refresh.start.starts_with(&format!("{method} ")), "{refresh:?}");
            assert_eq!(refresh.header("Session-Expires"), "600;refresher=uac");
            let body = if method == "INVITE" { ANSWER } else { "" };
            assert_eq!(refresh.body, if method == "INVITE" { OFFER } else { "" });
            callee.answer(&refresh, "200 OK", "", granted, body).await;
            if method == "INVITE" {
                callee.expect("ACK").await;
            }
        }
        let refresh = heard_within(&mut callee, 310).await;
        callee.answer(&refresh, "481 Gone", "", "", "").await;
        let ended = Ended { by: EndedBy::Network, why: EndedWhy::NotRefreshed };
        assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
    }
}

#[tokio::test]
async fn a_call_of_ours_that_the_other_side_stops_refreshing_ends() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let lines = "Require: timer\r\nSession-Expires: 300;refresher=uas\r\n";
    let mut call = placed(&world, &mut callee, lines).await;
    let bye = heard_within(&mut callee, 310).await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    let ended = Ended { by: EndedBy::Network, why: EndedWhy::NotRefreshed };
    assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
}

#[tokio::test]
async fn without_a_grant_there_is_no_timer() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let call = placed(&world, &mut callee, "").await;
    pass(7200).await;
    tokio::spawn(call.hang_up());
    let bye = callee.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    callee.answer(&bye, "200 OK", "", "", "").await;
    world.until_idle().await;
}

#[tokio::test]
async fn a_session_too_short_for_a_proxy_is_lengthened() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let mut call = world.edge.dial(callee.order()).unwrap();
    let mut invite = callee.expect("INVITE").await;
    for least in ["3600", "7200"] {
        let lines = format!("Min-SE: {least}\r\n");
        callee.answer(&invite, "422 Session Interval Too Small", "p", &lines, "").await;
        callee.expect("ACK").await;
        invite = callee.expect_another("INVITE", &invite).await;
        assert_eq!((invite.header("Session-Expires"), invite.header("Min-SE")), (least, least));
    }
    // Who asks for nothing longer is not obeyed.
    let lines = "Min-SE: 7200\r\n";
    callee.answer(&invite, "422 Session Interval Too Small", "p", lines, "").await;
    callee.expect("ACK").await;
    let failed = soon(call.next()).await;
    assert!(matches!(failed, DialEvent::Failed(mostik_sip::DialFailure::Refused { status: 422 })));
}

/// A call that the trunk brings, whose requests it wants proofs of.
async fn brought(world: &mut World, phone: &mut Phone) -> Call {
    let lines = "Allow: UPDATE\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas\r\n\
         Content-Type: application/sdp\r\n";
    let invite = phone.request("INVITE", lines, OFFER);
    phone.send(&invite).await;
    let call = world.incoming().await;
    assert_eq!(call.trunk.as_deref(), Some("main"));
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = phone.expect_final(200).await;
    phone.acknowledge(&ok).await;
    soon(answering).await.unwrap().unwrap()
}

/// Challenges a request of ours and hears it again with a proof.
async fn challenged(phone: &mut Phone, method: &str, first: Heard) -> Heard {
    phone.answer_in_dialog(&first, "407 Who", CHALLENGE, "").await;
    if method == "INVITE" {
        phone.expect_request("ACK").await;
    }
    loop {
        let again = phone.hear().await;
        if again.header("CSeq") != first.header("CSeq") {
            assert!(again.start.starts_with(method), "{again:?}");
            assert!(proves(again.header("Proxy-Authorization"), method), "{again:?}");
            return again;
        }
    }
}

#[tokio::test]
async fn a_trunk_that_asks_for_proofs_in_its_own_calls_gets_them() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let password = Some(SecretString::from("secret"));
        let trunk = TrunkConfig::new("main", "127.0.0.1:9", "desk", password);
        let trunks = vec![TrunkConfig { register: false, ..trunk }];
        let mut world = World::with(EdgeConfig { trunks, ..config() }).await;
        let mut phone = world.phone(transport).await;
        let call = brought(&mut world, &mut phone).await;

        let holding = tokio::spawn(call.reoffer("v=0\r\ns=hold\r\n".into()));
        let invite = phone.expect_request("INVITE").await;
        let invite = challenged(&mut phone, "INVITE", invite).await;
        phone.answer_in_dialog(&invite, "200 OK", "", ANSWER).await;
        phone.expect_request("ACK").await;
        assert_eq!(soon(holding).await.unwrap().as_deref(), Ok(ANSWER));

        // The server forgot the nonce before the next request.
        let transferring = tokio::spawn(call.transfer("sip:bob@127.0.0.1"));
        let refer = phone.expect_request("REFER").await;
        let refer = challenged(&mut phone, "REFER", refer).await;
        phone.answer_in_dialog(&refer, "603 Decline", "", "").await;
        assert!(soon(transferring).await.unwrap().is_err());

        if transport == Transport::Udp {
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(301)).await;
            tokio::time::resume();
            let update = phone.expect_request("UPDATE").await;
            let update = challenged(&mut phone, "UPDATE", update).await;
            phone.answer_in_dialog(&update, "200 OK", "", "").await;
        }
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = phone.expect_request("BYE").await;
        let bye = challenged(&mut phone, "BYE", bye).await;
        phone.answer_in_dialog(&bye, "200 OK", "", "").await;
        soon(hanging_up).await.unwrap();
        world.until_idle().await;
    }
}
