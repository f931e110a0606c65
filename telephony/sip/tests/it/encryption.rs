//! TLS, both ways.

use std::time::Duration;

use mostik_sip::{
    CallEvent, CertificateError, Dial, DialEvent, Edge, EdgeConfig, EdgeError, Ended, EndedBy,
    EndedWhy, Listen, Route, Transport, TrunkConfig, TrunkFailure, TrunkState,
};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, OFFER};
use crate::paper::Paper;
use crate::phone::Phone;
use crate::world::{World, config, next, soon};

fn listening(paper: &Paper) -> EdgeConfig {
    let mut config = EdgeConfig { tls: Some(paper.files()), ..config() };
    config.listen.push(Listen { transport: Transport::Tls, address: ([127, 0, 0, 1], 0).into() });
    config
}

#[tokio::test]
async fn a_whole_call_over_tls() {
    let paper = Paper::for_name("localhost");
    let mut world = World::with(listening(&paper)).await;
    let mut phone = Phone::connect_tls(&paper, world.address(Transport::Tls)).await;
    let call = world.established(&mut phone).await;
    let hanging_up = tokio::spawn(call.hang_up());
    let bye = phone.hear().await;
    assert!(bye.header("Via").starts_with("SIP/2.0/TLS"), "{bye:?}");
    phone.reply(&bye, "200 OK").await;
    soon(hanging_up).await.unwrap();
    let mut phone = Phone::connect_tls(&paper, world.address(Transport::Tls)).await;
    let mut call = world.established(&mut phone).await;
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    let ended = Ended { by: EndedBy::Peer, why: EndedWhy::HungUp };
    assert_eq!(next(&mut call).await, CallEvent::Ended(ended));
    world.until_idle().await;
}

#[tokio::test]
async fn what_is_not_tls_is_closed_and_others_are_served() {
    let paper = Paper::for_name("localhost");
    let mut world = World::with(listening(&paper)).await;
    let address = world.address(Transport::Tls);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"OPTIONS sip:a SIP/2.0\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    soon(stream.read_to_end(&mut heard)).await.ok();
    assert!(!heard.starts_with(b"SIP"), "{heard:?}");
    let mut phone = Phone::connect_tls(&paper, address).await;
    world.established(&mut phone).await;
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let mut paper = Paper::for_name("localhost");
    let world = World::with(listening(&paper)).await;
    let address = world.address(Transport::Tls);
    let _before = Phone::connect_tls(&paper, address).await;
    let old = paper.connector();
    paper.renew("localhost");
    world.edge.reload_certificates().unwrap();
    let _after = Phone::connect_tls(&paper, address).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    assert!(soon(old.connect(name, stream)).await.is_err());
    std::fs::write(paper.files().key, "broken").unwrap();
    assert!(world.edge.reload_certificates().is_err());
    let _still = Phone::connect_tls(&paper, address).await;
}

#[tokio::test]
async fn a_listener_without_a_usable_certificate_is_refused_at_start() {
    let paper = Paper::for_name("localhost");
    let without = EdgeConfig { tls: None, ..listening(&paper) };
    assert!(matches!(Edge::start(without).await, Err(EdgeError::NoCertificate(_))));
    let config = listening(&paper);
    std::fs::write(paper.files().certificate, "broken").unwrap();
    assert!(matches!(Edge::start(config).await, Err(EdgeError::Certificate(_))));
    let plain = World::start().await;
    assert_eq!(plain.edge.reload_certificates(), Err(CertificateError::NotListening));
}

fn trunk(callee: &Callee, paper: &Paper) -> TrunkConfig {
    let registrar = format!("sips:localhost:{}", callee.local.port());
    TrunkConfig {
        ca_file: Some(paper.certificate_file()),
        min_back_off: Duration::from_secs(1),
        ..TrunkConfig::new("main", registrar, "desk", None)
    }
}

#[tokio::test]
async fn a_trunk_by_tls_registers_and_brings_calls_on_our_stream() {
    let paper = Paper::for_name("localhost");
    let mut callee = Callee::tls(&paper).await;
    let trunks = vec![trunk(&callee, &paper)];
    let mut world = World::with(EdgeConfig { trunks, ..config() }).await;
    let register = callee.expect("REGISTER").await;
    assert!(register.header("Via").starts_with("SIP/2.0/TLS"));
    assert!(register.header("Contact").contains(";transport=TLS"), "{register:?}");
    callee.answer(&register, "200 OK", "r", "Expires: 600\r\n", "").await;
    let mut watch = world.edge.watch_trunk("main").unwrap();
    soon(watch.wait_for(|state| matches!(state, TrunkState::Registered { .. }))).await.unwrap();
    callee.ask(&register, "INVITE", 1).await;
    let call = world.incoming().await;
    assert_eq!((call.trunk.as_deref(), call.transport), (Some("main"), Transport::Tls));
    call.reject(486).await;
    assert_eq!(callee.hear().await.status(), 100);
    assert_eq!(callee.hear().await.status(), 486);
    let order = Dial::new("123", Route::Trunk("main".into()), OFFER);
    let mut call = world.edge.dial(order).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    assert!(matches!(soon(call.next()).await, DialEvent::Answered(..)));
    callee.expect("ACK").await;
}

#[tokio::test]
async fn a_trunk_with_another_name_or_signer_is_not_believed() {
    let (right, other) = (Paper::for_name("localhost"), Paper::for_name("localhost"));
    let elsewhere = Paper::for_name("elsewhere.example");
    for (shown, believed) in [(&other, &right), (&elsewhere, &elsewhere)] {
        let mut callee = Callee::tls(shown).await;
        let trunks = vec![trunk(&callee, believed)];
        let world = World::with(EdgeConfig { trunks, ..config() }).await;
        callee.refuse_handshake().await;
        let mut watch = world.edge.watch_trunk("main").unwrap();
        let failed = watch.wait_for(|state| matches!(state, TrunkState::Failed { .. }));
        let TrunkState::Failed { why, .. } = soon(failed).await.unwrap().clone() else {
            panic!("not failed");
        };
        assert_eq!(why, TrunkFailure::Unreachable);
    }
}
