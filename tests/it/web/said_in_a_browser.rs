//! The desk's words for urgency, risk and kind, the figures, and the customer's
//! question, as a browser shows them on a phone and on a desk.

use jiff::Timestamp;
use mostik_domain::{
    Change, Classification, ContactRisk, Criticality, Decision, MessageKind, ReviewReason, Role,
    RootCause,
};
use mostik_tests::browser::Browser;
use mostik_tests::needs;

use super::given::Web;
use super::said::{read, understood};

const WIDTHS: [(u32, &str); 2] = [(390, "narrow"), (1280, "wide")];

#[tokio::test]
async fn nothing_runs_out_of_the_window() {
    needs!("chromedriver", "chromium");
    let web = Web::open().await;
    let train = read(MessageKind::Complaint, Criticality::Critical, ContactRisk::High);
    let text = "Третий раз пишу: заперли в личном кабинете, а поезд через час, заказ 10448812";
    let first = understood(&web, text, ReviewReason::LowConfidence, train).await;
    let asked = read(MessageKind::Question, Criticality::Low, ContactRisk::Low);
    understood(&web, "До скольки вы открыты?", ReviewReason::Question, asked).await;
    for cause in [RootCause::Design, RootCause::Copy, RootCause::Delivery] {
        let read = read(MessageKind::Complaint, Criticality::Normal, ContactRisk::Low);
        let id = understood(&web, "Не вижу кнопку", ReviewReason::LowConfidence, read).await;
        let by = Classification::by_operator(cause, "Вера", Timestamp::now());
        web.submit(Decision::nothing().and(Change::AddClassification(id, by))).await;
    }
    let link = web.sign_in_link("Мария", Role::Manager).await;
    for lang in ["ru", "en"] {
        let browser = Browser::open_in(lang).await;
        if lang == "ru" {
            browser.goes_to(&link).await;
            browser.sees("main button").await.click().await;
            browser.sees(".tiles").await;
        }
        let own = format!("/c/{}", web.links.token(first));
        let mut pages = vec![(own, "own")];
        if lang == "ru" {
            pages.push(("/desk".to_owned(), "desk"));
            pages.push(("/desk/feedback?sort=urgency".to_owned(), "list"));
            pages.push((format!("/desk/feedback/{first}"), "feedback"));
            pages.push(("/desk/agreement".to_owned(), "agreement"));
        }
        for (width, name) in WIDTHS {
            browser.resizes(width, 1000).await;
            for (path, page) in &pages {
                browser.goes_to(&format!("{}{path}", web.url)).await;
                browser.sees("h1").await;
                let wider = "return document.documentElement.scrollWidth - window.innerWidth";
                let wider = browser.runs(wider).await.as_i64().expect("a number");
                assert!(wider <= 0, "{path} runs {wider} pixels out of a {name} window");
                browser.screenshot(&format!("said-{page}-{lang}-{name}")).await;
            }
        }
    }
}
