//! What happens inside an answered call.

use mostik_sip::{CallEvent, Transport};

use crate::heard::Heard;
use crate::phone::Phone;
use crate::world::{ANSWER, World, next};

const SDP: &str = "Content-Type: application/sdp\r\n";

async fn change(phone: &mut Phone, offer: &str) {
    let kind = if offer.is_empty() { "" } else { SDP };
    let invite = phone.request("INVITE", kind, offer);
    phone.send(&invite).await;
}

fn offered(event: CallEvent) -> Option<String> {
    match event {
        CallEvent::Reoffer { offer } => offer,
        other => panic!("{other:?}"),
    }
}

async fn hold_and_resume(transport: Transport) {
    let mut world = World::start().await;
    let mut phone = world.phone(transport).await;
    let mut call = world.established(&mut phone).await;
    for (direction, answer) in [("sendonly", "recvonly"), ("sendrecv", "sendrecv")] {
        change(&mut phone, &format!("v=0\r\na={direction}\r\n")).await;
        let offer = offered(next(&mut call).await).unwrap();
        assert_eq!(offer, format!("v=0\r\na={direction}\r\n"));
        call.accept_reoffer(format!("v=0\r\na={answer}\r\n")).await.unwrap();
        let ok = phone.expect_final(200).await;
        assert_eq!(ok.body, format!("v=0\r\na={answer}\r\n"));
        assert_eq!(ok.header("Content-Type"), "application/sdp");
        phone.acknowledge(&ok).await;
    }
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    assert!(matches!(next(&mut call).await, CallEvent::Ended(_)));
}

#[tokio::test]
async fn a_call_is_held_and_resumed_over_udp() {
    hold_and_resume(Transport::Udp).await;
}

#[tokio::test]
async fn a_call_is_held_and_resumed_over_tcp() {
    hold_and_resume(Transport::Tcp).await;
}

#[tokio::test]
async fn a_refused_change_leaves_the_call_as_it_was() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    change(&mut phone, "v=0\r\n").await;
    offered(next(&mut call).await);
    call.refuse_reoffer(488).await.unwrap();
    let refusal = phone.expect_final(488).await;
    phone.acknowledge_refusal(&refusal).await;
    let info = phone.ask("INFO", "Content-Type: application/dtmf\r\n", "5").await;
    assert_eq!(info.status(), 200);
    assert_eq!(next(&mut call).await, CallEvent::Key('5'));
}

#[tokio::test]
async fn a_change_without_an_offer_asks_for_ours() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    change(&mut phone, "").await;
    assert_eq!(offered(next(&mut call).await), None);
    call.accept_reoffer(ANSWER.to_owned()).await.unwrap();
    let ok = phone.expect_final(200).await;
    phone.acknowledge_with(&ok, "v=0\r\ns=reanswer\r\n").await;
    let answer = "v=0\r\ns=reanswer\r\n".to_owned();
    assert_eq!(next(&mut call).await, CallEvent::Reanswer { answer });
}

#[tokio::test]
async fn a_second_change_before_the_first_is_decided_has_to_wait() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    change(&mut phone, "v=0\r\ns=first\r\n").await;
    offered(next(&mut call).await);
    change(&mut phone, "v=0\r\ns=second\r\n").await;
    let later = phone.expect_final(500).await;
    assert!(later.header("Retry-After").parse::<u8>().unwrap() <= 10);
}

#[tokio::test]
async fn keys_come_by_info_in_both_forms() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    let relay = "Content-Type: application/dtmf-relay\r\n";
    for (kind, body, key) in [
        (relay, "Signal=2\r\nDuration=160\r\n", '2'),
        (relay, "Signal=#\r\n", '#'),
        ("Content-Type: application/dtmf\r\n", "9", '9'),
    ] {
        assert_eq!(phone.ask("INFO", kind, body).await.status(), 200);
        assert_eq!(next(&mut call).await, CallEvent::Key(key));
    }
    let other = phone.ask("INFO", "Content-Type: text/plain\r\n", "5").await;
    assert_eq!(other.status(), 415);
    assert!(other.header("Accept").contains("application/dtmf-relay"));
    assert_eq!(phone.ask("INFO", relay, "Signal=99\r\n").await.status(), 400);
    assert_eq!(phone.ask("INFO", "", "").await.status(), 200);
}

#[tokio::test]
async fn a_flood_of_keys_neither_grows_nor_hides_the_end() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let mut call = world.established(&mut phone).await;
    for _ in 0..300 {
        let info = phone.ask("INFO", "Content-Type: application/dtmf\r\n", "1").await;
        assert_eq!(info.status(), 200);
    }
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    let mut keys = 0;
    while let CallEvent::Key('1') = next(&mut call).await {
        keys += 1;
    }
    assert!((1..=64).contains(&keys), "{keys}");
}

#[tokio::test]
async fn options_are_answered_inside_and_outside_a_call() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let check = |answer: Heard| {
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.header("Allow"),
            "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"
        );
        assert_eq!(answer.header("Supported"), "timer, 100rel");
        assert!(answer.header("Accept").contains("application/sdp"));
        assert!(!answer.to_tag().is_empty());
    };
    check(phone.ask("OPTIONS", "", "").await);
    let _call = world.established(&mut phone).await;
    check(phone.ask("OPTIONS", "", "").await);
}

#[tokio::test]
async fn other_methods_are_refused_inside_a_call_too() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let _call = world.established(&mut phone).await;
    for (method, status) in [("SUBSCRIBE", 405), ("MESSAGE", 405), ("PUBLISH", 405), ("REFER", 603)]
    {
        assert_eq!(phone.ask(method, "", "").await.status(), status, "{method}");
    }
}

#[tokio::test]
async fn requests_for_no_call_get_481() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    for method in ["BYE", "INFO"] {
        assert_eq!(phone.ask(method, "", "").await.status(), 481, "{method}");
    }
    let mut call = world.established(&mut phone).await;
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    next(&mut call).await;
    world.until_idle().await;
    for method in ["BYE", "INVITE", "INFO", "OPTIONS"] {
        assert_eq!(phone.ask(method, "", "").await.status(), 481, "{method}");
    }
    let cancel = phone.request("CANCEL", "", "").replace("z9hG4bK-", "z9hG4bK-no");
    phone.send(&cancel).await;
    assert_eq!(phone.answer_to("CANCEL").await.status(), 481);
}

#[tokio::test]
async fn a_request_out_of_order_is_refused() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.number = 10;
    let _call = world.established(&mut phone).await;
    phone.number = 3;
    assert_eq!(phone.ask("INFO", "", "").await.status(), 500);
}
