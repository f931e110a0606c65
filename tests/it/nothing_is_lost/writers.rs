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

/// Clear cases of every cause, said again and again: they gather.
const COMPLAINTS: [&str; 6] = [
    "Курьер опоздал на три дня, а заказ так и не привезли",
    "The courier never came and my parcel is still not here",
    "С меня взяли слишком много денег, скидка не сработала, верните деньги",
    "The button on the checkout page is hidden behind the menu",
    "На сайте опечатка: в описании товара написано хлопок, а на этикетке полиэстер",
    "The product description on the site is wrong, please correct the text",
];
/// What others are about, so that new issues are filed all the while.
const THINGS: [&str; 16] = [
    "a red winter coat for my daughter",
    "two garden chairs made of oak",
    "a coffee machine with a milk jug",
    "printer paper and four ink cartridges",
    "a birthday present for grandmother",
    "running shoes of my size",
    "a box of ceramic flower pots",
    "the tent for our summer trip",
    "a keyboard with silent keys",
    "medicine for an old cat",
    "three jars of mountain honey",
    "new strings for a violin",
    "wallpaper for the nursery",
    "a spare wheel for the bicycle",
    "curtains with yellow birds",
    "an atlas of the northern stars",
];

/// What the writer of this number says as message of this number.
fn words(nth: usize, number: usize) -> String {
    if number.is_multiple_of(2) {
        return COMPLAINTS[(number / 2 + nth) % COMPLAINTS.len()].to_owned();
    }
    let (first, second) = (number / 2 % THINGS.len(), number / 2 / THINGS.len() + 1);
    let things = format!("{} and {}", THINGS[first], THINGS[(first + second) % THINGS.len()]);
    match nth % 3 {
        0 => format!("The courier never came with {things}, where is my parcel?"),
        1 => format!("I was charged twice for {things}, refund the money."),
        _ => format!("The product description of {things} is wrong, correct the text."),
    }
}

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
        let text = words(nth, number);
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
        written.push(Written { text, feedback });
    }
    written
}
