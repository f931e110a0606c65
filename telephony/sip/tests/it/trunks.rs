//! Trunks: registration, calls from them and by them.

use std::net::Ipv4Addr;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use mostik_sip::{
    Dial, DialEvent, EdgeConfig, EdgeError, LocateError, Route, Transport, TrunkConfig,
    TrunkConfigError, TrunkFailure, TrunkState,
};
use secrecy::SecretString;

use crate::callee::{Callee, OFFER};
use crate::heard::Heard;
use crate::name_server::{NameServer, Records};
use crate::proof::{proves, value};
use crate::world::{World, config, only, soon};

fn trunk(registrar: &str) -> TrunkConfig {
    TrunkConfig {
        from_domain: Some("pbx.example".into()),
        min_back_off: Duration::from_secs(1),
        ..TrunkConfig::new("main", registrar, "desk", Some(SecretString::from("secret")))
    }
}

/// An edge whose networks hold nobody but the trunk.
async fn world(trunk: TrunkConfig) -> World {
    World::with(EdgeConfig {
        trunks: vec![trunk],
        allowed_networks: only("10.0.0.0/8"),
        ..config()
    })
    .await
}

async fn state(world: &World, wanted: impl Fn(&TrunkState) -> bool) -> TrunkState {
    let mut watch = world.edge.watch_trunk("main").unwrap();
    soon(watch.wait_for(wanted)).await.unwrap().clone()
}

fn is_registered(state: &TrunkState) -> bool {
    matches!(state, TrunkState::Registered { .. })
}

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"one\", qop=\"auth\"\r\n";

/// Challenges and grants a registration; returns the REGISTER with the proof.
async fn grant(registrar: &mut Callee, expires: u32) -> Heard {
    let first = registrar.expect("REGISTER").await;
    registrar.answer(&first, "401 Who", "r", CHALLENGE, "").await;
    let second = registrar.expect("REGISTER").await;
    assert!(proves(second.header("Authorization"), "REGISTER"));
    confirm(registrar, &second, expires).await;
    second
}

async fn confirm(registrar: &mut Callee, register: &Heard, expires: u32) {
    let ours = register.header("Contact").split(';').next().unwrap().to_owned();
    registrar.contact = format!("<sip:other@192.0.2.1>;expires=9, {ours};expires={expires}");
    registrar.answer(register, "200 OK", "r", "Expires: 7\r\n", "").await;
}

#[tokio::test]
async fn a_trunk_is_registered_refreshed_and_left() {
    let mut registrar = Callee::udp().await;
    let world = world(trunk(&registrar.local.to_string())).await;
    let register = grant(&mut registrar, 2).await;
    assert_eq!(register.start, "REGISTER sip:pbx.example SIP/2.0");
    assert!(register.header("To").starts_with("<sip:desk@pbx.example>"));
    assert!(register.header("Contact").starts_with("<sip:desk@127.0.0.1:"));
    let TrunkState::Registered { until, target } = state(&world, is_registered).await else {
        panic!("not registered");
    };
    assert_eq!(target, registrar.local);
    assert!(until <= SystemTime::now() + Duration::from_secs(2));
    let refresh = registrar.expect("REGISTER").await;
    assert!(SystemTime::now() < until, "refreshed too late");
    assert_eq!(refresh.header("Call-ID"), register.header("Call-ID"));
    assert_eq!(refresh.header("CSeq"), "3 REGISTER");
    assert!(proves(refresh.header("Authorization"), "REGISTER"));
    assert_eq!(value(refresh.header("Authorization"), "nc"), "00000002");
    confirm(&mut registrar, &refresh, 600).await;
    state(&world, |state| match state {
        TrunkState::Registered { until, .. } => *until > SystemTime::now() + Duration::from_mins(1),
        _ => false,
    })
    .await;
    let watch = world.edge.watch_trunk("main").unwrap();
    let leaving = tokio::spawn(world.edge.shutdown(Duration::ZERO));
    let goodbye = registrar.expect("REGISTER").await;
    assert_eq!(goodbye.header("Expires"), "0");
    assert!(goodbye.header("Contact").ends_with(";expires=0"));
    registrar.answer(&goodbye, "200 OK", "r", "", "").await;
    soon(leaving).await.unwrap();
    assert_eq!(*watch.borrow(), TrunkState::Unregistered);
}

