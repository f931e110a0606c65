//! What people had to do with a call, on its page and in the API.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{
    Call, CallId, Change, Confidence, Decision, Direction, FeedbackId, Language, Recording, Role,
    RootCause, Segment, Speaker, Talk, Transcript, WaitEnd, Waited,
};
use mostik_store::Store as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::given::Web;

#[tokio::test]
async fn a_line_is_asked_for_until_it_is_written() {
    let web = Web::open().await;
    let (one, two) = (web.talked("Ольга").await, web.talked("Ольга").await);
    let theirs = web.talked("Пётр").await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let anywhere = web.reads(&olga, "/desk/feedback?lang=ru").await;
    assert!(anywhere.contains("Без вашей строки звонков: 2"), "{anywhere}");
    let page = web.reads(&olga, "/desk/phone?lang=ru").await;
    assert!(page.contains("for=\"note-"), "{page}");
    assert!(page.contains(&one.to_string()) && page.contains(&two.to_string()), "{page}");
    assert!(!page.contains(&theirs.to_string()), "others write their own");

    let path = |call: CallId| format!("/desk/phone/calls/{call}/note");
    let blank = web.submits(&olga, &path(one), &[("text", "  ")]).await;
    assert_eq!(blank.status(), StatusCode::BAD_REQUEST, "saying nothing is a button of its own");
    let long = "я".repeat(501);
    let too_long = web.submits(&olga, &path(one), &[("text", long.as_str())]).await;
    assert_eq!(too_long.status(), StatusCode::BAD_REQUEST);
    let done =
        web.submits(&olga, &path(one), &[("text", " Вернули деньги:\r\nошибка <наша> ")]).await;
    assert_eq!(done.headers()["location"], "/desk/phone");
    web.submits(&olga, &path(two), &[("text", ""), ("skip", "1")]).await;
    let page = web.reads(&olga, "/desk/phone?lang=en").await;
    assert!(!page.contains("Why was it answered so?"), "{page}");

    let page = web.reads(&olga, &format!("/desk/calls/{one}?lang=en")).await;
    assert!(page.contains("Вернули деньги: ошибка &#60;наша&#62;"), "one line: {page}");
    assert!(page.contains("written by Ольга"), "{page}");
    let back = format!("/desk/calls/{one}");
    let fields = [("text", "Вернули половину"), ("next", back.as_str())];
    let done = web.submits(&olga, &path(one), &fields).await;
    assert_eq!(done.headers()["location"], back.as_str());
    let unknown = path("call_00000000000000000000000000000001".parse().expect("an id"));
    let nowhere = web.submits(&olga, &unknown, &[("text", "a")]).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_write_the_line_too() {
    let web = Web::open().await;
    let call = web.talked("Ольга").await;
    let path = format!("/api/v1/calls/{call}/note");
    let (status, body) = web.asked(Method::PUT, &path, json!({ "text": "Вернули деньги" })).await;
    assert_eq!((status, &body["by"]), (StatusCode::OK, &json!("API")));
    let (_, body) = web.asked(Method::GET, &format!("/api/v1/calls/{call}"), Value::Null).await;
    assert_eq!(body["note"]["text"], "Вернули деньги");
    assert_eq!(body["waited"]["ended"], "answered");
    assert_eq!(body["talks"][0]["operator"], "Ольга");
    for wrong in [json!({}), json!({ "text": 1 }), json!({ "text": "a", "by": "Пётр" })] {
        assert_eq!(web.asked(Method::PUT, &path, wrong).await.0, StatusCode::BAD_REQUEST);
    }
    let unknown = "/api/v1/calls/call_00000000000000000000000000000001/note";
    let nowhere = web.asked(Method::PUT, unknown, json!({ "text": "a" })).await;
    assert_eq!(nowhere.0, StatusCode::NOT_FOUND);
}

fn said(speaker: Speaker, start: f64, text: &str) -> Segment {
    Segment { start, end: start + 1.0, text: text.into(), speaker: Some(speaker) }
}

fn conversation() -> Transcript {
    let segments = vec![
        said(Speaker::Customer, 0.0, "Посылка <не> пришла."),
        said(Speaker::Customer, 2.5, "Уже неделю."),
        said(Speaker::Operator, 65.0, "Отправим ещё раз сегодня."),
    ];
    Transcript {
        language: Language::Russian,
        text: "Посылка не пришла. Уже неделю. Отправим ещё раз сегодня.".into(),
        by: "whisper-base".into(),
        confidence: Confidence::new(0.9),
        segments,
        at: Timestamp::now(),
    }
}

/// A bridged call that we placed, with all that can be known of it.
async fn bridged(web: &Web) -> (FeedbackId, CallId) {
    let (feedback, id) = web.call(b"RIFF").await;
    let call = web.store.call(id).await.expect("a read").expect("a call");
    let talk = |operator: &str, seconds| Talk {
        operator: operator.into(),
        from: call.arrived_at,
        to: call.arrived_at + SignedDuration::from_secs(seconds),
    };
    let waited = Waited {
        milliseconds: 65_000,
        expected_milliseconds: Some(120_000),
        ended: WaitEnd::Answered,
    };
    let recording = call.recording.clone().map(|it| Recording { channels: 2, ..it });
    let call = Call {
        direction: Direction::Outgoing { attempt: 2, about: None, call_back: None },
        waited: Some(waited),
        talks: vec![talk("Ольга", 40), talk("Пётр", 90)],
        confirmed: Some(RootCause::Delivery),
        recording,
        ..call
    };
    let decision = Decision::nothing()
        .and(Change::SaveCall(call))
        .and(Change::SaveTranscript(feedback, conversation()));
    web.submit(decision).await;
    (feedback, id)
}

#[tokio::test]
async fn the_page_of_a_call_tells_what_people_did() {
    let web = Web::open().await;
    let (_, id) = bridged(&web).await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let page = web.reads(&olga, &format!("/desk/calls/{id}?lang=ru")).await;
    for words in [
        "позвонили мы, попытка 2",
        "1 мин 05 с, ответил оператор",
        "обещали около 2 мин 00 с",
        "<strong>Ольга</strong>, 40 с",
        "<strong>Пётр</strong>, 1 мин 30 с",
        "<dd>Доставка</dd>",
        "Стерео: слева звонивший",
        "Клиент · 0:00",
        "Посылка &#60;не&#62; пришла. Уже неделю.",
        "Оператор · 1:05",
    ] {
        assert!(page.contains(words), "«{words}» in {page}");
    }
    let page = web.reads(&olga, &format!("/desk/calls/{id}?lang=en")).await;
    for words in
        ["outgoing, attempt 2", "an operator answered", "Confirmed by key", "Customer · 0:00"]
    {
        assert!(page.contains(words), "«{words}» in {page}");
    }
}

#[tokio::test]
async fn the_api_tells_the_same() {
    let web = Web::open().await;
    let (feedback, id) = bridged(&web).await;
    let (_, call) = web.asked(Method::GET, &format!("/api/v1/calls/{id}"), Value::Null).await;
    assert_eq!(call["direction"], "outgoing");
    assert_eq!(call["outgoing"], json!({ "attempt": 2, "notice": null, "call_back": null }));
    assert_eq!(call["waited"]["expected_milliseconds"], 120_000);
    assert_eq!(call["talks"].as_array().map(Vec::len), Some(2));
    assert_eq!((&call["confirmed"], &call["note"]), (&json!("delivery"), &Value::Null));
    assert_eq!(call["recording"]["channels"], 2);
    let path = format!("/api/v1/feedback/{feedback}");
    let (_, feedback) = web.asked(Method::GET, &path, Value::Null).await;
    let segments = &feedback["transcript"]["segments"];
    assert_eq!(
        (&segments[0]["speaker"], &segments[2]["speaker"]),
        (&json!("customer"), &json!("operator"))
    );
}

#[tokio::test]
async fn a_call_that_nobody_took_asks_for_no_line() {
    let web = Web::open().await;
    let (_, id) = web.call(b"RIFF").await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let page = web.reads(&olga, &format!("/desk/calls/{id}?lang=ru")).await;
    assert!(page.contains("позвонили нам"), "{page}");
    for absent in ["Почему вы ответили так?", "Стерео", "Ожидание", "Разговоры"]
    {
        assert!(!page.contains(absent), "«{absent}» in {page}");
    }
}
