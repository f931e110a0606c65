//! The phone's page as a browser shows it: by keys alone, alive, on a telephone
//! and on a desk.

use mostik_domain::{CallId, Change, Decision, LiveCall, OrderWhat, Outage, OutageTexts, Role};
use mostik_store::Store as _;
use mostik_tests::browser::Browser;
use mostik_tests::eventually::eventually;
use mostik_tests::needs;

use super::at_the_phone::{asked_to_be_called_back, live, talking, waiting};
use super::given::Web;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

async fn signed_in(web: &Web, language: &str) -> Browser {
    let browser = Browser::open_in(language).await;
    browser.goes_to(&web.sign_in_link("Ольга", Role::Operator).await).await;
    browser.sees("main button").await.click().await;
    browser.sees(".tiles").await;
    browser
}

#[tokio::test]
async fn a_call_is_led_by_keys_from_pick_up_to_the_line_after_it() {
    needs!("chromedriver", "chromium");
    let web = Web::open().await;
    let browser = signed_in(&web, "ru").await;
    browser.goes_to(&format!("{}/desk", web.url)).await;
    browser.sees("#me .presence").await;
    browser.presses("s").await;
    browser.sees("#me .presence.away").await;
    browser.presses("s").await;
    browser.sees("#me .presence:not(.away)").await;

    let filed = web.filed("Не видно кнопки оплаты").await;
    let customer = web.feedback(filed.feedback).await.customer;
    let call = web.picks_up("Ольга", Some(customer)).await;
    // The bar comes by itself; a key opens what was before.
    browser.reads("Вы говорите с: Анна").await;
    browser.presses("g").await;
    browser.sees("#caller").await;
    browser.reads("Не видно кнопки оплаты").await;
    browser.presses("h").await;
    eventually("the order", PATIENCE, async || {
        let ordered = web.ordered().await;
        if ordered == [("Ольга".to_owned(), OrderWhat::HandOn { to: None })] {
            Ok(())
        } else {
            Err(format!("{ordered:?}"))
        }
    })
    .await;
    browser.reads("передаём …").await;

    let over = web.talked("Ольга").await;
    web.submit(Decision::nothing().and(Change::EndLiveCall(call.id))).await;
    browser.reads("Почему вы ответили так?").await;
    assert_eq!(browser.count("#on-call .on-call").await, 0, "the bar goes with the call");
    browser.presses("a").await;
    browser.presses("Вернули деньги\u{E007}").await;
    eventually("the line", PATIENCE, async || {
        let call = web.store.call(over).await.expect("a read").expect("a call");
        call.note.filter(|note| note.text.reveal() == "Вернули деньги").ok_or("not yet")
    })
    .await;
}

#[tokio::test]
async fn pick_up_opens_the_history_while_somebody_types() {
    needs!("chromedriver", "chromium");
    let web = Web::open().await;
    let browser = signed_in(&web, "ru").await;
    browser.goes_to(&format!("{}/desk/phone", web.url)).await;
    browser.sees("details summary").await.click().await;
    let words = browser.sees("#outage-ru").await;
    words.types("Оплата ст").await;
    web.picks_up("Ольга", None).await;
    browser.sees("#on-call .on-call").await;
    browser.sees("#news:not([hidden])").await;
    words.types("оит").await;
    let typed = browser.runs("return document.getElementById('outage-ru').value").await;
    assert_eq!(typed, "Оплата стоит", "what is being typed is never taken away");
}

/// Everything that the page can show, at once; gives a call that is over.
async fn busy(web: &Web) -> CallId {
    let filed = web.filed("Не видно кнопки оплаты, а заказ нужен сегодня").await;
    let customer = web.feedback(filed.feedback).await.customer;
    web.picks_up("Ольга", Some(customer)).await;
    let over = web.talked("Ольга").await;
    for place in 1..=3 {
        web.phone_does(&live(waiting(place))).await;
    }
    let long = "sip:a-very-long-name-of-somebody-without-any-space@carrier.example";
    web.phone_does(&LiveCall { caller: long.into(), ..live(talking("Пётр")) }).await;
    let outage = Outage {
        line: None,
        texts: OutageTexts {
            russian: "Оплата картой сейчас не проходит. Мы знаем об этом и чиним.".into(),
            english: "".into(),
        },
        set_by: "Мария".into(),
        since: jiff::Timestamp::now(),
        until: None,
    };
    let changes = Decision::nothing()
        .and(Change::SaveCallBack(asked_to_be_called_back()))
        .and(Change::SetOutage(outage));
    web.submit(changes).await;
    over
}

#[tokio::test]
async fn nothing_runs_out_of_the_window() {
    needs!("chromedriver", "chromium");
    let web = Web::open().await;
    let over = busy(&web).await;
    let browser = signed_in(&web, "ru").await;
    for (width, name) in [(390, "narrow"), (1280, "wide")] {
        browser.resizes(width, 1000).await;
        for lang in ["ru", "en"] {
            let call = format!("/desk/calls/{over}");
            for (path, page) in [("/desk/phone", "phone"), (call.as_str(), "call")] {
                browser.goes_to(&format!("{}{path}?lang={lang}", web.url)).await;
                browser.sees("h1").await;
                let wider = "return document.documentElement.scrollWidth - window.innerWidth";
                let wider = browser.runs(wider).await.as_i64().expect("a number");
                assert!(wider <= 0, "{path} runs {wider} pixels out of a {name} window");
                let high = "return document.documentElement.scrollHeight";
                let high = browser.runs(high).await.as_u64().expect("a number");
                browser.resizes(width, u32::try_from(high.min(3_000)).expect("small")).await;
                browser.screenshot(&format!("phone-{page}-{lang}-{name}")).await;
                browser.resizes(width, 1000).await;
            }
        }
    }
}
