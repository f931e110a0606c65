//! THE story: a customer calls, and the team that owns the cause has an issue.

use std::time::Duration;

use mostik_tests::phones::{Phone, Sound, Transport};
use mostik_tests::{World, needs};
use serde_json::Value;

use super::callers::{ALWAYS_OPEN, complaint, says};
use super::desk;

/// Recognition shares the machine with all other tests.
const SOON: Duration = Duration::from_mins(3);

#[tokio::test]
async fn a_call_becomes_an_issue() {
    needs!("sipp", "whisper-base");
    let world = World::plan().speech().config(ALWAYS_OPEN).start().await;
    let line = world.sip_uri("support");

    // Anna calls, hears the greeting, says that the courier never came, and hangs up.
    let words = complaint("ru-delivery-1");
    Phone::Sipp.call(says(&line, &words).from("anna")).await.expect_completed(1);

    let anna = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!(anna["channel"], "phone");
    assert_eq!(anna["classification"]["root_cause"], "delivery");
    assert_eq!(anna["owner_team"], "logistics");
    let heard = anna["text"].as_str().expect("her words").to_lowercase();
    assert!(heard.contains("курьер") && heard.contains("заказ"), "{heard}");

    // A stranger in logistics understands at once, and learns nothing about her.
    let issue = desk::board_issue(&world, &anna).await;
    for part in ["курьер", "1 обращение", "Ближайший ответ клиенту", "Все обращения и записи"]
    {
        assert!(issue.contains(part), "«{part}» is missing in\n{issue}");
    }
    let problem = anna["problem"].as_str().expect("a problem");
    assert!(issue.contains(&format!("/desk/problems/{problem}")), "{issue}");
    assert!(!issue.contains("anna"), "{issue}");
    assert_eq!(desk::markers_on_the_board(&world).await, [format!("<!-- mostik:{problem} -->")]);
    world.assert_log_keeps_silent_about(&["anna", "урьер", "заказ"]);

    // Her voice can be listened to, also from the middle.
    assert!(recording(&world, &anna).await.likeness_of(&words) > 0.9);

    // Boris calls about the same by TCP: the same issue counts two.
    let again = complaint("ru-delivery-2");
    let call = says(&line, &again).over(Transport::Tcp).from("boris");
    Phone::Sipp.call(call).await.expect_completed(1);
    let boris = desk::newest_other_becomes(&world, &anna, "filed", SOON).await;
    assert_eq!((&boris["problem"], &boris["issue"]), (&anna["problem"], &anna["issue"]));
    let issue = desk::board_issue(&world, &anna).await;
    assert!(issue.contains("2 обращения, клиентов: 2"), "{issue}");
    assert_eq!(desk::markers_on_the_board(&world).await.len(), 1);
    assert!(recording(&world, &boris).await.likeness_of(&again) > 0.9);
}

/// Fetches the audio whole and from the middle.
async fn recording(world: &World, feedback: &Value) -> Sound {
    let call = world.api().get(&format!("/api/v1/calls/{}", text(feedback, "call"))).await;
    assert_eq!(call["termination"], "message_left/caller_hung_up");
    let url = text(&call["recording"], "url");
    let whole = desk::bytes(&world.api(), url).await;
    let half = whole.len() / 2;
    let rest = desk::bytes(&world.api().with_header("range", &format!("bytes={half}-")), url).await;
    assert_eq!(rest, whole[half..]);
    Sound::parse(&whole).expect("a WAV file")
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}
