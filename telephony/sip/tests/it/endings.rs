//! How calls and edges end.

use std::time::Duration;

use mostik_sip::{AnswerError, CallEvent, Edge, EdgeError, Ended, EndedBy, EndedWhy, Transport};

use crate::world::{ANSWER, World, config, next, soon};

fn ended(by: EndedBy, why: EndedWhy) -> CallEvent {
    CallEvent::Ended(Ended { by, why })
}

async fn hanging_up_says_goodbye(transport: Transport) {
    let mut world = World::start().await;
    let mut phone = world.phone(transport).await;
    let call = world.established(&mut phone).await;
    let hanging_up = tokio::spawn(call.hang_up());
    let bye = phone.hear().await;
    assert!(bye.start.starts_with("BYE sip:ada@"), "{bye:?}");
    assert!(bye.header("Via").starts_with(&format!("SIP/2.0/{} ", transport.token())));
    assert!(bye.header("Via").contains(&world.address(transport).to_string()));
    assert_eq!((bye.find("User-Agent"), bye.find("Server")), (None, None));
    assert!(!hanging_up.is_finished());
    phone.reply(&bye, "200 OK").await;
    soon(hanging_up).await.unwrap();
    world.until_idle().await;
}

#[tokio::test]
async fn hanging_up_says_goodbye_over_udp() {
    hanging_up_says_goodbye(Transport::Udp).await;
}

#[tokio::test]
async fn hanging_up_says_goodbye_over_tcp() {
    hanging_up_says_goodbye(Transport::Tcp).await;
}

#[tokio::test]
async fn a_dropped_call_is_hung_up() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    drop(world.established(&mut phone).await);
    let bye = phone.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    phone.reply(&bye, "200 OK").await;
    world.until_idle().await;
}

#[tokio::test]
async fn an_answer_given_up_halfway_is_hung_up_after_its_ack() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let ok = phone.expect_final(200).await;
    answering.abort();
    assert!(answering.await.unwrap_err().is_cancelled());
    phone.acknowledge(&ok).await;
    let bye = phone.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    phone.reply(&bye, "200 OK").await;
    world.until_idle().await;
}

#[tokio::test]
async fn a_goodbye_goes_to_where_the_call_came_from_when_the_contact_leads_nowhere() {
    for contact in
        ["<sip:ada@phone.invalid:5062>", "<sip:ada@192.0.2.1:5062>", "<sip:ada@192.0.2.1>"]
    {
        let mut world = World::start().await;
        let mut phone = world.phone(Transport::Udp).await;
        contact.clone_into(&mut phone.contact);
        let call = world.established(&mut phone).await;
        let hanging_up = tokio::spawn(call.hang_up());
        let bye = phone.hear().await;
        let uri = contact.trim_matches(['<', '>']);
        assert_eq!(bye.start, format!("BYE {uri} SIP/2.0"));
        phone.reply(&bye, "200 OK").await;
        soon(hanging_up).await.unwrap();
    }
}

#[tokio::test]
async fn a_goodbye_follows_a_phone_that_moved() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    let mut elsewhere = world.phone(Transport::Udp).await;
    phone.contact.clone_from(&elsewhere.contact);
    let change = phone.request("INVITE", "Content-Type: application/sdp\r\n", "v=0\r\n");
    phone.send(&change).await;
    next(&mut call).await;
    call.accept_reoffer(ANSWER.to_owned()).await.unwrap();
    let ok = phone.expect_final(200).await;
    phone.acknowledge(&ok).await;
    // Answered after the ACK, so the change is through.
    assert_eq!(phone.ask("INFO", "", "").await.status(), 200);
    let hanging_up = tokio::spawn(call.hang_up());
    let bye = elsewhere.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    elsewhere.reply(&bye, "200 OK").await;
    soon(hanging_up).await.unwrap();
}

#[tokio::test]
async fn hanging_up_does_not_wait_forever_for_a_dead_phone() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let call = world.established(&mut phone).await;
    drop(phone);
    soon(call.hang_up()).await;
    world.until_idle().await;
}

/// What waits for 64*T1 = 32 s; the stack's timers follow the real clock, so it waits at once.
#[tokio::test]
async fn what_takes_32_seconds() {
    tokio::join!(
        an_answer_that_is_never_acknowledged_is_no_call(),
        a_call_survives_a_connection_that_comes_back(),
        a_call_whose_connection_stays_away_is_lost(),
    );
}

