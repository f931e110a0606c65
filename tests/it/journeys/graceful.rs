//! Told to stop, Mostik lets people finish and puts everything in its place.

use std::time::{Duration, Instant};

use mostik_tests::eventually::{eventually, eventually_true};
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::needs::say;
use mostik_tests::phones::{CallPlan, Ending, Phone, Sound};
use mostik_tests::{World, needs};

use super::callers::complaint;
use super::desk;

const SOON: Duration = Duration::from_secs(40);
/// What the issue asks for, of a build without optimisation.
const START: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_call_in_progress_may_end_and_is_kept() {
    needs!("pjsua2");
    let mut world = World::with("[speech]\nengine = \"off\"\n").await;
    let words = complaint("ru-delivery-1");
    let plan = CallPlan::to(world.sip_uri("support"))
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &words)
        .ending(Ending::AfterSpeech);
    let call = Phone::Pjsip.dial(plan);
    desk::recording_grows_beyond(&world, 4 * 16_000).await;
    world.stop().await;
    call.over().await.expect_completed(1);

    world.restart().await;
    let kept = desk::newest_becomes(&world, "needs_review", SOON).await;
    let url = format!("/api/v1/calls/{}/recording", kept["call"].as_str().expect("a call"));
    let kept = Sound::parse(&desk::bytes(&world.api(), &url).await).expect("a WAV file");
    assert!(kept.likeness_of(&words) > 0.9, "{:?} are kept", kept.length());
}

#[tokio::test]
async fn a_job_in_hand_is_given_back() {
    needs!("pjsua2", "postgres");
    let recogniser = OpenAi::start().await;
    recogniser.hears("Курьер так и не приехал, жду свой заказ уже третий день");
    recogniser.trouble("/audio/transcriptions", Fault::Silence, 1);
    let (url, key) = (recogniser.url(), recogniser.key());
    let speech =
        format!("[speech]\nengine = \"openai\"\nopenai_url = \"{url}\"\nopenai_key = \"{key}\"");
    let mut world = World::plan().postgres().config(&speech).start().await;
    let plan = CallPlan::to(world.sip_uri("support"))
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &complaint("ru-delivery-1"))
        .ending(Ending::AfterSpeech);
    Phone::Pjsip.call(plan).await.expect_completed(1);
    eventually("the recogniser to be asked", SOON, async || {
        if recogniser.uploads().is_empty() { Err("not yet") } else { Ok(()) }
    })
    .await;
    world.stop().await;

    // A lease that was kept would hold the job for more than five minutes.
    world.restart().await;
    desk::newest_becomes(&world, "filed", SOON).await;
}

#[tokio::test]
async fn starting_takes_less_than_three_seconds() {
    let mut world = World::start().await;
    world.stop().await;
    let began = Instant::now();
    world.restart().await;
    let took = began.elapsed();
    say(&format!("a start took {} ms", took.as_millis()));
    assert!(took < START, "{took:?}");
    eventually_true("jobs to be counted, none too", SOON, async || {
        let metrics = world.api().try_get("/metrics").await.expect(200).text;
        metrics.contains(r#"mostik_jobs{step="file",state="dead"} 0"#)
    })
    .await;
    for part in
        ["Call   sip:support@", "Write  http://", "Look   http://", "Sign in, once: http://"]
    {
        assert!(world.log().contains(part), "«{part}» is missing");
    }
}

#[tokio::test]
async fn ctrl_c_ends_it_as_well() {
    let mut world = World::start().await;
    let id = world.writes("The courier never came and my parcel is still not here").await;
    world.signal("INT");
    world.ended().await;
    world.restart().await;
    world.feedback_becomes(&id, "filed", SOON).await;
}
