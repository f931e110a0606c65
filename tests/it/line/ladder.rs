//! Every call explains itself.

use std::time::Duration;

use mostik_tests::phones::{CallPlan, Ending, KeyWay, Phone};
use mostik_tests::world::run;
use mostik_tests::{World, needs};

use super::{DEAF, newest_call, recording};
use crate::journeys::callers::{ALWAYS_OPEN, complaint};

#[tokio::test]
async fn a_held_call_with_keys_by_info_tells_its_whole_story() {
    needs!("pjsua2");
    let world = World::plan().config(ALWAYS_OPEN).config(DEAF).start().await;
    let words = complaint("ru-delivery-1");
    let before = Duration::from_secs(3);
    let plan = CallPlan::to(world.sip_uri("support"))
        .from("+74951112233")
        .keys_by(KeyWay::Info)
        .presses_after(Duration::from_millis(500), "1")
        .says_after(before, &words)
        .holds(before + words.length() + Duration::from_millis(200), Duration::from_millis(600))
        .presses_after(before + words.length() + Duration::from_millis(1_200), "#");
    let report = Phone::Pjsip.call(plan).await;
    assert_eq!(report.answered, 1, "{}", report.output);
    let call = newest_call(&world).await;
    assert_eq!(call["termination"], "message_left/pound", "{call}");
    assert_eq!(call["keys"], 2);
    assert!(recording(&world, &call).await.likeness_of(&words) > 0.9);
    let audio = &call["audio"];
    assert!(audio["packets_in"].as_u64() > Some(100) && audio["lost_in"] == 0, "{audio}");
    assert!(audio["level_in"].as_i64() > Some(-50) && audio["level_out"].as_i64() > Some(-50));

    let id = call["id"].as_str().expect("an id");
    let (config, data) = (world.config_file(), world.data());
    let (config, data) = (config.to_string_lossy(), data.to_string_lossy());
    let shown = run(&["call", "show", id, "--config", &config, "--data", &data], "").await;
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let page = world.api().try_get(&format!("/desk/calls/{id}?lang=en")).await.expect(200).text;
    for told in [&shown, &page] {
        for part in ["INVITE sip:", "INFO sip:", "a=sendonly", "200 OK", "BYE sip:"] {
            assert!(told.contains(part), "«{part}» is missing in\n{told}");
        }
    }
    let ladder = call["ladder"].to_string();
    assert!(!ladder.contains("74951112233"), "the ladder names nobody: {ladder}");
}

#[tokio::test]
async fn a_refused_call_says_why() {
    needs!("pjsua2");
    let world = World::with(DEAF).await;
    let plan = CallPlan::to(world.sip_uri("sales")).ending(Ending::After(Duration::from_secs(1)));
    let refused = Phone::Pjsip.call(plan).await;
    assert_eq!(refused.refusals, [404], "{}", refused.output);
    let call = newest_call(&world).await;
    assert_eq!(call["termination"], "not_answered/unknown_line");
    let page = world.api().try_get("/desk/calls?lang=ru").await.expect(200).text;
    assert!(page.contains("отказ: такого номера здесь нет"), "{page}");
}
