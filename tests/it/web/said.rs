//! What words say beside the cause, at the desk and on the customer's page, and
//! how often people and the model agree.

use jiff::Timestamp;
use mostik_domain::{
    Change, Classification, ContactRisk, Criticality, Decision, FeedbackId, Mention, Mentioned,
    MessageKind, ReviewReason, Role, RootCause, Understanding,
};
use mostik_store::Store as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::given::Web;

/// Taken for a matter of design, and read so.
pub(super) async fn understood(
    web: &Web,
    text: &str,
    reason: ReviewReason,
    read: Understanding,
) -> FeedbackId {
    understood_as(web, text, reason, RootCause::Design, read).await
}

async fn understood_as(
    web: &Web,
    text: &str,
    reason: ReviewReason,
    cause: RootCause,
    read: Understanding,
) -> FeedbackId {
    let id = web.waits_for_a_person(text, reason).await;
    let mut feedback = web.feedback(id).await;
    let mut named = feedback.state.classification().cloned().expect("classified");
    named.root_cause = cause;
    named.understanding = Some(read);
    let reviewed = feedback.state.clone();
    let mostik_domain::FeedbackState::NeedsReview { reason, since, before } = reviewed else {
        panic!("{reviewed:?} is no review")
    };
    let state = before.classified(named.clone()).expect("classified again");
    feedback.state = state.for_review(reason, since).expect("in review");
    let kept = Change::AddClassification(id, named);
    web.submit(Decision::nothing().and(Change::SaveFeedback(feedback)).and(kept)).await;
    id
}

pub(super) fn read(
    kind: MessageKind,
    criticality: Criticality,
    contact_risk: ContactRisk,
) -> Understanding {
    let order = Mention { what: Mentioned::Order, name: "10448812".into() };
    Understanding {
        kind,
        criticality,
        contact_risk,
        mentions: vec![order],
        ..Understanding::unread()
    }
}

async fn text_of(web: &Web, session: &str, path: &str) -> String {
    let page = web.page(session, path).await;
    assert_eq!(page.status(), StatusCode::OK, "{path}");
    page.text().await.expect("a page")
}

