//! What anyone may expect of the compiled-in model of root causes.

use std::time::Instant;

use mostik_local::{LocalRootCause, training};
use mostik_taxonomy::{Language, RootCause, RootCauseClassifier};

fn classifier() -> LocalRootCause {
    LocalRootCause::new().expect("the compiled-in model is good")
}

#[test]
fn plain_complaints_are_named_in_both_languages() {
    let classifier = classifier();
    for (text, expected) in [
        ("Курьер опоздал на три часа и привёз не тот заказ", RootCause::Delivery),
        ("алло я жду посылку вторую неделю где она", RootCause::Delivery),
        ("С меня списали комиссию, о которой никто не предупреждал", RootCause::Pricing),
        ("слишком дорогая подписка", RootCause::Pricing),
        ("Не могу найти кнопку оплаты, всё запутано и мелко", RootCause::Design),
        ("Описание не соответствует товару, на фото другой цвет", RootCause::Copy),
        ("Спасибо, всё отлично, доставили быстро и недорого!", RootCause::Other),
        ("Приложение вылетает при входе", RootCause::Other),
        ("The parcel never arrived and the courier does not answer", RootCause::Delivery),
        ("why was I charged an extra fee", RootCause::Pricing),
        ("the buttons are tiny and I can't find the menu", RootCause::Design),
        ("the photo and the description do not match the product", RootCause::Copy),
        ("Great service, quick delivery, good price, thank you!", RootCause::Other),
    ] {
        let found = classifier.classify_now(text, Language::Russian);
        assert_eq!(found.root_cause, expected, "{text}: {found:?}");
        assert_eq!(found.causes[0].root_cause, expected);
        assert_eq!(found.causes[0].score, found.confidence);
    }
}

#[test]
fn the_words_that_decided_are_the_customers_own() {
    let text = "Здравствуйте! Курьер ОПОЗДАЛ на три часа, а так всё хорошо";
    let found = classifier().classify_now(text, Language::Russian);
    assert!(!found.evidence.is_empty() && found.evidence.len() <= 5);
    assert!(found.evidence.iter().all(|words| text.contains(words.as_str())));
    assert!(found.evidence.iter().any(|words| words.contains("ОПОЗДАЛ")), "{:?}", found.evidence);
}

#[test]
fn what_is_strange_is_not_answered_with_confidence() {
    let classifier = classifier();
    for text in [
        "",
        "   ",
        "!!! 123",
        "qwrtp zxcvb mnbvc",
        "ъыъ фжщ",
        "日本語のテキスト",
        "lorem ipsum dolor",
    ] {
        let found = classifier.classify_now(text, Language::English);
        assert!(found.confidence.value() < 0.6, "{text}: {}", found.confidence);
    }
    let empty = classifier.classify_now("", Language::English);
    assert_eq!(empty.root_cause, RootCause::Other);
    assert!(empty.confidence.value() < 0.3 && empty.evidence.is_empty());
}

#[tokio::test]
async fn it_answers_behind_the_trait_as_directly() {
    let classifier = classifier();
    let text = "Где мой заказ?";
    let answered = classifier.classify(text, Language::Russian).await.expect("an answer");
    assert_eq!(answered, classifier.classify_now(text, Language::Russian));
    assert_eq!(answered.language, Language::Russian);
    assert!(answered.version.starts_with("local/") && answered.version == classifier.version());
}

#[test]
fn a_message_takes_under_a_millisecond_and_a_huge_one_not_much_more() {
    let classifier = classifier();
    let message = "Заказала чайник неделю назад, курьер так и не приехал, трек не обновляется";
    let begun = Instant::now();
    for _ in 0..1_000 {
        assert!(!classifier.classify_now(message, Language::Russian).causes.is_empty());
    }
    assert!(begun.elapsed().as_millis() < 1_000, "{:?} for a thousand", begun.elapsed());
    let huge = message.repeat(100_000);
    let begun = Instant::now();
    assert_eq!(classifier.classify_now(&huge, Language::Russian).root_cause, RootCause::Delivery);
    assert!(begun.elapsed().as_millis() < 500, "{:?} for a huge one", begun.elapsed());
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    let good = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/models/root_cause.bin"));
    let good = good.expect("the model file");
    assert!(LocalRootCause::from_bytes(&good).is_ok());
    let mut longer = good.clone();
    longer.push(0);
    let mut other = good.clone();
    other[9] ^= 1;
    let mut unknown_class = good.clone();
    let name = good.windows(7).position(|bytes| bytes == b"pricing").expect("a class");
    unknown_class[name] = b'\n';
    let mut infinite = good.clone();
    infinite[24..28].copy_from_slice(&f32::INFINITY.to_le_bytes());
    for wrong in [
        &good[..0],
        &good[..7],
        &good[..100],
        &good[..good.len() - 1],
        &longer,
        &other,
        &unknown_class,
        &infinite,
    ] {
        assert!(LocalRootCause::from_bytes(wrong).is_err());
    }
}

#[test]
fn the_compiled_in_models_are_what_the_training_lines_give() {
    for (task, file) in
        [(training::Task::RootCause, "root_cause"), (training::Task::Stage, "stage")]
    {
        let examples = training::shipped_examples(task).expect("good lines");
        let trained = training::train(task, &examples).bytes;
        let path = format!("{}/models/{file}.bin", env!("CARGO_MANIFEST_DIR"));
        let shipped = std::fs::read(path).expect("the model file");
        assert!(trained == shipped, "{file}: run mostik-train-local");
    }
}
