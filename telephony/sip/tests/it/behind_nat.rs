//! Our own address, learned from what trunks answer.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mostik_sip::{Dial, EdgeConfig, Route, Transport, TrunkConfig};

use crate::callee::{Callee, OFFER};
use crate::heard::Heard;
use crate::world::{World, config, soon};

const PUBLIC: &str = "203.0.113.5";

fn trunk(callee: &Callee) -> TrunkConfig {
    let trunk = TrunkConfig::new("main", callee.local.to_string(), "desk", None);
    TrunkConfig { register: false, ..trunk }
}

/// The request as it looks behind a NAT.
fn translated(heard: &Heard) -> Heard {
    let via = heard.header("Via").replace(";rport", &format!(";rport=7777;received={PUBLIC}"));
    heard.with("Via", &via)
}

async fn learned(world: &World) -> SocketAddr {
    let learned = async {
        loop {
            if let Some(address) = world.edge.trunks()[0].public_address {
                return address;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(learned).await
}

fn by_trunk() -> Route {
    Route::Trunk("main".into())
}

#[tokio::test]
async fn a_trunk_that_is_asked_says_where_it_sees_us() {
    let mut carrier = Callee::udp().await;
    let asking = TrunkConfig { ask_every: Some(Duration::from_secs(1)), ..trunk(&carrier) };
    let mut world = World::with(EdgeConfig { trunks: vec![asking], ..config() }).await;
    let options = carrier.expect("OPTIONS").await;
    assert_eq!(options.start, "OPTIONS sip:127.0.0.1 SIP/2.0");
    assert_eq!(world.edge.trunks()[0].answers, None);
    carrier.answer(&translated(&options), "200 OK", "c", "", "").await;
    let public: IpAddr = PUBLIC.parse().unwrap();
    assert_eq!(learned(&world).await, SocketAddr::new(public, 7777));
    assert_eq!(world.edge.public_address_by(&by_trunk()), Some(public));

    // Calls of the trunk are answered with that address.
    let options = carrier.expect("OPTIONS").await;
    assert_eq!(options.header("Contact"), format!("<sip:desk@{PUBLIC}:7777>"));
    assert_eq!(world.edge.trunks()[0].answers, Some(true));
    carrier.answer(&translated(&options), "200 OK", "c", "", "").await;
    carrier.ask(&options, "INVITE", 1).await;
    let call = world.incoming().await;
    assert_eq!(call.public_address, Some(public));
    call.ring().await.unwrap();
    let ringing = loop {
        let heard = carrier.hear().await;
        if heard.start.starts_with("SIP/2.0 180") {
            break heard;
        }
    };
    assert_eq!(ringing.header("Contact"), format!("<sip:{PUBLIC}:7777>"));
}

#[tokio::test]
async fn an_answer_to_a_call_says_it_too_and_the_next_invite_knows() {
    let mut carrier = Callee::udp().await;
    let world = World::with(EdgeConfig { trunks: vec![trunk(&carrier)], ..config() }).await;
    assert_eq!(world.edge.public_address_by(&by_trunk()), None);
    let _call = world.edge.dial(Dial::new("1", by_trunk(), OFFER)).unwrap();
    let first = carrier.expect("INVITE").await;
    assert!(first.header("Contact").starts_with("<sip:desk@127.0.0.1:"));
    carrier.answer(&translated(&first), "486 Busy Here", "c", "", "").await;
    learned(&world).await;
    let _call = world.edge.dial(Dial::new("1", by_trunk(), OFFER)).unwrap();
    let second = carrier.expect_call_after(&first).await;
    assert_eq!(second.header("Contact"), format!("<sip:desk@{PUBLIC}:7777>"));
}

#[tokio::test]
async fn a_configured_address_always_wins() {
    let mut carrier = Callee::udp().await;
    let public_address = Some([127, 0, 0, 1].into());
    let trunks = vec![trunk(&carrier)];
    let mut world = World::with(EdgeConfig { trunks, public_address, ..config() }).await;
    let _call = world.edge.dial(Dial::new("1", by_trunk(), OFFER)).unwrap();
    let first = carrier.expect("INVITE").await;
    carrier.answer(&translated(&first), "486 Busy Here", "c", "", "").await;
    carrier.expect("ACK").await;
    carrier.ask(&first, "INVITE", 1).await;
    let call = world.incoming().await;
    assert_eq!((call.trunk.as_deref(), call.public_address), (Some("main"), None));
    assert_eq!(world.edge.trunks()[0].public_address, None);
    assert_eq!(world.edge.public_address_by(&by_trunk()), None);
}

#[tokio::test]
async fn a_trunk_that_is_gone_does_not_answer() {
    let gone = Callee::tcp().await;
    let asking = TrunkConfig {
        transport: Transport::Tcp,
        ask_every: Some(Duration::from_secs(1)),
        ..trunk(&gone)
    };
    drop(gone);
    let world = World::with(EdgeConfig { trunks: vec![asking], ..config() }).await;
    let told = async {
        while world.edge.trunks()[0].answers.is_none() {
            tokio::task::yield_now().await;
        }
    };
    soon(told).await;
    assert_eq!(world.edge.trunks()[0].answers, Some(false));
}
