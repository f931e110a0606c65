//! What the edge refuses, over sockets.

use mostik_sip::{EdgeConfig, Transport};

use crate::phone::Phone;
use crate::world::{World, config, only, soon};

#[tokio::test]
async fn strangers_hear_nothing() {
    let world = World::with(EdgeConfig { allowed_networks: only("127.0.0.2"), ..config() }).await;
    let mut stranger = world.phone(Transport::Udp).await;
    let mut friend =
        Phone::from_address(Transport::Udp, "127.0.0.2:0", world.address(Transport::Udp)).await;
    let options = stranger.request("OPTIONS", "", "");
    stranger.send(&options).await;
    stranger.send("\r\n\r\n").await;
    assert_eq!(friend.ask("OPTIONS", "", "").await.status(), 200);
    world.until(|counters| counters.dropped_stranger == 2).await;
    stranger.heard_nothing();
    let mut stranger = world.phone(Transport::Tcp).await;
    assert_eq!(stranger.hear_bytes().await, b"");
    let mut friend =
        Phone::from_address(Transport::Tcp, "127.0.0.2:0", world.address(Transport::Tcp)).await;
    assert_eq!(friend.ask("OPTIONS", "", "").await.status(), 200);
    assert_eq!(world.edge.counters().dropped_stranger, 3);
}

#[tokio::test]
async fn a_flood_of_one_source_is_cut_and_another_source_is_served() {
    let world = World::with(EdgeConfig { requests_per_second: 10, ..config() }).await;
    let mut flood = world.phone(Transport::Udp).await;
    for _ in 0..150 {
        let options = flood.request("OPTIONS", "", "");
        flood.send(&options).await;
    }
    let mut other =
        Phone::from_address(Transport::Udp, "127.0.0.3:0", world.address(Transport::Udp)).await;
    assert_eq!(other.ask("OPTIONS", "", "").await.status(), 200);
    world.until(|counters| counters.dropped_rate >= 100).await;
}

#[tokio::test]
async fn a_fast_stream_is_slowed_down_and_loses_nothing() {
    let world = World::with(EdgeConfig { requests_per_second: 50, ..config() }).await;
    let mut phone = world.phone(Transport::Tcp).await;
    let began = std::time::Instant::now();
    for _ in 0..100 {
        let options = phone.request("OPTIONS", "", "");
        phone.send(&options).await;
    }
    for _ in 0..100 {
        assert_eq!(phone.hear().await.status(), 200);
    }
    assert!(began.elapsed().as_millis() >= 900, "{:?}", began.elapsed());
    assert_eq!(world.edge.counters().dropped_rate, 0);
}

#[tokio::test]
async fn a_scanner_over_both_transports_learns_no_name() {
    let world = World::start().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        for (method, status) in [("REGISTER", 405), ("SUBSCRIBE", 405), ("FROBNICATE", 501)] {
            let answer = phone.ask(method, "", "").await;
            assert_eq!(answer.status(), status, "{method}");
            assert_eq!((answer.find("Server"), answer.find("User-Agent")), (None, None));
        }
        let options = phone.ask("OPTIONS", "User-Agent: friendly-scanner\r\n", "").await;
        assert_eq!((options.find("Server"), options.find("User-Agent")), (None, None));
    }
    assert_eq!(world.edge.counters().refused_method, 6);
}

#[tokio::test]
async fn broken_requests_are_refused_and_the_edge_lives_on() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite =
        |phone: &mut Phone| phone.request("INVITE", "Content-Type: application/sdp\r\n", "v=0\r\n");
    let short = invite(&mut phone).replace("Content-Length: 5", "Content-Length: 500");
    phone.send(&short).await;
    phone.expect(400).await;
    let version = invite(&mut phone).replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia");
    phone.send(&version).await;
    phone.expect(505).await;
    let required = invite(&mut phone).replace("Max-Forwards: 70", "Require: foo");
    phone.send(&required).await;
    assert_eq!(phone.expect(420).await.header("Unsupported"), "foo");
    let scheme = invite(&mut phone).replace("INVITE sip:", "INVITE sips:");
    phone.send(&scheme).await;
    phone.expect(416).await;
    phone.send_bytes(&vec![b'x'; 60_000]).await;
    phone.send_bytes(b"\0\xff\0\xff").await;
    assert_eq!(phone.ask("OPTIONS", "", "").await.status(), 200);
    let counters = world.edge.counters();
    assert_eq!((counters.refused_malformed, counters.refused_extension), (3, 1));
    assert_eq!((counters.dropped_malformed, counters.calls_offered), (2, 0));
}

#[tokio::test]
async fn a_large_datagram_is_read_whole() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let offer = format!("v=0\r\ns={}\r\n", "x".repeat(30_000));
    phone.invite(Some(&offer)).await;
    assert_eq!(world.incoming().await.offer, Some(offer));
}

#[tokio::test]
async fn a_keep_alive_is_answered_with_less() {
    let world = World::start().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        phone.send("\r\n\r\n").await;
        assert_eq!(phone.hear_bytes().await, b"\r\n");
    }
}

#[tokio::test]
async fn an_ack_for_nothing_is_not_answered() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.number = 1;
    let ack = phone.request("ACK", "", "");
    phone.send(&ack).await;
    phone.send(&ack.replace("CSeq: 1 ACK", "CSeq: 1 BYE")).await;
    // The answer to what was sent later is the first one.
    let options = phone.request("OPTIONS", "", "");
    phone.send(&options).await;
    assert!(phone.hear().await.header("CSeq").ends_with("OPTIONS"));
}

#[tokio::test]
async fn calls_that_nobody_takes_are_told_503() {
    let mut world = World::start().await;
    world.calls.close();
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(Some("v=0\r\n")).await;
    phone.expect_final(503).await;
    soon(world.until_idle()).await;
}

#[tokio::test]
async fn what_only_the_stack_cannot_read_is_refused_too() {
    let world = World::start().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut phone = world.phone(transport).await;
        let options = phone
            .request("OPTIONS", "", "")
            .replace(&format!("{};branch", phone.local), "127.0.0.1:99999;branch");
        phone.send(&options).await;
        assert_eq!(phone.hear().await.start, "SIP/2.0 400 Malformed Request");
    }
}
