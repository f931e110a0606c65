//! Written by the web: answered at once, routed after that, corrected by a person where unsure.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::world::Answer;
use serde_json::{Value, json};

use super::desk;

const SOON: Duration = Duration::from_secs(30);
const LATE_COURIER: &str = "Курьер опоздал на три дня, а заказ так и не привезли";

#[tokio::test]
async fn a_message_is_answered_first_and_routed_then() {
    let world = World::start().await;
    let message = json!({ "text": "The courier never came and my parcel is still not here" });
    let answer = world.public().post("/api/v1/messages", &message).await.expect(202).json();
    let promise = answer["promise"]["text"].as_str().expect("a promise");
    assert!(promise.starts_with("We will answer you"), "{promise}");
    assert_eq!(answer["promise"]["what"], "first_answer");

    let id = answer["feedback"].as_str().expect("an id");
    let feedback = world.feedback_becomes(id, "filed", SOON).await;
    assert_eq!(feedback["language"], "en");
    assert_eq!(feedback["reference"], answer["reference"]);
    assert_eq!(feedback["owner_team"], "logistics");

    // Named, told, and only then given to a team.
    let told = &feedback["notices"][0];
    assert_eq!((&told["kind"], &told["state"]), (&json!("received"), &json!("posted")));
    let problem = desk::problem_of(&world, &feedback).await;
    let moments = [
        &feedback["captured_at"],
        &feedback["classification"]["at"],
        &told["told_at"],
        &problem["opened_at"],
        &feedback["updated_at"],
    ];
    let moments = moments.map(desk::moment);
    assert!(moments.is_sorted(), "{moments:?}");

    // Her own page says what was promised, in her language, without a sign-in.
    let page = own_page(&world, &answer).await;
    for part in ["The courier never came", "Thank you for telling us", "we will answer"] {
        assert!(page.contains(part), "«{part}» is missing in\n{page}");
    }
}

