//! Customers who write, and press "send" again until they are told that it arrived.

use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::world::Api;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Through any number of restarts.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two messages of one writer.
const PAUSE: Duration = Duration::from_millis(250);

/// Clear cases of every cause; some gather under one problem.
const COMPLAINTS: [&str; 8] = [
    "Курьер опоздал на три дня, а заказ так и не привезли",
    "The courier never came and my parcel is still not here",
    "С меня взяли слишком много денег, скидка не сработала, верните деньги",
    "The discount did not work and I was charged twice, please refund the money",
    "The button on the checkout page is hidden behind the menu",
    "Кнопка оплаты на телефоне не видна, её закрывает меню",
    "На сайте опечатка: в описании товара написано хлопок, а на этикетке полиэстер",
    "The product description on the site is wrong, please correct the text",
];

/// A message for which a 202 came.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) feedback: String,
}

/// Writes until `stop`; all that was acknowledged.
pub(super) async fn write(api: Api, nth: usize, stop: &CancellationToken) -> Vec<Written> {
    let mut written = Vec::new();
    let mut pace = tokio::time::interval(PAUSE);
    while stop.run_until_cancelled(pace.tick()).await.is_some() {
        let number = written.len();
        let text = COMPLAINTS[(number + nth) % COMPLAINTS.len()];
        let sender = api.clone().with_header("idempotency-key", &format!("{nth}-{number}"));
        let feedback = eventually("a message to be acknowledged", PATIENCE, async || {
            let request = sender.request(reqwest::Method::POST, "/api/v1/messages");
            let answer = sender.try_send(request.json(&json!({ "text": text }))).await;
            match answer.map_err(|error| error.to_string())? {
                taken if taken.status == 202 => Ok(taken.json()["feedback"].clone()),
                other => Err(format!("{}: {}", other.status, other.text)),
            }
        })
        .await;
        let feedback = feedback.as_str().expect("an id").to_owned();
        written.push(Written { text: text.to_owned(), feedback });
    }
    written
}
