//! Phones of three makes, and all the ways in which a call ends.

use std::time::Duration;

use mostik_tests::phones::{CallPlan, CallReport, Codec, Ending, Phone, Sound, Transport};
use mostik_tests::{World, needs};
use serde_json::Value;

use super::callers::{ALWAYS_OPEN, complaint, greeting, prompt, says};
use super::desk;

const SOON: Duration = Duration::from_mins(1);
/// Words are not what these stories are about.
const DEAF: &str = "[speech]\nengine = \"off\"\n";

async fn world() -> World {
    World::plan().config(ALWAYS_OPEN).config(DEAF).start().await
}

#[tokio::test]
async fn pjsip_hears_the_greeting_and_ends_with_the_hash_key() {
    needs!("pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    let until_the_tone = greeting().length();
    let after_words = until_the_tone + words.length() + Duration::from_secs(1);
    let plan = CallPlan::to(world.sip_uri("support"))
        .says_after(until_the_tone + Duration::from_millis(700), &words)
        .presses_after(after_words, "#");
    let report = hung_up_on(Phone::Pjsip.call(plan).await);
    let heard = &report.heard[0];
    for said in ["ru/welcome", "en/language_hint", "ru/within_30", "ru/after_the_tone"] {
        let likeness = heard.likeness_of(&prompt(said));
        assert!(likeness > 0.8, "she hears {said}: {likeness:.2} of {:?}", heard.length());
    }
    for said in ["ru/thanks", "ru/call_back"] {
        let likeness = heard.likeness_of(&prompt(said));
        assert!(likeness > 0.8, "she is thanked by {said}: {likeness:.2}");
    }
    let call = only_call(&world).await;
    assert_eq!(call["termination"], "message_left/pound");
    assert!(recording(&world, &call).await.likeness_of(&words) > 0.9);
}

#[tokio::test]
async fn key_two_turns_the_line_to_english() {
    needs!("pjsua2");
    let world = world().await;
    let plan = CallPlan::to(world.sip_uri("support"))
        .over(Transport::Tcp)
        .with(Codec::Pcma)
        .presses_after(Duration::from_millis(500), "2")
        // The second key skips the rest of the greeting.
        .presses_after(Duration::from_secs(5), "2")
        .says_after(Duration::from_secs(7), &complaint("en-pricing"));
    let report = hung_up_on(Phone::Pjsip.call(plan).await);
    for said in ["en/welcome", "en/thanks", "en/within_30", "en/call_back"] {
        let likeness = report.heard[0].likeness_of(&prompt(said));
        assert!(likeness > 0.8, "she hears {said}: {likeness:.2}");
    }
    let call = only_call(&world).await;
    let found = (&call["language"], &call["codec"], &call["termination"]);
    assert_eq!(found, (&"en".into(), &"PCMA".into(), &"message_left/silence".into()));
}

#[tokio::test]
async fn baresip_leaves_a_message_by_datagrams_and_by_a_stream() {
    needs!("baresip");
    let world = world().await;
    let words = complaint("en-copy");
    // Two callers: one who called before hears first how it stands with that.
    for (transport, caller) in [(Transport::Udp, "ada"), (Transport::Tcp, "bo")] {
        let plan = says(&world.sip_uri("support"), &words).over(transport).from(caller);
        Phone::Baresip.call(plan).await.expect_completed(1);
    }
    let calls = calls(&world, 2).await;
    for call in &calls {
        assert_eq!(call["termination"], "message_left/caller_hung_up");
        assert!(recording(&world, call).await.likeness_of(&words) > 0.9);
    }
}

#[tokio::test]
async fn ten_callers_at_once_are_all_recorded_whole() {
    needs!("sipp");
    let world = world().await;
    let words = complaint("ru-pricing");
    let plan = says(&world.sip_uri("support"), &words).times(10);
    Phone::Sipp.call(plan).await.expect_completed(10);
    for call in calls(&world, 10).await {
        let kept = recording(&world, &call).await;
        let likeness = kept.likeness_of(&words);
        assert!(likeness > 0.9, "{likeness:.2}: {call}");
        let loudness = kept.loudness() / words.loudness();
        assert!((0.7..1.3).contains(&loudness), "{loudness:.2}: {call}");
        assert!(kept.length() + Duration::from_millis(300) > words.length(), "{call}");
    }
}

#[tokio::test]
async fn who_hangs_up_before_the_tone_leaves_nothing() {
    needs!("sipp", "pjsua2");
    let world = world().await;
    let line = world.sip_uri("support");
    let listens = CallPlan::to(&line).ending(Ending::After(Duration::from_secs(3)));
    Phone::Sipp.call(listens).await.expect_completed(1);
    let nobody = Phone::Pjsip.call(CallPlan::to(world.sip_uri("nobody"))).await;
    assert_eq!((nobody.answered, nobody.refusals), (0, vec![404]), "{}", nobody.output);
    // What comes after shows that everything before was dealt with.
    let words = complaint("en-design");
    Phone::Sipp.call(says(&line, &words)).await.expect_completed(1);
    only_call(&world).await;
    let metrics = world.api().try_get("/metrics").await.expect(200).text;
    let counted = r#"mostik_calls_total{result="no_message",reason="hung_up_before_tone"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn silence_after_speech_ends_the_call_and_silence_alone_is_asked_about() {
    needs!("sipp", "pjsua2");
    let world = world().await;
    let words = complaint("ru-delivery-1");
    let plan = says(&world.sip_uri("support"), &words).ending(Ending::PeerHangsUp);
    hung_up_on(Phone::Sipp.call(plan).await);
    assert_eq!(only_call(&world).await["termination"], "message_left/silence");

    let silent =
        CallPlan::to(world.sip_uri("support")).presses_after(Duration::from_millis(300), "1");
    let report = hung_up_on(Phone::Pjsip.call(silent).await);
    for said in ["ru/nothing_heard", "ru/goodbye_unheard"] {
        let likeness = report.heard[0].likeness_of(&prompt(said));
        assert!(likeness > 0.8, "she is asked by {said}: {likeness:.2}");
    }
    let terminations: Vec<_> =
        calls(&world, 2).await.into_iter().map(|call| call["termination"].clone()).collect();
    assert!(terminations.contains(&"no_message/nothing_said".into()), "{terminations:?}");
}

fn hung_up_on(report: CallReport) -> CallReport {
    assert_eq!((report.answered, report.ended_by_peer), (1, 1), "{}", report.output);
    report
}

async fn only_call(world: &World) -> Value {
    calls(world, 1).await.remove(0)
}

/// All calls that are kept, once there are so many; never more.
async fn calls(world: &World, count: usize) -> Vec<Value> {
    let feedback = desk::all_of(world, count, SOON).await;
    let mut calls = Vec::new();
    for one in feedback {
        let id = one["call"].as_str().expect("a call");
        calls.push(world.api().get(&format!("/api/v1/calls/{id}")).await);
    }
    calls
}

async fn recording(world: &World, call: &Value) -> Sound {
    let url = call["recording"]["url"].as_str().expect("a recording");
    Sound::parse(&desk::bytes(&world.api(), url).await).expect("a WAV file")
}
