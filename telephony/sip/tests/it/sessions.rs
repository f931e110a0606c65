//! Signs of life, confirmed ringing, glare and transfers inside a call.

use std::time::Duration;

use mostik_sip::{CallEvent, EdgeConfig, Ended, EndedBy, EndedWhy, Listen, Transport};

use crate::heard::Heard;
use crate::phone::Phone;
use crate::world::{ANSWER, World, config, next, soon};

const SDP: &str = "Content-Type: application/sdp\r\n";

/// A call whose INVITE carried these headers too, and our 200 to it.
async fn established_with(
    world: &mut World,
    phone: &mut Phone,
    lines: &str,
) -> (mostik_sip::Call, Heard) {
    let invite = phone.request("INVITE", &format!("{lines}{SDP}"), "v=0\r\n");
    phone.send(&invite).await;
    let call = world.incoming().await;
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = phone.expect_final(200).await;
    phone.acknowledge(&ok).await;
    (soon(answering).await.unwrap().unwrap(), ok)
}

/// Lets time pass at once. Everything that waits for the network has to have happened.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// What the phone hears in the next seconds, which pass ten at a time.
async fn heard_within(phone: &mut Phone, seconds: u64) -> Heard {
    for _ in 0..seconds / 10 {
        pass(10).await;
        for _ in 0..500 {
            if phone.has_mail() {
                return phone.hear().await;
            }
            tokio::task::yield_now().await;
        }
    }
    panic!("nothing heard in {seconds} s");
}

#[tokio::test]
async fn a_session_that_the_caller_stops_refreshing_ends() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let timer = "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n";
    let (mut call, ok) = established_with(&mut world, &mut phone, timer).await;
    assert_eq!(ok.header("Session-Expires"), "120;refresher=uac");
    assert_eq!(ok.header("Require"), "timer");
    pass(70).await;
    let update = phone.ask("UPDATE", timer, "").await;
    assert_eq!((update.status(), update.header("Session-Expires")), (200, "120;refresher=uac"));
    pass(70).await;
    assert_eq!(phone.ask("OPTIONS", "", "").await.status(), 200);
    pass(20).await;
    let ended = Ended { by: EndedBy::Network, why: EndedWhy::NotRefreshed };
    assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
    let bye = phone.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
}

#[tokio::test]
async fn we_refresh_by_update_or_by_invite_when_that_is_agreed() {
    for (allow, method) in [("Allow: INVITE, UPDATE\r\n", "UPDATE"), ("", "INVITE")] {
        let mut world = World::start().await;
        let mut phone = world.phone(Transport::Udp).await;
        let lines = format!("{allow}Supported: timer\r\nx: 200;refresher=uas\r\n");
        let (mut call, ok) = established_with(&mut world, &mut phone, &lines).await;
        assert_eq!(ok.header("Session-Expires"), "200;refresher=uas");
        for _ in 0..2 {
            let refresh = heard_within(&mut phone, 190).await;
            assert!(refresh.start.starts_with(&format!("{method} ")), "{refresh:?}");
            assert_eq!(refresh.header("Session-Expires"), "200;refresher=uac");
            assert_eq!(refresh.body, if method == "INVITE" { ANSWER } else { "" });
            let agreed = format!(
                "200 OK\r\nContact: {}\r\nSession-Expires: 200;refresher=uac",
                phone.contact
            );
            phone.reply(&refresh, &agreed).await;
            if method == "INVITE" {
                assert!(phone.hear().await.start.starts_with("ACK "));
            }
        }
        let refresh = heard_within(&mut phone, 190).await;
        phone.reply(&refresh, "481 Call/Transaction Does Not Exist").await;
        let ended = Ended { by: EndedBy::Network, why: EndedWhy::NotRefreshed };
        assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
    }
}

#[tokio::test]
async fn a_short_interval_is_refused_and_none_is_no_timer() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let short = phone.request(
        "INVITE",
        &format!("Supported: timer\r\nSession-Expires: 30\r\n{SDP}"),
        "v=0\r\n",
    );
    phone.send(&short).await;
    let refusal = phone.expect(422).await;
    assert_eq!(refusal.header("Min-SE"), "90");
    let mut phone = world.phone(Transport::Udp).await;
    let (_call, ok) = established_with(&mut world, &mut phone, "Supported: timer\r\n").await;
    assert_eq!(ok.find("Session-Expires"), None);
}

