//! Calls from INVITE to BYE.

use mostik_sip::{AnswerError, CallEvent, Ended, EndedBy, EndedWhy, Transport};

use crate::world::{ANSWER, World, next, soon};

const BY_CALLER: CallEvent = CallEvent::Ended(Ended { by: EndedBy::Peer, why: EndedWhy::HungUp });

async fn a_whole_call(transport: Transport) {
    let mut world = World::start().await;
    let mut phone = world.phone(transport).await;
    phone.invite(Some("v=0\r\ns=offer\r\n")).await;
    let call = world.incoming().await;
    assert_eq!(call.offer.as_deref(), Some("v=0\r\ns=offer\r\n"));
    assert_eq!(call.caller.user, "ada");
    assert_eq!(call.caller.display_name.as_deref(), Some("Ada"));
    assert_eq!(call.called.user, "support");
    assert_eq!((call.source, call.transport), (phone.local, transport));
    call.ring().await.unwrap();
    let ringing = phone.expect(180).await;
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = phone.expect(200).await;
    assert_eq!(ok.body, ANSWER);
    assert_eq!(ok.header("Content-Type"), "application/sdp");
    assert_eq!(ok.to_tag(), ringing.to_tag());
    assert_eq!((ok.find("User-Agent"), ok.find("Server")), (None, None));
    assert!(!answering.is_finished(), "answered before the ACK");
    phone.acknowledge(&ok).await;
    let mut call = soon(answering).await.unwrap().unwrap();
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    assert_eq!(next(&mut call).await, BY_CALLER);
    assert_eq!(next(&mut call).await, BY_CALLER);
    world.until_idle().await;
    let counters = world.edge.counters();
    assert_eq!((counters.calls_offered, counters.calls_answered), (1, 1));
}

#[tokio::test]
async fn a_whole_call_over_udp() {
    a_whole_call(Transport::Udp).await;
}

#[tokio::test]
async fn a_whole_call_over_tcp() {
    a_whole_call(Transport::Tcp).await;
}

#[tokio::test]
async fn the_contact_is_where_the_phone_reaches_us_by_its_own_transport() {
    let mut world = World::start().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        phone.invite(None).await;
        let call = world.incoming().await;
        call.ring().await.unwrap();
        let address = world.address(transport);
        let contact = match transport {
            Transport::Udp => format!("<sip:{address}>"),
            Transport::Tcp => format!("<sip:{address};transport=TCP>"),
            Transport::Tls => format!("<sip:{address};transport=TLS>"),
        };
        assert_eq!(phone.expect(180).await.header("Contact"), contact);
        call.reject(486).await;
        let refusal = phone.expect_final(486).await;
        phone.acknowledge_refusal(&refusal).await;
    }
}

#[tokio::test]
async fn a_cancelled_call_says_so_and_ends_with_487() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut world = World::start().await;
        let mut phone = world.phone(transport).await;
        phone.invite(Some("v=0\r\n")).await;
        let call = world.incoming().await;
        call.ring().await.unwrap();
        let ringing = phone.expect(180).await;
        let cancel = phone.request("CANCEL", "", "");
        phone.send(&cancel).await;
        assert_eq!(phone.answer_to("CANCEL").await.status(), 200);
        let terminated = phone.expect_final(487).await;
        assert_eq!(terminated.to_tag(), ringing.to_tag());
        phone.acknowledge_refusal(&terminated).await;
        soon(call.cancelled()).await;
        let error = call.answer(ANSWER.to_owned()).await.unwrap_err();
        assert_eq!(error, AnswerError::Cancelled);
        world.until_idle().await;
        assert_eq!(world.edge.counters().calls_cancelled, 1);
    }
}

#[tokio::test]
async fn a_goodbye_before_the_answer_ends_both_requests() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    call.ring().await.unwrap();
    let ringing = phone.expect(180).await;
    phone.follow(&ringing);
    let bye = phone.request("BYE", "", "");
    phone.send(&bye).await;
    let mut statuses = [phone.hear().await, phone.hear().await]
        .map(|heard| (heard.header("CSeq").to_owned(), heard.status()));
    statuses.sort();
    assert_eq!(statuses, [("1 INVITE".to_owned(), 487), ("2 BYE".to_owned(), 200)]);
    soon(call.cancelled()).await;
}

