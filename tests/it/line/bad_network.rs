//! Calls through a network that loses, doubles, delays and mixes up packets.

use std::time::Duration;

use mostik_tests::bad_network::{BadNetwork, Harm};
use mostik_tests::phones::{CallPlan, Codec, Ending, Phone};
use mostik_tests::{World, needs};
use serde_json::Value;

use super::{DEAF, newest_call, recording};
use crate::journeys::callers::{ALWAYS_OPEN, complaint};

/// As on a bad day by Wi-Fi.
const BAD: Harm = Harm {
    lost: 50,
    doubled: 20,
    overtaken: 30,
    jitter: Duration::from_millis(16),
    seed: 20_261_122,
};
/// Before the call is up, and after it is over, packets come that no count has to agree on.
const AT_THE_ENDS: u64 = 12;

async fn world() -> World {
    World::plan().config(ALWAYS_OPEN).config(DEAF).start().await
}

fn number(call: &Value, name: &str) -> u64 {
    call["audio"][name].as_u64().unwrap_or_else(|| panic!("no {name} in {}", call["audio"]))
}

/// What the call tells of its loss and jitter is what the network did.
fn told_as_it_was(call: &Value, network: &BadNetwork) {
    let (lost, told) = (network.said().lost(), number(call, "lost_in"));
    assert!(lost > 0 && told.abs_diff(lost) <= AT_THE_ENDS, "{told} of {lost} lost: {call}");
    let passed = network.said().came() - lost + network.said().doubled();
    assert!(number(call, "packets_in").abs_diff(passed) <= AT_THE_ENDS, "{passed}: {call}");
}

#[tokio::test]
async fn a_message_is_kept_whole_but_for_what_was_lost() {
    needs!("pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    for codec in [Codec::Pcmu, Codec::G722] {
        let network = BadNetwork::before(world.sip_address(), BAD).await;
        let plan = CallPlan::to(network.uri("support"))
            .with(codec)
            .presses_after(Duration::from_millis(500), "1")
            .says_after(Duration::from_secs(3), &words)
            .ending(Ending::AfterSpeech);
        let report = Phone::Pjsip.call(plan).await;
        assert_eq!(report.answered, 1, "{}", report.output);

        let call = newest_call(&world).await;
        assert_eq!(call["codec"], codec_name(codec), "{call}");
        told_as_it_was(&call, &network);
        assert!(network.said().overtaken() > 5 && network.said().doubled() > 5);
        // A third of the longest delay is the mean difference of two; the worst moment is worse,
        // and who was overtaken is not counted. Workers look every 20 ms.
        let jitter = number(&call, "jitter_milliseconds");
        assert!((4..=30).contains(&jitter), "{jitter} ms: {call}");
        let (missed, told) = (network.heard().lost(), number(&call, "lost_out"));
        assert!(told > 0 && told <= missed + AT_THE_ENDS, "{told} of {missed}: {call}");

        let kept = recording(&world, &call).await;
        let likeness = kept.likeness_of(&words);
        assert!(likeness > 0.85, "{codec:?}: {likeness:.2}");
        let second = Duration::from_secs(1);
        assert!(kept.length() + second > words.length(), "{:?}: {call}", kept.length());
        assert!(kept.length() < words.length() + 3 * second, "{:?}: {call}", kept.length());
        let beside = kept.loudness_beside(&words);
        assert!(beside.len() > 3, "{beside:?}");
        assert!(beside.iter().all(|it| (0.5..1.3).contains(it)), "{codec:?}: {beside:.2?}");
    }
}

fn codec_name(codec: Codec) -> &'static str {
    match codec {
        Codec::Pcmu => "PCMU",
        Codec::Pcma => "PCMA",
        Codec::G722 => "G722",
    }
}

#[tokio::test]
async fn each_key_counts_once() {
    needs!("pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    let network = BadNetwork::before(world.sip_address(), BAD).await;
    let before = Duration::from_secs(3);
    let plan = CallPlan::to(network.uri("support"))
        .presses_after(Duration::from_millis(500), "1")
        .says_after(before, &words)
        .presses_after(before + Duration::from_secs(1), "2233445566")
        .presses_after(before + words.length(), "0#");
    let report = Phone::Pjsip.call(plan).await;
    assert_eq!((report.answered, report.ended_by_peer), (1, 1), "{}", report.output);
    let call = newest_call(&world).await;
    assert_eq!(call["termination"], "message_left/pound", "{call}");
    assert_eq!(call["keys"], 13, "{call}");
    told_as_it_was(&call, &network);
}

#[tokio::test]
async fn who_calls_the_echo_still_hears_herself() {
    needs!("pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    let network = BadNetwork::before(world.sip_address(), BAD).await;
    let plan = CallPlan::to(network.uri("echo"))
        .says_after(Duration::from_millis(500), &words)
        .ending(Ending::After(words.length() + Duration::from_secs(2)));
    let report = Phone::Pjsip.call(plan).await;
    assert_eq!(report.answered, 1, "{}", report.output);
    let heard = &report.heard[0];
    let likeness = heard.likeness_of(&words);
    assert!(likeness > 0.8, "{likeness:.2} of {:?}", heard.length());
    let beside = heard.loudness_beside(&words);
    // What is lost on either way is missing: a tenth.
    assert!(beside.iter().all(|it| (0.4..1.4).contains(it)), "{beside:.2?}");
    told_as_it_was(&newest_call(&world).await, &network);
}

#[tokio::test]
async fn a_third_of_everything_lost_breaks_nothing_and_is_told() {
    needs!("pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    let says = |uri: String| {
        CallPlan::to(uri)
            .presses_after(Duration::from_millis(500), "1")
            .says_after(Duration::from_secs(3), &words)
            .ending(Ending::AfterSpeech)
    };
    let harm = Harm { lost: 300, overtaken: 100, doubled: 100, ..BAD };
    let network = BadNetwork::before(world.sip_address(), harm).await;
    let report = Phone::Pjsip.call(says(network.uri("support"))).await;
    assert_eq!(report.answered, 1, "{}", report.output);
    let call = newest_call(&world).await;
    told_as_it_was(&call, &network);
    let kept = recording(&world, &call).await;
    assert!(kept.length() + Duration::from_secs(1) > words.length(), "{call}");
    let likeness = kept.likeness_of(&words);
    assert!(likeness > 0.5, "{likeness:.2}");
    let id = call["id"].as_str().expect("an id");
    let page = world.api().try_get(&format!("/desk/calls/{id}?lang=en")).await.expect(200).text;
    assert!(page.contains("Much of the sound was lost on its way to us"), "{page}");

    Phone::Pjsip.call(says(world.sip_uri("support"))).await.expect_completed(1);
    let clean = newest_call(&world).await;
    assert!(clean["id"] != call["id"] && number(&clean, "lost_in") == 0, "{clean}");
    assert!(recording(&world, &clean).await.likeness_of(&words) > 0.9);
}
