//! Targets that say nothing, or nothing that makes sense, are left soon and properly.

use std::net::Ipv4Addr;
use std::time::Duration;

use mostik_sip::{Dial, DialEvent, DialFailure, EdgeConfig, OutgoingCall, Route, TrunkConfig};

use crate::callee::{Callee, OFFER};
use crate::heard::Heard;
use crate::name_server::{NameServer, Records};
use crate::world::{ANSWER, World, config, soon};

/// Longer than a busy machine needs to say a word, shorter than a caller waits.
const FIRST_WORD: Duration = Duration::from_millis(1500);

async fn world_of(first: &Callee, second: &Callee) -> World {
    let name = "one.trunk.example";
    let ports = [(10, first.local.port()), (20, second.local.port())];
    let services = ports.map(|(priority, port)| (priority, 0, port, name)).to_vec();
    let addresses = vec![Ipv4Addr::LOCALHOST];
    let server = NameServer::start(&[
        ("_sip._udp.trunk.example", Records { services, ..Records::default() }),
        (name, Records { addresses, ..Records::default() }),
    ])
    .await;
    let trunk = TrunkConfig::new("main", "trunk.example", "desk", None);
    let trunks = vec![TrunkConfig { register: false, ..trunk }];
    let name_servers = vec![server.address];
    World::with(EdgeConfig { name_servers, trunks, first_word: FIRST_WORD, ..config() }).await
}

async fn end_of(call: &mut OutgoingCall) -> DialEvent {
    loop {
        let event = soon(call.next()).await;
        if matches!(event, DialEvent::Answered(..) | DialEvent::Failed(_)) {
            return event;
        }
    }
}

/// The last of an INVITE and its repetitions.
async fn late(callee: &mut Callee) -> Heard {
    callee.expect("INVITE").await
}

#[tokio::test]
async fn a_silent_server_is_left_soon_and_cancelled_when_it_wakes_up() {
    let (mut silent, mut alive) = (Callee::udp().await, Callee::udp().await);
    let world = world_of(&silent, &alive).await;
    let order = Dial::new("123", Route::Trunk("main".into()), OFFER);
    let begun = tokio::time::Instant::now();
    let mut call = world.edge.dial(order).unwrap();
    let first = late(&mut silent).await;
    let second = alive.expect("INVITE").await;
    assert!(begun.elapsed() >= FIRST_WORD, "{:?}", begun.elapsed());
    assert_eq!(first.header("Call-ID"), second.header("Call-ID"));
    alive.pick_up(&second).await;
    let DialEvent::Answered(call, _) = end_of(&mut call).await else { panic!("not answered") };
    alive.expect("ACK").await;
    silent.answer(&first, "180 Ringing", "late", "", "").await;
    let cancel = silent.expect("CANCEL").await;
    assert_eq!(cancel.header("Via"), first.header("Via"));
    silent.answer(&cancel, "200 OK", "late", "", "").await;
    silent.answer(&first, "487 Request Terminated", "late", "", "").await;
    assert_eq!(silent.expect("ACK").await.to_tag(), "late");
    // The other call is not touched.
    let hanging_up = tokio::spawn(call.hang_up());
    let bye = alive.expect("BYE").await;
    alive.answer(&bye, "200 OK", "", "", "").await;
    soon(hanging_up).await.unwrap();
    world.until_idle().await;
}

#[tokio::test]
async fn a_late_answer_is_acknowledged_and_hung_up() {
    let (mut silent, mut alive) = (Callee::udp().await, Callee::udp().await);
    let world = world_of(&silent, &alive).await;
    let order = Dial::new("123", Route::Trunk("main".into()), OFFER);
    let mut call = world.edge.dial(order).unwrap();
    let first = late(&mut silent).await;
    let second = alive.expect("INVITE").await;
    silent.answer(&first, "200 OK", "late", "", ANSWER).await;
    assert_eq!(silent.expect("ACK").await.to_tag(), "late");
    let bye = silent.expect("BYE").await;
    assert_eq!(bye.to_tag(), "late");
    silent.answer(&bye, "200 OK", "", "", "").await;
    alive.answer(&second, "486 Busy Here", "busy", "", "").await;
    let DialEvent::Failed(why) = end_of(&mut call).await else { panic!("answered") };
    assert_eq!(why, DialFailure::Busy);
    world.until_idle().await;
}

#[tokio::test]
async fn a_target_alone_that_says_nothing_is_unreachable_soon() {
    for mut silent in [Callee::udp().await, Callee::tcp().await] {
        let world = World::with(EdgeConfig { first_word: FIRST_WORD, ..config() }).await;
        let mut call = world.edge.dial(silent.order()).unwrap();
        late(&mut silent).await;
        let DialEvent::Failed(why) = end_of(&mut call).await else { panic!("answered") };
        assert_eq!(why, DialFailure::Unreachable);
        world.until_idle().await;
    }
}

