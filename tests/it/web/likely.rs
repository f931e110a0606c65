//! Problems that a feedback may be about, as the desk and the API offer them.

use mostik_domain::{ContactRisk, Criticality, MessageKind, ReviewReason, Role};
use mostik_store::Store as _;
use mostik_tests::browser::Browser;
use mostik_tests::eventually::eventually;
use mostik_tests::needs;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::given::{Filed, Web};
use super::said::{read, understood};

/// Two problems of the designers, the second one like what is asked about.
async fn two_problems(web: &Web) -> (Filed, Filed) {
    let font = web.reported("Дизайн: мелкий шрифт", "Шрифт такой мелкий, что не прочесть").await;
    let button = web.reported("Дизайн: не видно кнопки", "Не вижу кнопку оплаты в корзине").await;
    (font, button)
}

#[tokio::test]
async fn likely_problems_are_offered_and_one_form_joins() {
    let web = Web::open().await;
    let (_, button) = two_problems(&web).await;
    let read = read(MessageKind::Complaint, Criticality::Normal, ContactRisk::Low);
    let id = understood(&web, "где кнопка оплаты?", ReviewReason::LowConfidence, read).await;
    let told = web.api(Method::GET, &format!("/api/v1/feedback/{id}")).send().await;
    let told: Value = told.expect("an answer").json().await.expect("JSON");
    let likely = told["likely_problems"].as_array().expect("a list");
    assert_eq!(likely[0]["problem"], button.problem.to_string(), "{told}");
    assert_eq!(likely[0]["title"], "Дизайн: не видно кнопки");
    assert_eq!(likely[0]["root_cause"], "design");
    assert_eq!((&likely[0]["state"], &likely[0]["feedback_count"]), (&json!("open"), &json!(1)));
    let certainty = |place: usize| likely[place]["certainty"].as_f64().expect("a number");
    assert!(certainty(0) > 0.0 && certainty(0) <= 1.0, "{told}");
    assert!((1..likely.len()).all(|place| certainty(place) <= certainty(place - 1)), "{told}");

    let operator = web.signs_in("Ольга", Role::Operator).await;
    let path = format!("/desk/feedback/{id}");
    let page = web.page(&operator, &format!("{path}?lang=ru")).await.text().await.expect("a page");
    assert!(page.contains("Это одна из известных проблем?"), "{page}");
    assert!(page.contains("1 обращение"), "how many have said so: {page}");
    let button_at = page.find(&format!("value=\"{}\"", button.problem)).expect("a button");
    assert!(page[button_at..].starts_with(&format!("value=\"{}\" data-key=\"z\"", button.problem)));
    let page = web.page(&operator, &format!("{path}?lang=en")).await.text().await.expect("a page");
    assert!(page.contains("Is it one of these problems?"), "{page}");

    let problem = button.problem.to_string();
    let done = web.submits(&operator, &format!("{path}/merge"), &[("problem", &problem)]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let joined = web.feedback(id).await;
    assert_eq!((joined.problem(), joined.state.as_str()), (Some(button.problem), "routed"));
    let named = joined.state.classification().expect("named");
    assert_eq!(named.decided_by.version(), "operator", "who joins it says the cause, too");
    let kept = web.store.feedback_details(id).await.expect("a read").expect("the feedback");
    assert_eq!(kept.classifications.last(), Some(named), "the history keeps all of it");
    let told = web.api(Method::GET, &format!("/api/v1/feedback/{id}")).send().await;
    let told: Value = told.expect("an answer").json().await.expect("JSON");
    let likely = told["likely_problems"].as_array().expect("a list");
    assert!(likely.iter().all(|it| it["problem"] != problem), "not its own: {told}");
}

#[tokio::test]
async fn digits_join_once_the_cause_is_settled() {
    let web = Web::open().await;
    let (font, button) = two_problems(&web).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let page = web.page(&operator, &format!("/desk/feedback/{}", font.feedback)).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains(&format!("value=\"{}\" data-key=\"1\"", button.problem)), "{page}");
    assert!(page.contains("value=\"pricing\"") && page.contains("data-key=\"z\""), "{page}");
    for key in ["1", "z"] {
        assert_eq!(page.matches(&format!("data-key=\"{key}\"")).count(), 1, "one meaning: {key}");
    }
}

#[tokio::test]
async fn nothing_is_offered_where_nothing_is_known() {
    let web = Web::open().await;
    let id = web.waits_for_a_person("Не вижу кнопку", ReviewReason::LowConfidence).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let page = web.page(&operator, &format!("/desk/feedback/{id}")).await;
    let page = page.text().await.expect("a page");
    assert!(!page.contains("id=\"likely\"") && page.contains("data-key=\"4\""), "{page}");
}

#[tokio::test]
async fn one_key_joins_in_a_browser() {
    needs!("chromedriver", "chromium");
    let web = Web::open().await;
    let (font, _) = two_problems(&web).await;
    web.reported("Дизайн: тёмная тема", "В тёмной теме ничего не видно, серое на сером").await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let browser = Browser::open_in("ru").await;
    browser.goes_to(&format!("{}/", web.url)).await;
    browser.runs(&format!("document.cookie = '{operator}; path=/'")).await;
    let page = format!("{}/desk/feedback/{}", web.url, font.feedback);
    browser.goes_to(&page).await;
    browser.reads("Это одна из известных проблем?").await;
    for (width, name) in [(1280, "desk"), (390, "phone")] {
        browser.resizes(width, 900).await;
        browser.runs("document.getElementById('likely').scrollIntoView()").await;
        browser.screenshot(&format!("likely-problems-{name}")).await;
        let across = "return document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(browser.runs(across).await, true, "nothing sticks out at {width} px");
    }
    browser.resizes(1280, 900).await;
    let first = browser.sees("#likely ~ form button[data-key=\"1\"]").await;
    let chosen = first.attribute("value").await.expect("a problem");
    browser.presses("1").await;
    eventually("the key to join", std::time::Duration::from_secs(20), async || {
        let counted = web.feedback(font.feedback).await.problem().expect("a problem").to_string();
        if counted == chosen { Ok(()) } else { Err(counted) }
    })
    .await;
}
