//! Mostik rings whoever called: tells her the news, asks whether it is solved, and hears why not.

use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::phones::{Answer, CallPlan, OngoingCall, Phone, Sound};
use mostik_tests::{World, needs};
use serde_json::Value;

use super::callers::{ALWAYS_OPEN, complaint, greeting, prompt};
use super::desk;

const SOON: Duration = Duration::from_mins(1);
const HEARD: &str = "Курьер так и не приехал, жду свой заказ уже третий день";

/// What stands in for the recogniser, and a Mostik that calls back.
async fn world(recogniser: &OpenAi, call_back: &str) -> World {
    recogniser.hears(HEARD);
    let speech = format!(
        "[speech]\nengine = \"openai\"\nopenai_url = \"{}\"\nopenai_key = \"{}\"\n\
         [classifier]\nact = 0.0\nsuggest = 0.0\n",
        recogniser.url(),
        recogniser.key()
    );
    let call_back = format!("[call_back]\nenabled = true\nring_seconds = 5\n{call_back}\n");
    World::plan().config(ALWAYS_OPEN).config(&speech).config(&call_back).start().await
}

/// Anna complains, and stays at her phone for what comes.
fn anna(world: &World, answers: impl IntoIterator<Item = Answer>) -> OngoingCall {
    let words = complaint("ru-delivery-1");
    let plan = CallPlan::to(world.sip_uri("support"))
        .from("anna")
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &words)
        .presses_after(words.length() + Duration::from_secs(2), "#")
        .at_most(Duration::from_mins(3));
    Phone::Pjsip.dial(answers.into_iter().fold(plan, CallPlan::then_answers))
}

/// The team fixes what she complained of.
async fn fixed(world: &World) -> Value {
    let filed = desk::newest_becomes(world, "filed", SOON).await;
    let url = filed["issue"]["url"].as_str().expect("an address");
    let path = url.strip_prefix(&world.web_url()).expect("a page of this desk");
    world.api().post_form(&format!("{path}/done"), &[]).await;
    filed
}

/// Waits until a notice of this feedback is so.
async fn notice_becomes(world: &World, id: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let id = id.as_str().expect("an id");
    eventually("the news of the fix to get there", SOON, async || {
        let feedback = world.feedback(id).await;
        let notices = feedback["notices"].as_array().cloned().unwrap_or_default();
        match notices.iter().find(|notice| notice["kind"] == "fixed") {
            Some(notice) if wanted(notice) => Ok(notice.clone()),
            _ => Err(feedback.to_string()),
        }
    })
    .await
}

fn hears(report: &Sound, said: &str) {
    let likeness = report.likeness_of(&prompt(said));
    assert!(likeness > 0.8, "she hears {said}: {likeness:.2} of {:?}", report.length());
}

#[tokio::test]
async fn she_hears_the_news_and_says_that_it_is_solved() {
    needs!("pjsua2");
    let recogniser = OpenAi::start().await;
    let world = world(&recogniser, "").await;
    let question =
        ["we_call_back", "about_delivery", "news_fixed"].map(|name| prompt(&format!("ru/{name}")));
    let question = question.iter().fold(Duration::ZERO, |sum, said| sum + said.length());
    let yes = Answer::picks_up().presses_after(question + Duration::from_secs(2), "1");
    let phone = anna(&world, [yes]);
    let feedback = fixed(&world).await;
    notice_becomes(&world, &feedback["id"], |notice| notice["state"] == "sent").await;
    let report = phone.over().await;
    assert_eq!((report.called, report.taken), (1, 1), "{}", report.output);
    let heard = &report.heard_answering[0];
    for said in ["ru/we_call_back", "ru/about_delivery", "ru/news_fixed", "ru/glad"] {
        hears(heard, said);
    }
    let feedback = world.feedback(feedback["id"].as_str().expect("an id")).await;
    assert_eq!(feedback["state"], "resolved");
    assert!(feedback.to_string().contains("По телефону: да"), "{feedback}");
    world.assert_log_keeps_silent_about(&["anna", "урьер"]);
}

