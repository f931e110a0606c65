//! Who waits, who talks, who is there: on the page and in the API.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{CallBack, Change, Decision, LiveCall, LiveStage, OrderWhat, Presence, Role};
use mostik_store::Store as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::at_the_phone::{asked_to_be_called_back, live, talking, waiting};
use super::given::Web;

#[tokio::test]
async fn the_page_tells_who_waits_and_who_talks_in_both_languages() {
    let web = Web::open().await;
    let second = LiveCall { caller: "sip:anonymous@anonymous.invalid".into(), ..live(waiting(2)) };
    web.phone_does(&second).await;
    web.phone_does(&live(waiting(1))).await;
    web.phone_does(&live(talking("Пётр"))).await;
    web.phone_does(&live(LiveStage::Recording)).await;
    let kept = CallBack { perhaps_called_twice: true, attempts: 1, ..asked_to_be_called_back() };
    web.submit(Decision::nothing().and(Change::SaveCallBack(kept))).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;

    let page = web.reads(&operator, "/desk/phone?lang=ru").await;
    for words in [
        "Ждут человека <span class=\"count\">2</span>",
        "номер скрыт",
        "+74951234567",
        "говорит с: <strong>Пётр</strong>",
        "оставляет сообщение",
        "возможно, мы позвонили дважды",
        "Борис &#60;b&#62;",
        "data-key=\"t\"",
    ] {
        assert!(page.contains(words), "«{words}» in {page}");
    }
    let (first, second) = (page.find("+74951234567"), page.find("номер скрыт"));
    assert!(first < second, "by their places");
    assert!(!page.contains("carrier.example"), "people read numbers");
    let triage = web.reads(&operator, "/desk?lang=ru").await;
    assert!(triage.contains("<strong>2</strong> Ждут на линии"), "{triage}");
    let page = web.reads(&operator, "/desk/phone?lang=en").await;
    for words in ["Waiting for a person", "talks with: <strong>Пётр</strong>", "on a call"] {
        assert!(page.contains(words), "«{words}» in {page}");
    }
    assert!(!page.contains("You are talking to"), "she talks with nobody");
}

#[tokio::test]
async fn at_pick_up_the_callers_history_stands_open() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки оплаты").await;
    let customer = web.feedback(filed.feedback).await.customer;
    let answer = json!({ "answer": "Кнопку вернём до пятницы" });
    let path = format!("/api/v1/feedback/{}", filed.feedback);
    assert_eq!(web.asked(Method::PATCH, &path, answer).await.0, StatusCode::OK);
    web.picks_up("Ольга", Some(customer)).await;

    let olga = web.signs_in("Ольга", Role::Operator).await;
    let desk = web.reads(&olga, "/desk?lang=ru").await;
    assert!(desk.contains("Вы говорите с: <strong>Анна</strong>"), "{desk}");
    assert!(desk.contains("href=\"/desk/phone#caller\" data-key=\"g\""), "{desk}");
    assert!(desk.contains("data-key=\"s\" title=\"Принимаете ли вы звонки: на месте\""), "{desk}");
    assert!(desk.contains("</kbd> говорит</button>"), "{desk}");
    let page = web.reads(&olga, "/desk/phone?lang=en").await;
    for words in [
        "You are talking to: Анна",
        "Не видно кнопки оплаты",
        "Дизайн: не видно кнопки",
        "no reaction yet",
        "Кнопку вернём до пятницы",
        "kept",
        "Handed on: 0 of 2",
        "data-key=\"h\"",
    ] {
        assert!(page.contains(words), "«{words}» in {page}");
    }
    let petr = web.signs_in("Пётр", Role::Operator).await;
    let page = web.reads(&petr, "/desk/phone").await;
    assert!(!page.contains("id=\"caller\"") && page.contains("<strong>Ольга</strong>"), "{page}");
}

#[tokio::test]
async fn who_is_unknown_is_said_to_be_new() {
    let web = Web::open().await;
    web.picks_up("Ольга", None).await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let page = web.reads(&olga, "/desk/phone?lang=ru").await;
    assert!(page.contains("Этот номер у нас впервые"), "{page}");
}