#[tokio::test]
async fn an_old_nonce_is_replaced_on_refresh() {
    let mut registrar = Callee::udp().await;
    let world = world(trunk(&registrar.local.to_string())).await;
    grant(&mut registrar, 1).await;
    // The server forgot the nonce and does not say so.
    let refresh = registrar.expect("REGISTER").await;
    let again = CHALLENGE.replace("one", "two");
    registrar.answer(&refresh, "401 Who", "r", &again, "").await;
    let proven = registrar.expect("REGISTER").await;
    assert_eq!(value(proven.header("Authorization"), "nonce"), "two");
    confirm(&mut registrar, &proven, 600).await;
    state(&world, is_registered).await;
}

#[tokio::test]
async fn the_least_expiry_is_honoured() {
    let mut registrar = Callee::udp().await;
    let config =
        TrunkConfig { expires: Duration::from_mins(1), ..trunk(&registrar.local.to_string()) };
    let world = world(config).await;
    let first = registrar.expect("REGISTER").await;
    assert_eq!(first.header("Expires"), "60");
    registrar.answer(&first, "423 Too Brief", "r", "Min-Expires: 1800\r\n", "").await;
    let second = registrar.expect("REGISTER").await;
    assert_eq!(second.header("Expires"), "1800");
    confirm(&mut registrar, &second, 1800).await;
    state(&world, is_registered).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_and_tried_again_later() {
    let mut registrar = Callee::udp().await;
    let world = world(trunk(&registrar.local.to_string())).await;
    for _ in 0..2 {
        let register = registrar.expect("REGISTER").await;
        registrar.answer(&register, "401 Who", "r", CHALLENGE, "").await;
    }
    let failed = state(&world, |state| matches!(state, TrunkState::Failed { .. })).await;
    let TrunkState::Failed { why, retry_at } = failed else { panic!("not failed") };
    assert_eq!(why, TrunkFailure::Unauthorized);
    assert!(retry_at <= SystemTime::now() + Duration::from_secs(1));
    let register = registrar.expect("REGISTER").await;
    assert!(SystemTime::now() + Duration::from_millis(20) >= retry_at, "too early");
    confirm(&mut registrar, &register, 600).await;
    state(&world, is_registered).await;
}

#[tokio::test]
async fn the_address_a_trunk_sees_us_at_is_registered_instead() {
    let mut registrar = Callee::udp().await;
    let world = world(trunk(&registrar.local.to_string())).await;
    let first = registrar.expect("REGISTER").await;
    let wrong = first.header("Contact").split(';').next().unwrap().to_owned();
    let seen = |heard: &Heard| {
        let via = heard.header("Via").replace(";rport", ";rport=7777;received=203.0.113.5");
        heard.with("Via", &via)
    };
    confirm(&mut registrar, &seen(&first), 600).await;
    let second = registrar.expect("REGISTER").await;
    let contacts: Vec<_> = second.all("Contact").collect();
    assert_eq!(contacts[0], "<sip:desk@203.0.113.5:7777>;expires=600");
    assert_eq!(contacts[1], format!("{wrong};expires=0"));
    confirm(&mut registrar, &seen(&second), 600).await;
    state(&world, is_registered).await;
    let public = world.edge.trunks()[0].public_address;
    assert_eq!(public, Some("203.0.113.5:7777".parse().unwrap()));
    let route = Route::Trunk("main".into());
    let _call = world.edge.dial(Dial::new("+4930123", route, OFFER)).unwrap();
    let invite = registrar.expect("INVITE").await;
    assert_eq!(invite.header("Contact"), "<sip:desk@203.0.113.5:7777>");
}

#[tokio::test]
async fn calls_by_a_trunk_bear_its_account_and_its_proof() {
    let mut registrar = Callee::udp().await;
    let config = TrunkConfig { register: false, ..trunk(&registrar.local.to_string()) };
    let world = world(config).await;
    assert_eq!(world.edge.trunks()[0].state, TrunkState::Unregistered);
    let order = Dial::new("+4930123", Route::Trunk("main".into()), OFFER);
    let mut call = world.edge.dial(order).unwrap();
    let invite = registrar.expect("INVITE").await;
    assert_eq!(invite.start, "INVITE sip:+4930123@pbx.example SIP/2.0");
    assert!(invite.header("From").starts_with("<sip:desk@pbx.example>;tag="));
    registrar.answer(&invite, "401 Who", "r", CHALLENGE, "").await;
    registrar.expect("ACK").await;
    let invite = registrar.expect("INVITE").await;
    assert!(proves(invite.header("Authorization"), "INVITE"));
    registrar.pick_up(&invite).await;
    assert!(matches!(soon(call.next()).await, DialEvent::Answered(..)));
    registrar.expect("ACK").await;
}

#[tokio::test]
async fn calls_from_a_trunk_are_let_in_and_named() {
    for mut registrar in [Callee::udp().await, Callee::tcp().await] {
        let given = match registrar.route() {
            Route::Direct { transport: Transport::Tcp, address } => {
                format!("sip:{address};transport=tcp")
            }
            _ => registrar.local.to_string(),
        };
        let mut world = world(trunk(&given)).await;
        let register = grant(&mut registrar, 600).await;
        state(&world, is_registered).await;
        // Over the stream that we opened, or to our listener.
        registrar.contact = format!("<sip:carrier@{}>", registrar.local);
        registrar.ask(&register, "INVITE", 1).await;
        let call = world.incoming().await;
        assert_eq!(call.trunk.as_deref(), Some("main"));
        assert_eq!(call.called.user, "desk");
        call.reject(486).await;
    }
}

#[tokio::test]
async fn dead_servers_of_a_trunk_are_passed_over() {
    let mut alive = Callee::tcp().await;
    let dead = Callee::tcp().await.local.port();
    let services =
        vec![(10, 0, dead, "one.trunk.example"), (20, 0, alive.local.port(), "one.trunk.example")];
    let server = NameServer::start(&[
        ("_sip._tcp.trunk.example", Records { services, ..Records::default() }),
        (
            "one.trunk.example",
            Records { addresses: vec![Ipv4Addr::LOCALHOST], ..Records::default() },
        ),
    ])
    .await;
    let trunk = trunk("sip:trunk.example;transport=tcp");
    let config = EdgeConfig { name_servers: vec![server.address], trunks: vec![trunk], ..config() };
    let world = World::with(config).await;
    grant(&mut alive, 600).await;
    let registered = state(&world, is_registered).await;
    assert!(matches!(registered, TrunkState::Registered { target, .. } if target == alive.local));
    let asked = server.asked.load(Ordering::SeqCst);
    let order = Dial::new("123", Route::Trunk("main".into()), OFFER);
    let _call = world.edge.dial(order).unwrap();
    alive.expect("INVITE").await;
    assert_eq!(server.asked.load(Ordering::SeqCst), asked, "answers are kept");
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_a_clear_state() {
    let server = NameServer::start(&[(
        "_sip._udp.gone.example",
        Records { services: vec![(0, 0, 0, ".")], ..Records::default() },
    )])
    .await;
    for (host, why) in
        [("no.example", LocateError::NoAddress), ("gone.example", LocateError::NotOffered)]
    {
        let trunks = vec![trunk(host)];
        let config = EdgeConfig { name_servers: vec![server.address], trunks, ..config() };
        let world = World::with(config).await;
        let failed = state(&world, |state| matches!(state, TrunkState::Failed { .. })).await;
        let TrunkState::Failed { why: told, .. } = failed else { panic!("not failed") };
        assert_eq!(told, TrunkFailure::NotFound(why), "{host}");
    }
}

#[tokio::test]
async fn wrong_trunks_are_refused_at_start() {
    let refusal = async |trunks: Vec<TrunkConfig>| match mostik_sip::Edge::start(EdgeConfig {
        trunks,
        ..config()
    })
    .await
    {
        Err(EdgeError::Trunk(error)) => error,
        _ => panic!("started"),
    };
    let twice = vec![trunk("h"), trunk("h")];
    assert_eq!(refusal(twice).await, TrunkConfigError::NameTwice("main".into()));
    let host = TrunkConfigError::Host { trunk: "main".into(), given: "a b".into() };
    assert_eq!(refusal(vec![trunk("a b")]).await, host);
    let account = TrunkConfig { username: "a\r\nb".into(), ..trunk("h") };
    assert_eq!(refusal(vec![account]).await, TrunkConfigError::Account("main".into()));
    let times = TrunkConfig { expires: Duration::ZERO, ..trunk("h") };
    assert_eq!(refusal(vec![times]).await, TrunkConfigError::Times("main".into()));
    let name = TrunkConfig { name: "a b".into(), ..trunk("h") };
    assert_eq!(refusal(vec![name]).await, TrunkConfigError::Name("a b".into()));
}
