//! What is kept of a call to explain it later.

use mostik_sip::{Direction, LadderEntry, Transport};

use crate::world::{World, config, next, soon};

fn steps(entries: &[LadderEntry]) -> Vec<(Direction, String)> {
    let word = |entry: &LadderEntry| {
        let mut words = entry.start_line.split(' ');
        let first = words.next().unwrap();
        if first == "SIP/2.0" { words.next().unwrap().to_owned() } else { first.to_owned() }
    };
    entries.iter().map(|entry| (entry.direction, word(entry))).collect()
}

#[tokio::test]
async fn a_call_keeps_its_messages_in_order_without_names() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut world = World::start().await;
        let mut phone = world.phone(transport).await;
        let mut call = world.established(&mut phone).await;
        let ladder = call.ladder();
        assert_eq!(phone.ask("BYE", "", "").await.status(), 200);
        next(&mut call).await;
        world.until_idle().await;
        let entries = ladder.entries();
        let expected = [
            (Direction::In, "INVITE"),
            (Direction::Out, "100"),
            (Direction::Out, "200"),
            (Direction::In, "ACK"),
            (Direction::In, "BYE"),
            (Direction::Out, "200"),
        ];
        assert_eq!(steps(&entries), expected.map(|(way, word)| (way, word.to_owned())));
        assert!(entries.iter().all(|entry| entry.peer == phone.local));
        assert!(entries.iter().all(|entry| entry.transport == transport.to_string()));
        assert!(entries.is_sorted_by_key(|entry| entry.at_micros));
        let text = format!(
            "{:?}",
            entries.iter().map(|e| (&e.headers, &e.start_line)).collect::<Vec<_>>()
        );
        assert!(
            !text.contains("ada") && !text.contains("Ada") && !text.contains("support"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn our_goodbye_is_in_the_ladder_too() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let call = world.established(&mut phone).await;
    let ladder = call.ladder();
    let leaving = tokio::spawn(call.hang_up());
    let bye = phone.hear().await;
    phone.reply(&bye, "200 OK").await;
    soon(leaving).await.unwrap();
    world.until_idle().await;
    let steps = steps(&ladder.entries());
    assert_eq!(steps[4..], [(Direction::Out, "BYE".into()), (Direction::In, "200".into())]);
}

#[tokio::test]
async fn refused_calls_are_kept_by_the_edge() {
    let mut world = World::start().await;
    let mut phone = world.phone(Transport::Udp).await;
    let invite = phone.request("INVITE", "Require: foo\r\n", "");
    phone.send(&invite).await;
    phone.expect(420).await;
    let mut phone = world.phone(Transport::Tcp).await;
    phone.invite(Some("v=0\r\n")).await;
    let call = world.incoming().await;
    let id = call.id.clone();
    call.reject(486).await;
    let refusal = phone.expect_final(486).await;
    phone.acknowledge_refusal(&refusal).await;
    world.until_idle().await;
    soon(async {
        while world.edge.refused_calls().len() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let refused = world.edge.refused_calls();
    assert_eq!(refused.iter().map(|call| call.status).collect::<Vec<_>>(), [486, 420]);
    assert_eq!(refused[0].id, id);
    assert_eq!(
        steps(&refused[1].ladder.entries()),
        [(Direction::In, "INVITE".to_owned()), (Direction::Out, "420".to_owned()),]
    );
}

#[tokio::test]
async fn nothing_is_kept_when_nothing_is_asked_for() {
    let mut config = config();
    config.ladder_entries = 0;
    let mut world = World::with(config).await;
    let mut phone = world.phone(Transport::Udp).await;
    let call = world.established(&mut phone).await;
    assert!(call.ladder().entries().is_empty());
}