#[tokio::test]
async fn a_call_is_handed_on_with_its_limit() {
    let web = Web::open().await;
    let call = web.picks_up("Ольга", None).await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let petr = web.signs_in("Пётр", Role::Operator).await;
    let path = format!("/desk/phone/calls/{}/hand-on", call.id);

    let done = web.submits(&olga, &path, &[("to", "Пётр")]).await;
    assert_eq!(done.headers()["location"], "/desk/phone");
    let to_petr = OrderWhat::HandOn { to: Some("Пётр".into()) };
    assert_eq!(web.ordered().await, [("Ольга".to_owned(), to_petr)]);
    assert!(web.reads(&olga, "/desk/phone?lang=ru").await.contains("передаём …"));
    web.submits(&olga, &path, &[("to", "")]).await;
    assert_eq!(web.ordered().await, [("Ольга".to_owned(), OrderWhat::HandOn { to: None })]);

    let foreign = web.submits(&petr, &path, &[("to", "")]).await;
    assert_eq!(foreign.status(), StatusCode::CONFLICT, "it is not his call");
    for (to, status) in [("Ольга", 409), ("Никто", 400), (&"x".repeat(10_000), 400)] {
        let refused = web.submits(&olga, &path, &[("to", to)]).await.status();
        assert_eq!(refused.as_u16(), status, "{to:.20}");
    }
    web.submits(&petr, "/desk/presence", &[("presence", "away")]).await;
    let away = web.submits(&olga, &path, &[("to", "Пётр")]).await;
    assert_eq!(away.status(), StatusCode::CONFLICT);

    web.phone_does(&LiveCall { hand_ons: 2, ..call.clone() }).await;
    let often = web.submits(&olga, &path, &[("to", "")]).await;
    assert_eq!(often.status(), StatusCode::CONFLICT);
    let page = web.reads(&olga, "/desk/phone?lang=ru").await;
    assert!(page.contains("Передавали: 2 из 2") && !page.contains("data-key=\"h\""), "{page}");

    web.submit(Decision::nothing().and(Change::EndLiveCall(call.id))).await;
    let over = web.submits(&olga, &path, &[("to", "")]).await;
    assert_eq!(over.status(), StatusCode::CONFLICT);
    assert!(over.text().await.expect("a page").contains("уже закончился"));
}

