//! A caller and those who answer her: led by the line, understood, connected, handed on.

use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::phones::{Answer, CallPlan, Ending, OngoingCall, Phone, Sound};
use mostik_tests::ports::PortBlock;
use mostik_tests::{World, needs};
use serde_json::{Value, json};

use super::callers::{ALWAYS_OPEN, complaint, prompt};
use super::desk;

const SOON: Duration = Duration::from_mins(1);
const HEARD: &str = "Курьер так и не приехал, жду свой заказ уже третий день";

fn speech(recogniser: &OpenAi) -> String {
    recogniser.hears(HEARD);
    format!(
        "[speech]\nengine = \"openai\"\nopenai_url = \"{}\"\nopenai_key = \"{}\"\n",
        recogniser.url(),
        recogniser.key()
    )
}

/// A desk phone at a port of its own.
fn operator(name: &str, port: u16, more: &str) -> String {
    format!(
        "[[phone.operator]]\nname = \"{name}\"\naddress = \"sip:{name}@127.0.0.1:{port}\"\n\
         ring_seconds = 5\n{more}\n"
    )
}

fn line(operators: &str) -> String {
    format!("[[phone.line]]\nnumber = \"support\"\noperators = [{operators}]\n")
}

async fn phone_at(port: u16, answers: impl IntoIterator<Item = Answer>) -> OngoingCall {
    let plan = answers.into_iter().fold(CallPlan::waits_at(port), CallPlan::then_answers);
    let phone = Phone::Pjsip.dial(plan.at_most(Duration::from_mins(2)));
    phone.ready().await;
    phone
}

fn wants_a_person(world: &World) -> CallPlan {
    CallPlan::to(world.sip_uri("support"))
        .from("anna")
        .presses_after(Duration::from_millis(500), "0")
}

async fn newest_call(world: &World, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually("the call to be kept", SOON, async || {
        let calls = world.api().all("/api/v1/calls").await;
        let Some(id) = calls.first().and_then(|call| call["id"].as_str()) else {
            return Err("no call".to_owned());
        };
        let call = world.api().get(&format!("/api/v1/calls/{id}")).await;
        if wanted(&call) { Ok(call) } else { Err(call.to_string()) }
    })
    .await
}

/// The two sides of a recording.
async fn sides(world: &World, call: &Value) -> [Sound; 2] {
    let url = call["recording"]["url"].as_str().expect("a recording");
    let file = desk::bytes(&world.api(), url).await;
    assert_eq!(file[22..24], [2, 0], "two channels");
    let side = |first: usize| {
        let frames = file[44..].chunks_exact(4);
        let samples: Vec<u8> = frames.flat_map(|frame| frame[first..first + 2].to_vec()).collect();
        let mut mono = file[..44].to_vec();
        mono[22..24].copy_from_slice(&1_u16.to_le_bytes());
        mono[32..34].copy_from_slice(&2_u16.to_le_bytes());
        mono[40..44].copy_from_slice(&u32::try_from(samples.len()).expect("short").to_le_bytes());
        Sound::parse(&[mono, samples].concat()).expect("a WAV file")
    };
    [side(0), side(2)]
}

#[tokio::test]
async fn each_side_of_a_conversation_is_kept_and_her_words_become_an_issue() {
    needs!("pjsua2");
    let (recogniser, ports) = (OpenAi::start().await, PortBlock::take());
    let place = ports.single();
    let world = World::plan()
        .config(ALWAYS_OPEN)
        .config(&speech(&recogniser))
        .config("[classifier]\nact = 0.0\nsuggest = 0.0\n")
        .config(&operator("ada", place, ""))
        .config(&line("\"ada\""))
        .start()
        .await;
    let (question, answer) = (complaint("ru-delivery-1"), complaint("ru-pricing"));
    let talk = question.length().max(answer.length()) + Duration::from_secs(1);
    let picks_up = Answer::picks_up().says_after(Duration::from_millis(500), &answer);
    let ada = phone_at(place, [picks_up.hangs_up_after(talk + SOON / 10)]).await;
    let plan = wants_a_person(&world).says_after(Duration::from_secs(4), &question);
    let report = Phone::Pjsip.call(plan.at_most(SOON)).await;
    assert_eq!(report.ended_by_peer, 1, "{}", report.output);
    assert_eq!(ada.over().await.taken, 1);
    let call = newest_call(&world, |call| call["termination"] == "talked/person_hung_up").await;
    let talked = &call["talks"][0];
    assert_eq!(
        (&talked["operator"], call["talks"].as_array().map(Vec::len)),
        (&json!("ada"), Some(1))
    );
    let [hers, adas] = sides(&world, &call).await;
    assert!(hers.likeness_of(&question) > 0.9 && adas.likeness_of(&answer) > 0.9);
    assert!(hers.likeness_of(&answer) < 0.6 && adas.likeness_of(&question) < 0.6);
    assert!(report.heard[0].likeness_of(&answer) > 0.8, "she hears ada");
    assert!(report.heard[0].likeness_of(&prompt("ru/goodbye")) > 0.8);
    let filed = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!((&filed["call"], &filed["text"]), (&call["id"], &json!(HEARD)));
    assert_eq!(filed["promises"][0]["state"], "kept", "a person has answered her");
    world.assert_log_keeps_silent_about(&["anna", "урьер"]);
}

