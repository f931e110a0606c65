//! No recogniser, or none yet: a call waits in sight of a person, with its audio, and is lost to
//! nobody.

use std::time::Duration;

use mostik_tests::eventually::eventually_true;
use mostik_tests::needs::speech_models;
use mostik_tests::phones::{CallPlan, Ending, Phone};
use mostik_tests::{World, needs};
use serde_json::{Value, json};

use super::callers::complaint;
use super::desk;

const SOON: Duration = Duration::from_mins(1);
/// Recognition shares the machine with all other tests.
const RECOGNISED: Duration = Duration::from_mins(3);

#[tokio::test]
async fn an_operator_types_what_was_said() {
    needs!("pjsua2");
    let world = World::with("[speech]\nengine = \"off\"\n").await;
    let waiting = complains(&world).await;
    let call = waiting["call"].as_str().expect("a call");
    let audio = format!("/api/v1/calls/{call}/recording");
    assert!(desk::bytes(&world.api(), &audio).await.len() > 5 * 16_000);

    let path = format!("/api/v1/feedback/{}", waiting["id"].as_str().expect("an id"));
    let types = async |text: &str| world.api().patch(&path, &json!({ "text": text })).await;
    types("  ").await.expect(400);
    types("Курьер не приехал, жду свой заказ уже три дня").await.expect(200);
    let filed = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!(filed["owner_team"], "logistics");
    assert!(desk::board_issue(&world, &filed).await.contains("Курьер не приехал"));
    let details = world.api().get(&path).await;
    assert_eq!(details["transcript"]["by"], "API");
}

#[tokio::test]
async fn a_call_is_worked_off_when_the_model_arrives() {
    needs!("pjsua2", "whisper-base");
    let world = World::start().await;
    complains(&world).await;
    let models = world.data().join("models");
    eventually_true("the folder of models to be free", SOON, async || {
        !models.exists() || std::fs::remove_dir_all(&models).is_ok()
    })
    .await;
    std::os::unix::fs::symlink(speech_models(), &models).expect("the models appear");
    let filed = desk::newest_becomes(&world, "filed", RECOGNISED).await;
    assert!(filed["text"].as_str().expect("words").contains("урьер"), "{filed}");
}

/// Calls and says what happened; the call waits for a person.
async fn complains(world: &World) -> Value {
    let plan = CallPlan::to(world.sip_uri("support"))
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &complaint("ru-delivery-1"))
        .ending(Ending::AfterSpeech);
    Phone::Pjsip.call(plan).await.expect_completed(1);
    let waiting = desk::newest_becomes(world, "needs_review", SOON).await;
    assert_eq!(
        (&waiting["review_reason"], &waiting["text"]),
        (&json!("no_transcript"), &Value::Null)
    );
    waiting
}