#[tokio::test]
async fn she_says_no_and_why_and_it_is_taken_up_again() {
    needs!("pjsua2");
    let recogniser = OpenAi::start().await;
    let world = world(&recogniser, "").await;
    let words = complaint("ru-delivery-2");
    // Keys go through what is said: greeting, news, question; then the invitation to speak.
    let no = Answer::picks_up()
        .presses_after(Duration::from_secs(1), "5")
        .presses_after(Duration::from_secs(2), "5")
        .presses_after(Duration::from_secs(3), "2")
        .presses_after(Duration::from_secs(4), "5")
        .says_after(Duration::from_secs(6), &words)
        .presses_after(Duration::from_secs(7) + words.length(), "#");
    let phone = anna(&world, [no]);
    let first = fixed(&world).await;
    let again = desk::newest_other_becomes(&world, &first, "filed", SOON * 2).await;
    phone.over().await;
    let first = world.feedback(first["id"].as_str().expect("an id")).await;
    assert_eq!(
        (&first["state"], &first["review_reason"]),
        (&"needs_review".into(), &"not_solved".into())
    );
    assert_eq!(again["customer"], first["customer"], "the same Anna");
    let call = world
        .api()
        .get(&format!("/api/v1/calls/{}", again["call"].as_str().expect("a call")))
        .await;
    assert_eq!(call["termination"], "message_left/pound");
    let url = call["recording"]["url"].as_str().expect("a recording");
    let kept = Sound::parse(&desk::bytes(&world.api(), url).await).expect("a WAV file");
    assert!(kept.likeness_of(&words) > 0.9);
}

#[tokio::test]
async fn who_does_not_answer_is_tried_again_and_the_end_is_said() {
    needs!("pjsua2");
    let recogniser = OpenAi::start().await;
    let world = world(&recogniser, "attempts_after_minutes = [0, 0, 0]").await;
    let phone = anna(&world, [Answer::rings(), Answer::with_status(486), Answer::with_status(603)]);
    let feedback = fixed(&world).await;
    let notice =
        notice_becomes(&world, &feedback["id"], |notice| notice["state"] == "undeliverable").await;
    assert_eq!(phone.over().await.called, 3, "{notice}");
}

#[tokio::test]
async fn a_crash_during_the_call_is_told_and_never_hidden() {
    needs!("pjsua2");
    let recogniser = OpenAi::start().await;
    let mut world = world(&recogniser, "attempts_after_minutes = [0, 0]").await;
    let answers = [Answer::picks_up(), Answer::with_status(486)];
    let phone = anna(&world, answers);
    let feedback = fixed(&world).await;
    notice_becomes(&world, &feedback["id"], |notice| !notice["calls"]["calling_since"].is_null())
        .await;
    // The gateway notes a call as soon as it is answered.
    eventually("the call to be answered", SOON, async || {
        let notes = std::fs::read_dir(world.data().join("recordings")).into_iter().flatten();
        let noted = notes.flatten().any(|it| it.path().extension().is_some_and(|e| e == "json"));
        if noted { Ok(()) } else { Err("no note of the call") }
    })
    .await;
    world.kill_nine();
    world.restart().await;
    let notice =
        notice_becomes(&world, &feedback["id"], |notice| notice["state"] == "undeliverable").await;
    assert!(world.log().contains("perhaps called twice"), "{notice}");
    // The first call stands in the list of calls, cut short.
    let calls = world.api().all("/api/v1/calls").await;
    assert!(calls.iter().any(|call| call["termination"] == "no_message/interrupted"), "{calls:?}");
    drop(phone);
}

#[tokio::test]
async fn numbers_that_nobody_vouches_for_are_left_to_a_person() {
    needs!("sipp");
    let recogniser = OpenAi::start().await;
    let world = world(&recogniser, "allowed_prefixes = [\"+7\"]").await;
    // A premium-rate number in From: called back, it would cost us money.
    let words = complaint("ru-delivery-1");
    let plan = CallPlan::to(world.sip_uri("support"))
        .from("+19005550100")
        .says_after(greeting().length() + Duration::from_millis(700), &words)
        .ending(mostik_tests::phones::Ending::AfterSpeech);
    Phone::Sipp.call(plan).await.expect_completed(1);
    let feedback = fixed(&world).await;
    let notice =
        notice_becomes(&world, &feedback["id"], |notice| notice["state"] == "awaiting_call").await;
    assert_eq!((&notice["calls"]["made"], &notice["calls"]["next_at"]), (&0.into(), &Value::Null));
    assert!(world.log().contains("cost more than a call"));
}