async fn an_answer_that_is_never_acknowledged_is_no_call() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
    let outcome = tokio::time::timeout(Duration::from_secs(40), answering).await;
    let error = outcome.unwrap().unwrap().unwrap_err();
    assert_eq!(error, AnswerError::NotAcknowledged);
    let mut answers = 0;
    let last = loop {
        let heard = phone.hear().await;
        match heard.status() {
            100 => {}
            200 => answers += 1,
            _ => break heard,
        }
    };
    assert!(answers >= 8, "{answers}");
    assert!(last.start.starts_with("BYE "), "{last:?}");
    world.until_idle().await;
}

async fn a_call_survives_a_connection_that_comes_back() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let mut call = world.established(&mut phone).await;
    phone.reconnect().await;
    let info = phone.ask("INFO", "Content-Type: application/dtmf\r\n", "3").await;
    assert_eq!(info.status(), 200);
    assert_eq!(next(&mut call).await, CallEvent::Key('3'));
    // Longer than a lost connection may stay away: this one came back.
    let quiet = tokio::time::timeout(Duration::from_secs(34), call.next_event());
    assert!(quiet.await.is_err(), "the call ended");
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    assert_eq!(next(&mut call).await, ended(EndedBy::Peer, EndedWhy::HungUp));
}

async fn a_call_whose_connection_stays_away_is_lost() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Tcp).await;
    let mut call = world.established(&mut phone).await;
    drop(phone);
    let event = tokio::time::timeout(Duration::from_secs(40), call.next_event()).await;
    assert_eq!(event.unwrap(), ended(EndedBy::Network, EndedWhy::LostTransport));
    world.until_idle().await;
}

#[tokio::test]
async fn a_shutdown_refuses_new_calls_and_lets_the_others_end() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    let mut late = world.phone(Transport::Udp).await;
    let World { edge, calls } = world;
    let leaving = tokio::spawn(edge.shutdown(Duration::from_secs(30)));
    tokio::task::yield_now().await;
    late.invite(Some("v=0\r\n")).await;
    let refusal = late.expect_final(503).await;
    late.acknowledge_refusal(&refusal).await;
    assert!(!leaving.is_finished());
    assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
    assert_eq!(next(&mut call).await, ended(EndedBy::Peer, EndedWhy::HungUp));
    soon(leaving).await.unwrap();
    drop(calls);
}

#[tokio::test]
async fn a_shutdown_hangs_up_after_its_grace_and_frees_the_port() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    let mut undecided = world.phone(Transport::Udp).await;
    undecided.invite(Some("v=0\r\n")).await;
    let waiting = world.incoming().await;
    let listen = world.edge.listening();
    let leaving = tokio::spawn(world.edge.shutdown(Duration::ZERO));
    let bye = phone.hear().await;
    assert!(bye.start.starts_with("BYE "), "{bye:?}");
    phone.reply(&bye, "200 OK").await;
    assert_eq!(next(&mut call).await, ended(EndedBy::Us, EndedWhy::Shutdown));
    undecided.expect_final(503).await;
    soon(waiting.cancelled()).await;
    soon(leaving).await.unwrap();
    let again = mostik_sip::EdgeConfig { listen, ..config() };
    Edge::start(again).await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_a_clear_error() {
    let world = World::start().await;
    let listen = world.edge.listening();
    let again = mostik_sip::EdgeConfig { listen: listen.clone(), ..config() };
    let Err(error) = Edge::start(again).await else {
        panic!("listened twice on {listen:?}");
    };
    let message = error.to_string();
    assert!(message.starts_with(&format!("cannot listen for SIP on {}: ", listen[0])), "{message}");
}

#[tokio::test]
async fn impossible_configurations_are_refused() {
    let nowhere = mostik_sip::EdgeConfig { listen: vec![], ..config() };
    assert!(matches!(Edge::start(nowhere).await, Err(EdgeError::NowhereToListen)));
    let closed = mostik_sip::EdgeConfig { max_calls: 0, ..config() };
    assert!(matches!(Edge::start(closed).await, Err(EdgeError::MaxCalls)));
}