#[tokio::test]
async fn who_said_a_word_may_take_its_time() {
    let mut slow = Callee::udp().await;
    let world = World::with(EdgeConfig { first_word: FIRST_WORD, ..config() }).await;
    let mut call = world.edge.dial(slow.order()).unwrap();
    let invite = late(&mut slow).await;
    slow.answer(&invite, "100 Trying", "", "", "").await;
    assert!(matches!(soon(call.next()).await, DialEvent::Trying));
    let nothing = tokio::time::timeout(FIRST_WORD * 5 / 4, call.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    slow.pick_up(&invite).await;
    assert!(matches!(end_of(&mut call).await, DialEvent::Answered(..)));
}

#[tokio::test]
async fn an_answer_without_contact_is_acknowledged_and_hung_up() {
    let world = World::start().await;
    for mut callee in [Callee::udp().await, Callee::tcp().await] {
        let mut call = world.edge.dial(callee.order()).unwrap();
        let invite = callee.expect("INVITE").await;
        let answer = callee.written(&invite, "200 OK", "callee", "", ANSWER);
        let contact = format!("Contact: {}\r\n", callee.contact);
        assert!(answer.contains(&contact));
        callee.send(&answer.replace(&contact, "")).await;
        assert_eq!(callee.expect("ACK").await.to_tag(), "callee");
        let bye = callee.expect("BYE").await;
        assert_eq!(bye.to_tag(), "callee");
        callee.answer(&bye, "200 OK", "", "", "").await;
        let DialEvent::Failed(why) = end_of(&mut call).await else { panic!("answered") };
        assert_eq!(why, DialFailure::Broken);
        world.until_idle().await;
    }
}

#[tokio::test]
async fn the_next_trunk_is_tried_when_one_cannot_take_the_call() {
    let (mut silent, mut full) = (Callee::udp().await, Callee::udp().await);
    let (mut busy, unused) = (Callee::tcp().await, Callee::udp().await);
    let trunk = |name: &str, at: &Callee, token: &str| TrunkConfig {
        register: false,
        ..TrunkConfig::new(name, format!("sip:{};transport={token}", at.local), name, None)
    };
    let trunks = vec![
        trunk("silent", &silent, "udp"),
        trunk("full", &full, "udp"),
        trunk("busy", &busy, "tcp"),
        trunk("unused", &unused, "udp"),
    ];
    let names = trunks.iter().map(|trunk| trunk.name.clone()).collect();
    let world = World::with(EdgeConfig { trunks, first_word: FIRST_WORD, ..config() }).await;
    let mut call = world.edge.dial(Dial::new("123", Route::Trunks(names), OFFER)).unwrap();
    late(&mut silent).await;
    let invite = full.expect("INVITE").await;
    assert!(invite.header("From").starts_with("<sip:full@127.0.0.1"), "{invite:?}");
    full.answer(&invite, "503 Service Unavailable", "f", "", "").await;
    full.expect("ACK").await;
    let invite = busy.expect("INVITE").await;
    busy.answer(&invite, "180 Ringing", "b", "", "").await;
    assert!(matches!(soon(call.next()).await, DialEvent::Ringing));
    busy.answer(&invite, "486 Busy Here", "b", "", "").await;
    let DialEvent::Failed(why) = end_of(&mut call).await else { panic!("answered") };
    assert_eq!(why, DialFailure::Busy);
    world.until_idle().await;
    assert!(!unused.has_mail(), "who is busy is not called again");
    let unknown = Route::Trunks(vec!["full".into(), "none".into()]);
    let refused = world.edge.dial(Dial::new("123", unknown, OFFER)).err();
    assert_eq!(refused, Some(mostik_sip::DialError::NoSuchTrunk("none".into())));
}

#[tokio::test]
async fn giving_up_between_trunks_ends_it() {
    let (mut silent, mut ringing) = (Callee::udp().await, Callee::udp().await);
    let trunk = |name: &str, at: &Callee| TrunkConfig {
        register: false,
        ..TrunkConfig::new(name, at.local.to_string(), name, None)
    };
    let trunks = vec![trunk("one", &silent), trunk("two", &ringing)];
    let world = World::with(EdgeConfig { trunks, first_word: FIRST_WORD, ..config() }).await;
    let route = Route::Trunks(vec!["one".into(), "two".into()]);
    let mut call = world.edge.dial(Dial::new("123", route, OFFER)).unwrap();
    late(&mut silent).await;
    let invite = ringing.expect("INVITE").await;
    ringing.answer(&invite, "180 Ringing", "r", "", "").await;
    assert!(matches!(soon(call.next()).await, DialEvent::Ringing));
    call.cancel();
    let cancel = ringing.expect("CANCEL").await;
    ringing.answer(&cancel, "200 OK", "r", "", "").await;
    ringing.answer(&invite, "487 Request Terminated", "r", "", "").await;
    let DialEvent::Failed(why) = end_of(&mut call).await else { panic!("answered") };
    assert_eq!(why, DialFailure::Cancelled);
    world.until_idle().await;
}
