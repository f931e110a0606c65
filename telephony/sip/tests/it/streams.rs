//! What only streams can do wrong.

use mostik_sip::Transport;

use crate::world::World;

#[tokio::test]
async fn messages_arrive_in_any_pieces() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let two = phone.request("OPTIONS", "", "") + &phone.request("OPTIONS", "", "");
    for byte in two.as_bytes() {
        phone.send_bytes(&[*byte]).await;
    }
    assert_eq!(phone.hear().await.header("CSeq"), "1 OPTIONS");
    assert_eq!(phone.hear().await.header("CSeq"), "2 OPTIONS");
}

#[tokio::test]
async fn a_stream_without_lengths_is_told_and_closed() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let options = phone.request("OPTIONS", "", "").replace("Content-Length: 0\r\n", "");
    phone.send(&options).await;
    phone.expect(400).await;
    assert_eq!(phone.hear_bytes().await, b"");
}

#[tokio::test]
async fn a_body_too_large_is_told_and_closed() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let options = phone.request("OPTIONS", "", "");
    phone.send(&options.replace("Content-Length: 0", "Content-Length: 70000")).await;
    phone.expect(513).await;
    assert_eq!(phone.hear_bytes().await, b"");
    assert_eq!(world.edge.counters().refused_malformed, 1);
}

#[tokio::test]
async fn what_is_not_sip_is_closed_at_once() {
    let world = World::start().await;
    for bytes in [&b"\x16\x03\x01\x02\0\x01"[..], b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let mut phone = world.phone(Transport::Tcp).await;
        phone.send_bytes(bytes).await;
        assert_eq!(phone.hear_bytes().await, b"");
    }
    world.until(|counters| counters.dropped_malformed == 2).await;
}

#[tokio::test]
async fn an_endless_head_is_closed() {
    let world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    phone.send_bytes(&vec![b'A'; 70_000]).await;
    assert_eq!(phone.hear_bytes().await, b"");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed() {
    let mut config = crate::world::config();
    config.max_calls = 1;
    let world = World::with(config).await;
    let mut phones = Vec::new();
    for _ in 0..257 {
        phones.push(world.phone(Transport::Tcp).await);
    }
    assert_eq!(phones[256].ask("OPTIONS", "", "").await.status(), 200);
    let mut late = world.phone(Transport::Tcp).await;
    assert_eq!(late.hear_bytes().await, b"");
    assert_eq!(world.edge.counters().dropped_connections, 1);
}
