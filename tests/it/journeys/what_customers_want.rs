//! Praise is thanked for and kept, an offer goes to the management, a question
//! to an operator, and what is urgent comes first.

use std::time::Duration;

use mostik_tests::World;
use serde_json::{Value, json};

use super::desk;

const SOON: Duration = Duration::from_secs(30);

fn notice(feedback: &Value, kind: &str) -> String {
    let notices = feedback["notices"].as_array().expect("notices");
    let told = notices.iter().find(|notice| notice["kind"] == kind);
    told.and_then(|told| told["text"].as_str()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn praise_is_thanked_for_and_never_filed() {
    let world = World::start().await;
    for (text, thanks, silent) in [
        (
            "Спасибо огромное девушке из поддержки, всё объяснила и помогла!",
            "Спасибо за тёплые слова",
            ["причин", "просим прощения"],
        ),
        (
            "Thank you so much, the courier was wonderful, you are the best!",
            "Thank you for your kind words",
            ["sorry", "the cause"],
        ),
    ] {
        let id = world.writes(text).await;
        let kept = world.feedback_becomes(&id, "answered", SOON).await;
        assert_eq!(kept["classification"]["kind"], "thanks", "{kept}");
        let told = notice(&kept, "received");
        assert!(told.contains(thanks), "{told}");
        assert!(!silent.iter().any(|word| told.contains(word)), "{told}");
        // The thanks were the answer: nobody owes her another one.
        assert_eq!(kept["promises"][0]["state"], "kept", "{kept}");
        assert_eq!(kept["owner_team"], Value::Null);
        let listed = world.api().all("/api/v1/feedback?kind=thanks").await;
        assert!(listed.iter().any(|one| one["id"] == kept["id"]));
    }
    // A complaint that comes later is filed, so nothing before it is still on its way.
    let complaint = world.writes("Курьер опоздал на три дня, а заказ так и не привезли").await;
    world.feedback_becomes(&complaint, "filed", SOON).await;
    assert_eq!(desk::markers_on_the_board(&world).await.len(), 1);
}

#[tokio::test]
async fn offers_go_to_the_management_each_on_its_own() {
    let world = World::start().await;
    let text =
        "Предлагаем сотрудничество: мы производим упаковку и ищем партнёров. Тел. +7 912 345-67-89";
    let first = world.writes(text).await;
    let first = world.feedback_becomes(&first, "filed", SOON).await;
    let second = world.writes(text).await;
    let second = world.feedback_becomes(&second, "filed", SOON).await;
    assert_eq!(first["owner_team"], "management");
    assert_ne!(first["problem"], second["problem"], "two companies, two offers");
    let told = notice(&first, "received");
    assert!(told.contains("передадим его руководству") && !told.contains("причин"), "{told}");
    let issue = desk::board_issue(&world, &first).await;
    assert!(issue.contains("Предложение о сотрудничестве") && issue.contains("Что предлагают"));
    assert!(!issue.contains("345-67-89"), "{issue}");
}

#[tokio::test]
async fn without_a_team_for_offers_a_person_gets_them() {
    let world = World::with(
        "[[owner]]\nteam = \"logistics\"\nroot_causes = [\"delivery\", \"other\"]\nkinds = []\n\
         language = \"ru\"\ntracker = \"board\"\nproject = \"\"\nlabels = []\nassignees = []\n",
    )
    .await;
    let id = world.writes("Предлагаем сотрудничество: мы производим упаковку.").await;
    let waits = world.feedback_becomes(&id, "needs_review", SOON).await;
    assert_eq!(waits["review_reason"], "unrouted");
}

#[tokio::test]
async fn a_question_goes_to_an_operator_who_answers_it() {
    let world = World::start().await;
    let id = world.writes("Здравствуйте, подскажите, до скольки вы работаете в субботу?").await;
    let asked = world.feedback_becomes(&id, "needs_review", SOON).await;
    assert_eq!(asked["review_reason"], "question");
    let told = notice(&asked, "received");
    assert!(told.contains("Спасибо за вопрос") && !told.contains("устранить"), "{told}");
    let answer = json!({ "answer": "До восьми вечера." });
    world.api().patch(&format!("/api/v1/feedback/{id}"), &answer).await.expect(200);
    let answered = world.feedback_becomes(&id, "answered", SOON).await;
    assert_eq!(answered["promises"][0]["state"], "kept");
}

#[tokio::test]
async fn what_is_urgent_is_told_and_numbers_stay_inside() {
    let world = World::start().await;
    let text = "Курьер не приехал, в заказе № 48120377 инсулин для ребёнка, он кончился. Доставку обещали вчера!";
    let id = world.writes(text).await;
    let filed = world.feedback_becomes(&id, "filed", SOON).await;
    let named = &filed["classification"];
    assert_eq!(named["criticality"], "critical", "{named}");
    assert_eq!(named["mentions"], json!([{ "what": "order", "text": "48120377" }]));
    let issue = desk::board_issue(&world, &filed).await;
    assert!(issue.contains("Срочность") && issue.contains("критическая"), "{issue}");
    assert!(!issue.contains("48120377"), "{issue}");
    world.assert_log_keeps_silent_about(&["48120377", "инсулин"]);
}