#[tokio::test]
async fn a_rejected_call_gets_the_status() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    for (given, heard) in [(486, 486), (603, 603), (200, 500), (0, 500)] {
        phone.invite(Some("v=0\r\n")).await;
        world.incoming().await.reject(given).await;
        let refusal = phone.expect_final(heard).await;
        phone.acknowledge_refusal(&refusal).await;
        phone = world.phone(Transport::Udp).await;
    }
    world.until_idle().await;
}

#[tokio::test]
async fn a_call_dropped_without_a_decision_is_told_500() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(Some("v=0\r\n")).await;
    drop(world.incoming().await);
    phone.expect_final(500).await;
    world.until_idle().await;
}

#[tokio::test]
async fn an_answer_is_repeated_until_it_is_acknowledged() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let first = phone.expect(200).await;
    let second = phone.expect(200).await;
    assert_eq!(first.to_tag(), second.to_tag());
    phone.acknowledge(&second).await;
    soon(answering).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_repeated_invite_is_one_call() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    call.ring().await.unwrap();
    phone.expect(180).await;
    phone.send(&invite).await;
    phone.expect(180).await;
    assert_eq!(world.edge.counters().calls_offered, 1);
    assert!(world.calls.try_recv().is_err());
}

#[tokio::test]
async fn the_same_call_by_another_way_gets_482() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    let other_way = invite.replace("branch=z9hG4bK-", "branch=z9hG4bK-other");
    phone.send(&other_way).await;
    phone.expect(482).await;
    assert!(world.calls.try_recv().is_err());
    call.reject(486).await;
}

#[tokio::test]
async fn an_offer_of_ours_is_answered_in_the_ack() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(None).await;
    let call = world.incoming().await;
    assert_eq!(call.offer, None);
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = phone.expect_final(200).await;
    phone.acknowledge_with(&ok, "v=0\r\ns=in the ack\r\n").await;
    let call = soon(answering).await.unwrap().unwrap();
    assert_eq!(call.answer_in_ack(), Some("v=0\r\ns=in the ack\r\n"));
}

#[tokio::test]
async fn one_call_more_than_allowed_is_told_when_to_come_back() {
    let mut config = crate::world::config();
    config.max_calls = 2;
    let mut world = World::with(config).await;
    let mut phones = Vec::new();
    let mut calls = Vec::new();
    for _ in 0..2 {
        let mut phone = world.phone(Transport::Udp).await;
        phone.invite(Some("v=0\r\n")).await;
        calls.push(world.incoming().await);
        phones.push(phone);
    }
    let mut third = world.phone(Transport::Udp).await;
    third.invite(Some("v=0\r\n")).await;
    let busy = third.expect_final(503).await;
    assert_eq!(busy.header("Retry-After"), "10");
    third.acknowledge_refusal(&busy).await;
    assert_eq!(world.edge.counters().refused_busy, 1);
    calls.pop().unwrap().reject(486).await;
    phones.pop().unwrap().expect_final(486).await;
    while world.edge.calls_in_progress() > 1 {
        tokio::task::yield_now().await;
    }
    let mut fourth = world.phone(Transport::Udp).await;
    fourth.invite(Some("v=0\r\n")).await;
    world.incoming().await;
}

#[tokio::test]
async fn twenty_calls_at_once_over_both_transports() {
    let mut world = World::start().await;
    let mut phones = Vec::new();
    for number in 0..20 {
        let transport = [Transport::Udp, Transport::Tcp][number % 2];
        let mut phone = world.phone(transport).await;
        let call = world.established(&mut phone).await;
        phones.push((phone, call));
    }
    assert_eq!(world.edge.calls_in_progress(), 20);
    for (phone, call) in &mut phones {
        assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
        assert_eq!(next(call).await, BY_CALLER);
    }
    world.until_idle().await;
}