#[tokio::test]
async fn ringing_is_confirmed_where_that_is_required() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.request("INVITE", &format!("Require: 100rel\r\n{SDP}"), "v=0\r\n");
    phone.send(&invite).await;
    let call = world.incoming().await;
    call.ring().await.unwrap();
    call.ring().await.unwrap();
    let ringing = phone.expect(180).await;
    assert_eq!((ringing.header("Require"), ringing.header("RSeq")), ("100rel", "1"));
    let again = phone.expect(180).await;
    assert_eq!(again.header("RSeq"), "1");
    phone.follow(&ringing);
    let number = phone.number;
    for (rack, status) in [
        ("RAck: 2 1 INVITE\r\n".to_owned(), 481),
        (format!("RAck: 1 {} INVITE\r\n", number + 7), 481),
        (format!("RAck: 1 {number} INVITE\r\n"), 200),
        (format!("RAck: 1 {number} INVITE\r\n"), 481),
    ] {
        assert_eq!(phone.ask("PRACK", &rack, "").await.status(), status, "{rack}");
    }
    pass(40).await;
    phone.heard_nothing();
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = loop {
        let heard = phone.hear().await;
        if heard.status() == 200 {
            break heard;
        }
    };
    phone.number = number;
    phone.acknowledge(&ok).await;
    soon(answering).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_caller_that_never_confirms_is_refused() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.request("INVITE", &format!("Require: 100rel\r\n{SDP}"), "v=0\r\n");
    phone.send(&invite).await;
    let call = world.incoming().await;
    call.ring().await.unwrap();
    phone.expect(180).await;
    pass(33).await;
    let refusal = phone.expect_final(504).await;
    phone.acknowledge_refusal(&refusal).await;
    soon(call.cancelled()).await;
}

#[tokio::test]
async fn ringing_that_is_only_supported_is_as_ever() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.request("INVITE", &format!("Supported: 100rel\r\n{SDP}"), "v=0\r\n");
    phone.send(&invite).await;
    let call = world.incoming().await;
    call.ring().await.unwrap();
    assert_eq!(phone.expect(180).await.find("RSeq"), None);
}

#[tokio::test]
async fn an_update_holds_like_a_reinvite() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let mut call = world.established(&mut phone).await;
    let update = phone.request("UPDATE", SDP, "v=0\r\na=sendonly\r\n");
    phone.send(&update).await;
    let offer = Some("v=0\r\na=sendonly\r\n".to_owned());
    assert_eq!(next(&mut call).await, CallEvent::Reoffer { offer });
    call.accept_reoffer("v=0\r\na=recvonly\r\n".to_owned()).await.unwrap();
    let ok = phone.answer_to("UPDATE").await;
    assert_eq!((ok.status(), ok.body.as_str()), (200, "v=0\r\na=recvonly\r\n"));
    assert!(!ok.header("Contact").is_empty());
    assert_eq!(phone.ask("UPDATE", "", "").await.status(), 200);
}

#[tokio::test]
async fn two_changes_at_once_both_have_to_wait() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let lines = "Supported: timer\r\nSession-Expires: 200;refresher=uas\r\n";
    let (_call, _) = established_with(&mut world, &mut phone, lines).await;
    pass(101).await;
    let ours = phone.hear().await;
    assert!(ours.start.starts_with("INVITE "));
    let theirs = phone.request("INVITE", SDP, "v=0\r\n");
    phone.send(&theirs).await;
    let glare = phone.expect_final(491).await;
    phone.acknowledge_refusal(&glare).await;
    phone.reply(&ours, "491 Request Pending").await;
    assert!(phone.hear().await.start.starts_with("ACK "));
    // Ours comes again after a while.
    assert!(phone.hear().await.start.starts_with("INVITE "));
}

async fn asked_for_transfer(phone: &mut Phone, target: &str) {
    let refer = phone.request("REFER", &format!("Refer-To: {target}\r\n"), "");
    phone.send(&refer).await;
}

