//! Killed at the worst moments, chosen by hand.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::github::GitHub;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::phones::{CallPlan, Ending, Phone};
use mostik_tests::{World, needs};

use super::{HEARD, REPOSITORY, config};
use crate::journeys::callers::complaint;
use crate::journeys::desk;
use mostik_tests::eventually::eventually_true;

const SOON: Duration = Duration::from_secs(40);

#[tokio::test]
async fn killed_between_github_s_creating_and_our_storing() {
    let (github, recogniser) = (GitHub::start(&[REPOSITORY]).await, OpenAi::start().await);
    let mut world = World::with(&config(&github, &recogniser)).await;
    github.trouble("POST", "/issues", Fault::Silence, 1);
    let id = world.writes("The courier never came and my parcel is still not here").await;
    eventually_true("GitHub to have the issue", SOON, async || {
        github.issues(REPOSITORY).len() == 1
    })
    .await;
    world.kill_nine();
    world.restart().await;
    let feedback = world.feedback_becomes(&id, "filed", SOON).await;
    assert_eq!(github.issues(REPOSITORY).len(), 1, "found by its marker");
    assert_eq!(feedback["issue"]["key"], "1");
}

#[tokio::test]
async fn a_call_that_was_killed_keeps_its_words_up_to_the_last_second() {
    needs!("pjsua2");
    let (github, recogniser) = (GitHub::start(&[REPOSITORY]).await, OpenAi::start().await);
    recogniser.hears(HEARD);
    let mut world = World::with(&config(&github, &recogniser)).await;
    let words = complaint("ru-delivery-1");
    let plan = CallPlan::to(world.sip_uri("support"))
        .presses_after(Duration::from_millis(200), "1")
        .says_after(Duration::from_secs(1), &words)
        .ending(Ending::AfterSpeech)
        .at_most(Duration::from_secs(25));
    let call = Phone::Pjsip.dial(plan);
    // Five seconds of sound at 8000 samples of two bytes.
    desk::recording_grows_beyond(&world, 5 * 16_000).await;
    world.kill_nine();
    let died = Timestamp::now();
    world.restart().await;

    let feedback = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!((&feedback["text"], &feedback["state"]), (&HEARD.into(), &"filed".into()));
    let id = feedback["call"].as_str().expect("a call");
    let kept = world.api().get(&format!("/api/v1/calls/{id}")).await;
    assert_eq!(kept["termination"], "message_left/interrupted");
    let milliseconds = kept["recording"]["milliseconds"].as_i64().expect("a length");
    let tone = SignedDuration::from_millis(600);
    let spoken = died.duration_since(desk::moment(&kept["tone_at"])) - tone;
    assert!(milliseconds >= 4_900, "{kept}");
    assert!(spoken.as_millis() - i128::from(milliseconds) <= 1_000, "{spoken:?} of {kept}");
    assert_eq!(world.all_feedback().await.len(), 1);
    call.over().await;
}