#[tokio::test]
async fn one_key_says_what_it_is_about_and_a_person_s_word_is_certain() {
    needs!("pjsua2");
    let recogniser = OpenAi::start().await;
    let world = World::plan().config(ALWAYS_OPEN).config(&speech(&recogniser)).start().await;
    let words = complaint("ru-delivery-2");
    let said = words.length() + Duration::from_secs(2);
    // The thanks are cut short; then comes what was understood.
    let plan = CallPlan::to(world.sip_uri("support"))
        .from("anna")
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &words)
        .presses_after(said, "#")
        .presses_after(said + Duration::from_secs(1), "#")
        .presses_after(said + Duration::from_secs(4), "2")
        .presses_after(said + Duration::from_secs(6), "3");
    let report = Phone::Pjsip.call(plan).await;
    for heard in ["ru/understood_delivery", "ru/noted", "ru/call_back"] {
        let likeness = report.heard[0].likeness_of(&prompt(heard));
        assert!(likeness > 0.6, "she hears {heard}: {likeness:.2}");
    }
    let feedback = desk::newest_becomes(&world, "filed", SOON).await;
    let named = &feedback["classification"];
    assert_eq!(
        (&named["root_cause"], &named["decided_by"], &named["confidence"]),
        (&json!("copy"), &json!("customer"), &json!(1.0))
    );
    assert_eq!(feedback["owner_team"], "site-editor");
}

#[tokio::test]
async fn what_is_known_is_said_first() {
    needs!("pjsua2", "sipp");
    let recogniser = OpenAi::start().await;
    let world = World::plan()
        .config(ALWAYS_OPEN)
        .config(&speech(&recogniser))
        .config("[classifier]\nact = 0.0\nsuggest = 0.0\n")
        .start()
        .await;
    let first = CallPlan::to(world.sip_uri("support"))
        .from("anna")
        .presses_after(Duration::from_millis(300), "1")
        .says_after(Duration::from_millis(1_500), &complaint("ru-delivery-1"))
        .ending(Ending::AfterSpeech);
    Phone::Pjsip.call(first).await;
    desk::newest_becomes(&world, "filed", SOON).await;
    let outage = world.api().request(reqwest::Method::PUT, "/api/v1/outage");
    world.api().send(outage.json(&json!({}))).await.expect(204);
    let again = CallPlan::to(world.sip_uri("support"))
        .from("anna")
        .ending(Ending::After(Duration::from_secs(24)));
    let report = Phone::Pjsip.call(again).await;
    for heard in ["ru/last_delivery", "ru/state_with_team", "ru/outage", "ru/welcome"] {
        let likeness = report.heard[0].likeness_of(&prompt(heard));
        assert!(likeness > 0.8, "she hears {heard}: {likeness:.2}");
    }
    let stranger = CallPlan::to(world.sip_uri("support"))
        .from("boris")
        .ending(Ending::After(Duration::from_secs(14)));
    let report = Phone::Pjsip.call(stranger).await;
    assert!(report.heard[0].likeness_of(&prompt("ru/welcome")) > 0.8);
    assert!(report.heard[0].likeness_of(&prompt("ru/state_with_team")) < 0.6);
}

#[tokio::test]
async fn a_colleague_takes_over_by_one_key() {
    needs!("pjsua2");
    let ports = PortBlock::take();
    let (ada_s, bo_s) = (ports.single(), ports.single());
    let world = World::plan()
        .config(ALWAYS_OPEN)
        .config("[speech]\nengine = \"off\"\n")
        .config(&[operator("ada", ada_s, ""), operator("bo", bo_s, "")].concat())
        .config(&line("\"ada\", \"bo\""))
        .start()
        .await;
    let words = complaint("ru-pricing");
    let hands_on = Answer::picks_up().presses_after(Duration::from_secs(2), "*");
    let ada = phone_at(ada_s, [hands_on]).await;
    let takes = Answer::picks_up().says_after(Duration::from_secs(1), &words);
    let bo = phone_at(bo_s, [takes.hangs_up_after(words.length() + Duration::from_secs(3))]).await;
    let report = Phone::Pjsip.call(wants_a_person(&world).at_most(SOON)).await;
    assert!(report.heard[0].likeness_of(&words) > 0.8, "{}", report.output);
    assert_eq!((ada.over().await.taken, bo.over().await.taken), (1, 1));
    let call = newest_call(&world, |call| call["termination"] == "talked/person_hung_up").await;
    let talked: Vec<&Value> =
        call["talks"].as_array().expect("talks").iter().map(|talk| &talk["operator"]).collect();
    assert_eq!(talked, ["ada", "bo"]);
    let [_, theirs] = sides(&world, &call).await;
    assert!(theirs.likeness_of(&words) > 0.9);
}