#[tokio::test]
async fn the_form_speaks_both_languages_and_needs_no_script() {
    let world = World::start().await;
    for (language, greeting, text) in [
        ("ru", "Здравствуйте, Ольга!", LATE_COURIER),
        ("en", "Hello Ольга,", "The courier never came and my parcel is lost"),
    ] {
        let browser = world.public().with_header("accept-language", language);
        let form = browser.try_get("/").await.expect(200).text;
        let key = form.split(r#"name="key" value=""#).nth(1).expect("a key of its own");
        let key = key.split('"').next().expect("its end");
        let fields = [("key", key), ("text", text), ("name", "Ольга")];

        // The browser is led to her own page; pressing twice changes nothing.
        let first = browser.post_form("/", &fields).await.expect(200).text;
        assert!(first.contains(text), "{first}");
        browser.post_form("/", &fields).await.expect(200);
        let feedback = desk::newest_becomes(&world, "filed", SOON).await;
        assert_eq!(feedback["language"], language);
        let told = feedback["notices"][0]["text"].as_str().expect("what she was told");
        assert!(told.starts_with(greeting), "{told}");
    }
    assert_eq!(world.all_feedback().await.len(), 2);
    let empty = [("text", "  "), ("key", "k-1")];
    let refused = world.public().post_form("/", &empty).await.expect(400).text;
    assert!(refused.contains("role=\"alert\""), "{refused}");
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_the_same_message() {
    let world = World::start().await;
    let sender = world.public().with_header("idempotency-key", "one-and-only");
    let send = async |text: &str| sender.post("/api/v1/messages", &json!({ "text": text })).await;
    let (first, again) = tokio::join!(send(LATE_COURIER), send(LATE_COURIER));
    let (first, again) = (first.expect(202).json(), again.expect(202).json());
    assert_eq!(first, again);
    send("Совсем другие слова").await.expect(422);
    desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!(world.all_feedback().await.len(), 1);
}

#[tokio::test]
async fn an_unsure_cause_waits_for_a_person_who_corrects_it() {
    let world = World::start().await;
    let id = world.writes("Что-то не так").await;
    let waiting = world.feedback_becomes(&id, "needs_review", SOON).await;
    assert_eq!(waiting["review_reason"], "low_confidence");
    assert_eq!(waiting["notices"][0]["state"], "posted", "she was answered all the same");
    assert!(waiting["owner_team"].is_null() && waiting["issue"].is_null(), "{waiting}");
    assert!(desk::markers_on_the_board(&world).await.is_empty());

    let correct = async |change: Value| -> Answer {
        world.api().patch(&format!("/api/v1/feedback/{id}"), &change).await
    };
    correct(json!({ "root_cause": "weather" })).await.expect(400);
    correct(json!({ "root_cause": "copy", "owner_team": "designers" })).await.expect(400);
    let nobody = world.public().patch(&format!("/api/v1/feedback/{id}"), &json!({})).await;
    nobody.expect(401);
    correct(json!({ "root_cause": "copy" })).await.expect(200);

    let filed = world.feedback_becomes(&id, "filed", SOON).await;
    assert_eq!(filed["owner_team"], "site-editor");
    assert_eq!(filed["classification"]["decided_by"], "operator");
    assert_eq!(filed["notices"].as_array().map(Vec::len), Some(1), "told once: {filed}");
    assert!(desk::board_issue(&world, &filed).await.contains("Что-то не так"));
}

#[tokio::test]
async fn each_cause_goes_to_the_team_that_owns_it() {
    let world = World::start().await;
    let causes = [
        ("С меня взяли слишком много денег. Скидка не сработала.", "pricing", "marketing"),
        ("The design is bad: the button is hidden behind the menu.", "design", "designers"),
        ("The product description is wrong, please correct the text.", "copy", "site-editor"),
        (LATE_COURIER, "delivery", "logistics"),
    ];
    for (text, cause, team) in causes {
        let id = world.writes(text).await;
        let feedback = world.feedback_becomes(&id, "filed", SOON).await;
        let found = (&feedback["classification"]["root_cause"], &feedback["owner_team"]);
        assert_eq!(found, (&json!(cause), &json!(team)), "{text}");
        assert_eq!(feedback["issue"]["project"], team);
    }
    assert_eq!(desk::markers_on_the_board(&world).await.len(), causes.len());
}

#[tokio::test]
async fn an_issue_tells_nothing_about_a_person() {
    let world = World::start().await;
    let message = json!({
        "text": "Меня зовут Анна Петрова, телефон +7 916 123-45-67, карта 4276 1600 1234 5678. \
                 Заказ №48213 курьер так и не привёз на улицу Ленина, дом 5, квартира 12. \
                 Пишите на anna.petrova@example.org",
        "from": { "name": "Анна", "email": "a.petrova@example.net", "phone": "+7 903 765-43-21" },
    });
    let answer = world.public().post("/api/v1/messages", &message).await.expect(202).json();
    let id = answer["feedback"].as_str().expect("an id");
    let feedback = world.feedback_becomes(id, "filed", SOON).await;
    let issue = desk::board_issue(&world, &feedback).await;
    assert!(issue.contains("курьер так и не привёз"), "{issue}");
    let secrets = [
        "Анна",
        "Петров",
        "916",
        "123-45-67",
        "4276",
        "5678",
        "48213",
        "Ленина",
        "квартира 12",
        "example.org",
        "example.net",
        "903",
        "765-43",
    ];
    for secret in secrets {
        assert!(!issue.contains(secret), "the issue tells «{secret}»:\n{issue}");
    }
    world.assert_log_keeps_silent_about(&secrets[..2]);
    world.assert_log_keeps_silent_about(&["123-45-67", "4276 1600", "Ленина", "anna.petrova"]);
}

async fn own_page(world: &World, answer: &Value) -> String {
    let page = answer["page"].as_str().expect("her own page");
    let path = page.strip_prefix(&world.web_url()).expect("a page of this desk");
    world.public().try_get(path).await.expect(200).text
}
