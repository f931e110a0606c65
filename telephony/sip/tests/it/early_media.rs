//! Something to hear before the answer, in calls that come in.

use mostik_sip::{Call, IncomingCall, Transport};

use crate::heard::Heard;
use crate::phone::Phone;
use crate::world::{ANSWER, World, soon};

const SDP: &str = "Content-Type: application/sdp\r\n";

async fn offered(world: &mut World, phone: &mut Phone, extra: &str) -> IncomingCall {
    let invite = phone.request("INVITE", &format!("{extra}{SDP}"), "v=0\r\n");
    phone.send(&invite).await;
    world.incoming().await
}

/// Answers with what was played before.
async fn answer(call: IncomingCall, phone: &mut Phone, number: u32) -> Call {
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = loop {
        let heard = phone.hear().await;
        if heard.start.starts_with("SIP/2.0 200") && heard.header("CSeq").ends_with("INVITE") {
            break heard;
        }
    };
    assert_eq!(ok.body, ANSWER);
    phone.number = number;
    phone.acknowledge(&ok).await;
    soon(answering).await.unwrap().unwrap()
}

async fn prack(phone: &mut Phone, response: &Heard, number: u32) -> u16 {
    let rack = format!("RAck: {} {number} INVITE\r\n", response.header("RSeq"));
    phone.ask("PRACK", &rack, "").await.status()
}

#[tokio::test]
async fn a_caller_hears_us_before_the_answer() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut world = World::start().await;
        let mut phone = world.phone(transport).await;
        let call = offered(&mut world, &mut phone, "").await;
        call.ring().await.unwrap();
        assert_eq!(phone.expect(180).await.body, "");
        call.early_media(ANSWER.to_owned()).await.unwrap();
        let early = phone.expect(183).await;
        assert_eq!(early.body, ANSWER);
        assert_eq!(early.header("Content-Type"), "application/sdp");
        assert_eq!(early.find("RSeq"), None);
        let _call = answer(call, &mut phone, 1).await;
        assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
        world.until_idle().await;
    }
}

#[tokio::test]
async fn a_trunk_that_insists_gets_it_reliably_and_in_order() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let call = offered(&mut world, &mut phone, "Require: 100rel\r\n").await;
    let number = phone.number;
    call.ring().await.unwrap();
    // Not before the ringing is confirmed.
    call.early_media(ANSWER.to_owned()).await.unwrap();
    let ringing = phone.expect(180).await;
    assert_eq!(ringing.header("RSeq"), "1");
    let again = phone.expect(180).await;
    assert_eq!(again.header("RSeq"), "1");
    phone.follow(&ringing);
    assert_eq!(prack(&mut phone, &ringing, number).await, 200);
    let early = phone.expect(183).await;
    assert_eq!((early.header("Require"), early.header("RSeq")), ("100rel", "2"));
    assert_eq!(early.body, ANSWER);
    let again = phone.expect(183).await;
    assert_eq!((again.header("RSeq"), again.body.as_str()), ("2", ANSWER));
    assert_eq!(prack(&mut phone, &ringing, number).await, 481);
    assert_eq!(prack(&mut phone, &early, number).await, 200);
    let _call = answer(call, &mut phone, number).await;
}

#[tokio::test]
async fn without_an_offer_there_is_nothing_to_play_to() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(None).await;
    let call = world.incoming().await;
    call.early_media(ANSWER.to_owned()).await.unwrap();
    call.ring().await.unwrap();
    assert_eq!(phone.expect(180).await.body, "");
}