#[tokio::test]
async fn a_transfer_is_refused_unless_the_caller_may() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let _call = world.established(&mut phone).await;
    asked_for_transfer(&mut phone, "<sip:premium@example.org>").await;
    assert_eq!(phone.answer_to("REFER").await.status(), 603);
    let mut other = world.phone(Transport::Udp).await;
    let replacing = other.request("INVITE", "Replaces: 1;to-tag=a;from-tag=b\r\n", "");
    other.send(&replacing).await;
    other.expect_final(603).await;
    assert!(world.calls.try_recv().is_err());
}

#[tokio::test]
async fn a_transfer_is_the_applications_to_decide_and_its_end_is_told() {
    let mut world = World::with(EdgeConfig { may_refer: true, ..config() }).await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    for target in ["", "<http://example.org>", "<sip:a@b>, <sip:c@d>"] {
        asked_for_transfer(&mut phone, target).await;
        let status = phone.answer_to("REFER").await.status();
        assert!([400, 416].contains(&status), "{target}: {status}");
    }
    asked_for_transfer(&mut phone, "<sip:bob@example.org?Replaces=1%3Bto-tag%3Da>").await;
    let CallEvent::Transfer(transfer) = next(&mut call).await else {
        panic!("no transfer");
    };
    assert_eq!((transfer.target.as_str(), transfer.attended), ("sip:bob@example.org", true));
    call.accept_transfer().await.unwrap();
    assert_eq!(phone.answer_to("REFER").await.status(), 202);
    let first = phone.hear().await;
    assert_eq!((first.header("Event"), first.body.as_str()), ("refer", "SIP/2.0 100 Trying\r\n"));
    assert!(first.header("Subscription-State").starts_with("active"));
    phone.reply(&first, "200 OK").await;
    asked_for_transfer(&mut phone, "<sip:bob@example.org>").await;
    assert_eq!(phone.answer_to("REFER").await.status(), 500);
    call.report_transfer(486).await.unwrap();
    let last = phone.hear().await;
    assert!(last.body.starts_with("SIP/2.0 486 "), "{}", last.body);
    assert!(last.header("Subscription-State").starts_with("terminated"));
    phone.reply(&last, "200 OK").await;
    asked_for_transfer(&mut phone, "<sip:bob@example.org>").await;
    next(&mut call).await;
    call.refuse_transfer(603).await.unwrap();
    assert_eq!(phone.answer_to("REFER").await.status(), 603);
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
}

#[tokio::test]
async fn a_call_takes_the_place_of_another_where_it_may() {
    let mut world = World::with(EdgeConfig { may_refer: true, ..config() }).await;
    let mut phone = world.phone(Transport::Udp).await;
    let (call, ok) = established_with(&mut world, &mut phone, "").await;
    let mut other = world.phone(Transport::Udp).await;
    let replaces =
        |tag: &str| format!("Replaces: {};from-tag=phone;to-tag={tag}\r\n", ok.header("Call-ID"));
    let wrong = other.request("INVITE", &replaces("wrong"), "");
    other.send(&wrong).await;
    other.expect_final(481).await;
    let mut other = world.phone(Transport::Udp).await;
    let right = other.request("INVITE", &replaces(ok.to_tag()), "");
    other.send(&right).await;
    assert_eq!(world.incoming().await.replaces.as_deref(), Some(call.id()));
}

#[tokio::test]
async fn our_goodbye_leaves_by_the_listener_the_call_came_by() {
    let udp = |port| Listen { transport: Transport::Udp, address: ([127, 0, 0, port], 0).into() };
    let listen = vec![udp(1), udp(2), udp(3)];
    let mut world = World::with(EdgeConfig { listen, ..config() }).await;
    for listening in world.edge.listening() {
        // A connected socket hears nobody else.
        let mut phone = Phone::connect(Transport::Udp, listening.address).await;
        let (call, ok) = established_with(&mut world, &mut phone, "").await;
        assert_eq!(ok.header("Contact"), format!("<sip:{}>", listening.address));
        let leaving = tokio::spawn(call.hang_up());
        let bye = phone.hear().await;
        assert!(bye.header("Via").contains(&listening.address.to_string()), "{bye:?}");
        phone.reply(&bye, "200 OK").await;
        soon(leaving).await.unwrap();
    }
}