async fn json_of(web: &Web, path: &str) -> Value {
    let answer = web.api(Method::GET, path).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn the_urgent_stand_first_and_the_words_for_it_are_shown() {
    let web = Web::open().await;
    let unsure = || ReviewReason::LowConfidence;
    let typo = read(MessageKind::Complaint, Criticality::Low, ContactRisk::Low);
    let train = read(MessageKind::Complaint, Criticality::Critical, ContactRisk::High);
    let train = understood(&web, "Заперли, поезд уходит", unsure(), train).await;
    understood(&web, "Опечатка в подвале", unsure(), typo).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    for (lang, words) in
        [("ru", ["критично", "вот-вот уйдёт"]), ("en", ["critical", "about to leave"])]
    {
        let desk = text_of(&web, &operator, &format!("/desk?lang={lang}")).await;
        let place = |part: &str| desk.find(part).unwrap_or_else(|| panic!("{part} in {desk}"));
        assert!(place("Заперли") < place("Опечатка"), "{desk}");
        assert!(words.iter().all(|word| desk.contains(word)), "{desk}");
        let page = text_of(&web, &operator, &format!("/desk/feedback/{train}?lang={lang}")).await;
        assert!(page.contains("10448812") && page.contains(words[1]), "{page}");
    }
    let items = json_of(&web, "/api/v1/feedback?sort=urgency&limit=1").await;
    let first = &items["items"][0];
    assert_eq!(first["id"], train.to_string());
    let named = &first["classification"];
    assert_eq!(
        (&named["kind"], &named["criticality"], &named["contact_risk"], &named["language"]),
        (&json!("complaint"), &json!("critical"), &json!("high"), &json!("ru"))
    );
    assert_eq!(named["mentions"], json!([{ "what": "order", "text": "10448812" }]));
    let next = items["next"].as_str().expect("a second page");
    let second = json_of(&web, &format!("/api/v1/feedback?sort=urgency&after={next}")).await;
    assert_eq!(second["items"][0]["text"], "Опечатка в подвале");
    for wrong in ["sort=loudness", "kind=rant"] {
        let path = format!("/api/v1/feedback?{wrong}");
        let answer = web.api(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_question_leaves_the_queue_when_it_is_answered_and_comes_back_when_she_writes() {
    let web = Web::open().await;
    let question = read(MessageKind::Question, Criticality::Low, ContactRisk::Low);
    let id = understood(&web, "До скольки вы открыты?", ReviewReason::Question, question).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let desk = text_of(&web, &operator, "/desk?lang=ru").await;
    assert!(desk.contains("клиент ждёт ответа") && desk.contains(">вопрос<"), "{desk}");
    let listed = text_of(&web, &operator, "/desk/feedback?kind=question&lang=ru").await;
    assert!(listed.contains("До скольки"), "{listed}");
    let none = text_of(&web, &operator, "/desk/feedback?kind=thanks&lang=ru").await;
    assert!(!none.contains("До скольки"), "{none}");

    let path = format!("/desk/feedback/{id}/answer");
    web.submits(&operator, &path, &[("answer", "До восьми")]).await;
    assert_eq!(web.feedback(id).await.state.as_str(), "answered");
    let page = format!("/c/{}", web.links.token(id));
    let own = text_of(&web, "", &format!("{page}?lang=ru")).await;
    assert!(own.contains("Мы ответили на ваш вопрос") && own.contains("Ищем ответ"), "{own}");

    web.submits("", &format!("{page}/messages"), &[("text", "А в субботу?")]).await;
    let again = web.feedback(id).await.state;
    assert_eq!(again.as_str(), "needs_review", "somebody reads it");
}

#[tokio::test]
async fn a_person_corrects_what_the_customer_wants() {
    let web = Web::open().await;
    let read = read(MessageKind::Complaint, Criticality::Normal, ContactRisk::Low);
    let id = understood(&web, "Кнопку похвалить хочу", ReviewReason::LowConfidence, read).await;
    let patch = async |kind: &str| {
        let path = format!("/api/v1/feedback/{id}");
        let request = web.api(Method::PATCH, &path).json(&json!({ "kind": kind }));
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(patch("rant").await.0, StatusCode::BAD_REQUEST);
    let (status, body) = patch("thanks").await;
    assert_eq!((status, &body["state"]), (StatusCode::OK, &json!("answered")));
    assert_eq!(body["classification"]["kind_by"], "API");
    assert_eq!(body["classification"]["decided_by"], "model", "who named the cause stays");
    assert!(web.store.taught(10).await.expect("a read").is_empty(), "it teaches no cause");

    let operator = web.signs_in("Ольга", Role::Operator).await;
    let path = format!("/desk/feedback/{id}/kind");
    let done = web.submits(&operator, &path, &[("kind", "question")]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let page = text_of(&web, &operator, &format!("/desk/feedback/{id}?lang=ru")).await;
    assert!(page.contains("уточнил(а) Ольга"), "{page}");
}

#[tokio::test]
async fn a_customer_says_once_whether_we_understood() {
    let web = Web::open().await;
    let read = read(MessageKind::Complaint, Criticality::Normal, ContactRisk::Low);
    let id = understood(&web, "Не вижу кнопку", ReviewReason::LowConfidence, read).await;
    let page = format!("/c/{}", web.links.token(id));
    for (lang, question) in
        [("ru", "Правильно ли мы вас поняли?"), ("en", "Did we understand you?")]
    {
        let shown = text_of(&web, "", &format!("{page}?lang={lang}")).await;
        assert!(shown.contains(question), "{shown}");
    }
    let says = async |cause: &str| {
        web.submits("", &format!("{page}/cause"), &[("cause", cause)]).await.status()
    };
    assert_eq!(says("weather").await, StatusCode::BAD_REQUEST);
    assert_eq!(says("delivery").await, StatusCode::SEE_OTHER);
    assert_eq!(says("copy").await, StatusCode::CONFLICT);
    let shown = text_of(&web, "", &format!("{page}?lang=ru")).await;
    assert!(!shown.contains("Правильно ли мы вас поняли?"), "{shown}");

    let feedback = web.feedback(id).await;
    let named = feedback.state.classification().expect("classified");
    assert_eq!(named.root_cause, RootCause::Design, "what she says moves nothing by itself");
    assert_eq!(feedback.state.as_str(), "needs_review");
    let taught = web.store.taught(10).await.expect("a read");
    assert_eq!(taught.len(), 1);
    assert_eq!(taught[0].1.decided_by.as_str(), "customer");
    let stranger = web.submits("", "/c/fb_1.00/cause", &[("cause", "copy")]).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_is_asked_whether_it_is_about_something_else() {
    let web = Web::open().await;
    let read = read(MessageKind::Other, Criticality::Normal, ContactRisk::Low);
    let unsure = ReviewReason::LowConfidence;
    let id = understood_as(&web, "Даже не знаю", unsure, RootCause::Other, read).await;
    let page = format!("/c/{}", web.links.token(id));
    for (lang, question, same) in [
        ("ru", "Подскажите, пожалуйста, о чём ваше обращение?", "Правильно ли мы вас поняли?"),
        ("en", "Could you tell us what it is about?", "Did we understand you?"),
    ] {
        let shown = text_of(&web, "", &format!("{page}?lang={lang}")).await;
        assert!(shown.contains(question) && !shown.contains(same), "{shown}");
        for cause in ["pricing", "design", "copy", "delivery", "other"] {
            assert!(shown.contains(&format!("value=\"{cause}\"")), "{cause}: {shown}");
        }
    }
    let said = web.submits("", &format!("{page}/cause"), &[("cause", "other")]).await;
    assert_eq!(said.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn managers_see_how_often_people_agree_with_the_model() {
    let web = Web::open().await;
    for (text, cause) in
        [("раз", RootCause::Design), ("два", RootCause::Copy), ("три", RootCause::Copy)]
    {
        let read = read(MessageKind::Complaint, Criticality::Normal, ContactRisk::Low);
        let id = understood(&web, text, ReviewReason::LowConfidence, read).await;
        let by = Classification::by_operator(cause, "Вера", Timestamp::now());
        web.submit(Decision::nothing().and(Change::AddClassification(id, by))).await;
    }
    let report = json_of(&web, "/api/v1/reports/agreement").await;
    let week = &report["items"][0];
    assert_eq!(
        (&week["named"], &week["agreed"], &report["cut"]),
        (&json!(3), &json!(1), &json!(false))
    );
    assert_eq!(week["causes"][0]["said"], "design");
    assert_eq!(week["causes"][0]["instead"], json!([{ "root_cause": "copy", "count": 2 }]));
    let csv = web.api(Method::GET, "/api/v1/reports/agreement").header("accept", "text/csv");
    let csv = csv.send().await.expect("an answer").text().await.expect("lines");
    assert!(csv.contains(",design,copy,2\r\n") && csv.contains(",design,design,1\r\n"), "{csv}");

    let manager = web.signs_in("Мария", Role::Manager).await;
    for (lang, title) in [("ru", "Люди и модель"), ("en", "People and the model")] {
        let page = text_of(&web, &manager, &format!("/desk/agreement?lang={lang}")).await;
        assert!(page.contains(title) && page.contains("1 (33 %)"), "{page}");
    }
    for wrong in ["0", "53", "-1", "all", "99999999999999999999"] {
        let path = format!("/api/v1/reports/agreement?weeks={wrong}");
        let answer = web.api(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let refused = web.page(&operator, "/desk/agreement").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let nobody =
        web.asks(Method::GET, "/api/v1/reports/agreement").send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}