#[tokio::test]
async fn who_waits_is_taken_and_who_talks_hangs_up() {
    let web = Web::open().await;
    let call = live(waiting(1));
    web.phone_does(&call).await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let path = |act: &str| format!("/desk/phone/calls/{}/{act}", call.id);
    let early = web.submits(&olga, &path("hang-up"), &[]).await;
    assert_eq!(early.status(), StatusCode::CONFLICT, "nobody talks with her yet");
    let maria = web.signs_in("Мария", Role::Manager).await;
    let no_phone = web.submits(&maria, &path("take"), &[]).await;
    assert_eq!(no_phone.status(), StatusCode::CONFLICT, "she has no phone to ring");
    web.submits(&olga, &path("take"), &[]).await;
    assert_eq!(web.ordered().await, [("Ольга".to_owned(), OrderWhat::TakeNow)]);
    web.phone_does(&LiveCall { stage: talking("Ольга"), ..call.clone() }).await;
    let another = live(waiting(1));
    web.phone_does(&another).await;
    let both = format!("/desk/phone/calls/{}/take", another.id);
    assert_eq!(web.submits(&olga, &both, &[]).await.status(), StatusCode::CONFLICT, "she talks");
    let petr = web.signs_in("Пётр", Role::Operator).await;
    assert_eq!(web.submits(&petr, &path("take"), &[]).await.status(), StatusCode::CONFLICT);
    web.submits(&olga, &path("hang-up"), &[]).await;
    assert_eq!(web.ordered().await, [("Ольга".to_owned(), OrderWhat::HangUp)]);
    let nowhere = web.submits(&petr, "/desk/phone/calls/nonsense/take", &[]).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn presence_is_said_by_one_button() {
    let web = Web::open().await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let page = web.reads(&olga, "/desk/feedback?lang=ru").await;
    assert!(page.contains("value=\"away\" data-key=\"s\"") && page.contains("на месте"), "{page}");
    let fields = [("presence", "away"), ("next", "/desk/feedback?lang=ru")];
    let done = web.submits(&olga, "/desk/presence", &fields).await;
    assert_eq!(done.headers()["location"], "/desk/feedback?lang=ru");
    let said = web.store.attendance().await.expect("a read");
    assert_eq!((said[0].operator.as_str(), said[0].presence), ("Ольга", Presence::Away));
    assert!(web.reads(&olga, "/desk?lang=en").await.contains("value=\"available\""));
    for (presence, next) in [("available", "//evil.example"), ("available", "https://evil.example")]
    {
        let fields = [("presence", presence), ("next", next)];
        let done = web.submits(&olga, "/desk/presence", &fields).await;
        assert_eq!(done.headers()["location"], "/desk/phone", "never to another site");
    }
    let wrong = web.submits(&olga, "/desk/presence", &[("presence", "on_a_call")]).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let maria = web.signs_in("Мария", Role::Manager).await;
    assert!(!web.reads(&maria, "/desk").await.contains("/desk/presence"), "she takes no calls");
    let refused = web.submits(&maria, "/desk/presence", &[("presence", "away")]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn programs_say_presence_and_hand_on_in_an_operators_name() {
    let web = Web::open().await;
    let call = web.picks_up("Пётр", None).await;
    let (status, body) = web
        .asked(Method::GET, "/api/v1/presence?operator=%D0%9F%D1%91%D1%82%D1%80", Value::Null)
        .await;
    assert_eq!(
        (status, body["call"].as_str()),
        (StatusCode::OK, Some(call.id.to_string().as_str()))
    );
    assert_eq!((&body["presence"], &body["since"]), (&json!("available"), &Value::Null));
    let away = json!({ "operator": "Ольга", "presence": "away" });
    let (_, body) = web.asked(Method::PUT, "/api/v1/presence", away.clone()).await;
    assert_eq!((&body["operator"], &body["presence"]), (&json!("Ольга"), &json!("away")));
    for (wrong, status) in [
        (json!({ "presence": "away" }), StatusCode::CONFLICT),
        (json!({ "presence": "away", "operator": "Никто" }), StatusCode::CONFLICT),
        (json!({ "presence": "lunch", "operator": "Ольга" }), StatusCode::BAD_REQUEST),
        (json!({ "presence": "away", "colour": "red" }), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(
            web.asked(Method::PUT, "/api/v1/presence", wrong.clone()).await.0,
            status,
            "{wrong}"
        );
    }
    let petr = web.signs_in("Пётр", Role::Operator).await;
    let as_another = web
        .asks(Method::PUT, "/api/v1/presence")
        .header("cookie", &petr)
        .header("sec-fetch-site", "same-origin")
        .json(&away);
    let refused = as_another.send().await.expect("an answer").status();
    assert_eq!(refused, StatusCode::FORBIDDEN, "an operator speaks for herself");

    let path = format!("/api/v1/calls/{}/hand-on", call.id);
    assert_eq!(web.asked(Method::POST, &path, json!({})).await.0, StatusCode::CONFLICT);
    let (status, body) = web.asked(Method::POST, &path, json!({ "operator": "Пётр" })).await;
    assert_eq!((status, &body["stage"]), (StatusCode::ACCEPTED, &json!("talking")));
    assert_eq!(web.ordered().await, [("Пётр".to_owned(), OrderWhat::HandOn { to: None })]);
    let away = json!({ "operator": "Пётр", "to": "Ольга" });
    assert_eq!(web.asked(Method::POST, &path, away).await.0, StatusCode::CONFLICT, "she is away");
}

#[tokio::test]
async fn a_kept_place_is_taken_off_unless_she_is_being_called() {
    let web = Web::open().await;
    let (one, two) = (asked_to_be_called_back(), asked_to_be_called_back());
    let calling = two.clone().calling(Timestamp::now()).expect("her turn");
    let both = [one.clone(), calling].map(Change::SaveCallBack);
    web.submit(both.into_iter().fold(Decision::nothing(), Decision::and)).await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let cancel = |it: &CallBack| format!("/desk/phone/call-backs/{}/cancel", it.id);
    assert_eq!(web.submits(&olga, &cancel(&one), &[]).await.status(), StatusCode::SEE_OTHER);
    let stored = web.store.call_back(one.id).await.expect("a read").expect("there");
    assert_eq!(stored.state.as_str(), "cancelled");
    let refused = web.submits(&olga, &cancel(&two), &[]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.expect("a page").contains("как раз звонят"));
    let page = web.reads(&olga, "/desk/phone?lang=en").await;
    assert!(page.contains("being called") && !page.contains(&one.id.to_string()), "{page}");
    let again = format!("/api/v1/call-backs/{}/cancel", one.id);
    assert_eq!(web.asked(Method::POST, &again, Value::Null).await.0, StatusCode::CONFLICT);
    let unknown = "/api/v1/call-backs/cb_00000000000000000000000000000001/cancel";
    assert_eq!(web.asked(Method::POST, unknown, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_outage_is_announced_and_cleared() {
    let web = Web::open().await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let tomorrow = super::given::hours().local(Timestamp::now() + SignedDuration::from_hours(24));
    let until = tomorrow.strftime("%Y-%m-%dT%H:%M").to_string();
    let fields =
        [("line", "support"), ("ru", "Оплата <стоит>"), ("en", ""), ("until", until.as_str())];
    let done = web.submits(&olga, "/desk/phone/outage", &fields).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let stored = web.store.outages().await.expect("a read").pop().expect("an outage");
    let on_the_clock = super::given::hours().local(stored.until.expect("a time"));
    assert_eq!(on_the_clock.strftime("%Y-%m-%dT%H:%M").to_string(), until, "the company's clock");
    assert_eq!((stored.set_by.as_str(), stored.line.as_deref()), ("Ольга", Some("support")));
    let page = web.reads(&olga, "/desk/phone?lang=ru").await;
    assert!(page.contains("Оплата &#60;стоит&#62;") && page.contains("объявил(а) Ольга"), "{page}");

    let long = "я".repeat(501);
    for (field, value) in [
        ("line", "nowhere"),
        ("until", "2020-01-01T00:00"),
        ("until", "tomorrow"),
        ("ru", long.as_str()),
    ] {
        let wrong = web.submits(&olga, "/desk/phone/outage", &[(field, value)]).await;
        assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "{field}={value:.20}");
    }
    web.submits(&olga, "/desk/phone/outage/clear", &[("line", "support")]).await;
    assert!(web.store.outages().await.expect("a read").is_empty());
}

#[tokio::test]
async fn programs_announce_an_outage_too() {
    let web = Web::open().await;
    let olga = web.signs_in("Ольга", Role::Operator).await;
    let all = json!({ "texts": { "en": "The shop is down" } });
    assert_eq!(web.asked(Method::PUT, "/api/v1/outage", all).await.0, StatusCode::NO_CONTENT);
    let (_, listed) = web.asked(Method::GET, "/api/v1/outage", Value::Null).await;
    assert_eq!(
        (&listed[0]["line"], &listed[0]["texts"]["en"]),
        (&Value::Null, &json!("The shop is down"))
    );
    let past = json!({ "until": "2020-01-01T00:00:00Z" });
    let (status, body) = web.asked(Method::PUT, "/api/v1/outage", past).await;
    assert_eq!((status, &body["field"]), (StatusCode::BAD_REQUEST, &json!("until")));
    let page = web.reads(&olga, "/desk/phone?lang=en").await;
    assert!(page.contains("every line") && page.contains("until it is cleared"), "{page}");
    assert_eq!(
        web.asked(Method::DELETE, "/api/v1/outage", Value::Null).await.0,
        StatusCode::NO_CONTENT
    );
    assert!(web.store.outages().await.expect("a read").is_empty());
}

#[tokio::test]
async fn owners_see_none_of_it() {
    let web = Web::open().await;
    let call = web.picks_up("Олег", None).await;
    let owner = web.signs_in("Олег", Role::Owner).await;
    let board = web.reads(&owner, "/board").await;
    for hidden in ["/desk/phone", "/desk/presence", "+7495"] {
        assert!(!board.contains(hidden), "«{hidden}» in {board}");
    }
    assert_eq!(web.page(&owner, "/desk/phone").await.status(), StatusCode::FORBIDDEN);
    for path in ["/api/v1/phone", "/api/v1/presence", "/api/v1/outage"] {
        assert_eq!(web.page(&owner, path).await.status(), StatusCode::FORBIDDEN, "{path}");
        let nobody = web.asks(Method::GET, path).send().await.expect("an answer");
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in [
        "/desk/presence".to_owned(),
        "/desk/phone/outage".to_owned(),
        "/desk/phone/outage/clear".to_owned(),
        format!("/desk/phone/calls/{}/hand-on", call.id),
        format!("/desk/phone/calls/{}/hang-up", call.id),
        format!("/desk/phone/calls/{}/note", call.id),
    ] {
        let refused = web.submits(&owner, &path, &[("presence", "away"), ("text", "a")]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert!(web.ordered().await.is_empty());
    assert!(web.store.attendance().await.expect("a read").is_empty());
}