#[tokio::test]
async fn she_keeps_her_place_and_is_called_in_her_turn_after_a_crash_too() {
    needs!("pjsua2");
    let ports = PortBlock::take();
    let place = ports.single();
    let mut world = World::plan()
        .config(ALWAYS_OPEN)
        .config("[speech]\nengine = \"off\"\n[call_back]\nenabled = true\nring_seconds = 10\n")
        .config(&operator("ada", place, ""))
        .config(&line("\"ada\""))
        .start()
        .await;
    let ada = phone_at(place, [Answer::with_status(486)]).await;
    let plan = wants_a_person(&world)
        .presses_after(Duration::from_secs(4), "1")
        .then_answers(Answer::picks_up())
        .at_most(Duration::from_mins(2));
    let anna = Phone::Pjsip.dial(plan);
    let kept = newest_call(&world, |call| call["termination"] == "talked/place_kept").await;
    assert_eq!(kept["waited"]["ended"], "call_back", "{kept}");
    ada.over().await;
    world.kill_nine();
    world.restart().await;
    let words = complaint("ru-pricing");
    let says = Answer::picks_up().says_after(Duration::from_secs(9), &words);
    let ada =
        phone_at(place, [says.hangs_up_after(words.length() + Duration::from_secs(10))]).await;
    let report = anna.over().await;
    assert_eq!((report.called, report.taken), (1, 1), "{}", report.output);
    for heard in [prompt("ru/your_turn"), words] {
        let likeness = report.heard_answering[0].likeness_of(&heard);
        assert!(likeness > 0.8, "she hears why she is called, and ada: {likeness:.2}");
    }
    assert_eq!(ada.over().await.taken, 1);
    let call = newest_call(&world, |call| call["termination"] == "talked/person_hung_up").await;
    let places = world.api().get("/api/v1/phone").await["call_backs"].clone();
    assert_eq!(places, json!([]), "nothing is left to be done");
    assert_eq!(call["direction"], "outgoing", "{call}");
}

#[tokio::test]
async fn a_pbx_takes_the_call_over_when_it_should_keep_it() {
    needs!("pjsua2");
    let ports = PortBlock::take();
    let place = ports.single();
    let world = World::plan()
        .config(ALWAYS_OPEN)
        .config("[speech]\nengine = \"off\"\n")
        .config(&operator("ada", place, "hand_over = \"refer\""))
        .config(&line("\"ada\""))
        .start()
        .await;
    let short = Answer::picks_up().hangs_up_after(Duration::from_secs(2));
    let ada = phone_at(place, [short]).await;
    let anna = Phone::Pjsip.dial(wants_a_person(&world).at_most(SOON / 2));
    let call = newest_call(&world, |call| call["termination"] == "talked/sent_on").await;
    assert_eq!(call["talks"][0]["operator"], "ada");
    assert_eq!(call["recording"], Value::Null, "what the PBX carries is not recorded here");
    assert_eq!(ada.over().await.taken, 1);
    anna.over().await;
}

#[tokio::test]
async fn who_is_away_is_not_rung_and_she_hears_that_honestly() {
    needs!("pjsua2");
    let ports = PortBlock::take();
    let place = ports.single();
    let world = World::plan()
        .config(ALWAYS_OPEN)
        .config("[speech]\nengine = \"off\"\n")
        .config(&operator("ada", place, ""))
        .config(&line("\"ada\""))
        .start()
        .await;
    let away = world.api().request(reqwest::Method::PUT, "/api/v1/presence");
    let body = json!({"operator": "ada", "presence": "away"});
    world.api().send(away.json(&body)).await.expect(200);
    let plan = wants_a_person(&world).ending(Ending::After(Duration::from_secs(16)));
    let report = Phone::Pjsip.call(plan).await;
    for heard in ["ru/nobody_away", "ru/within_30", "ru/after_the_tone"] {
        let likeness = report.heard[0].likeness_of(&prompt(heard));
        assert!(likeness > 0.8, "she hears {heard}: {likeness:.2}");
    }
}
