//! What anyone may expect of the compiled-in encoder.

use std::time::Instant;

use mostik_local::encoder::Encoder;

fn meaning(text: &str) -> Vec<f32> {
    Encoder::shipped().expect("the compiled-in encoder is good").read(text).meaning()
}

fn likeness(one: &str, other: &str) -> f32 {
    meaning(one).iter().zip(meaning(other)).map(|(a, b)| a * b).sum()
}

#[test]
fn the_same_meant_in_two_languages_is_nearer_than_another_thing() {
    for (russian, english, other) in [
        ("курьер опаздывает", "the courier is late", "the app crashes"),
        ("слишком дорого", "too expensive", "the package was lost"),
        ("не могу найти кнопку", "I cannot find the button", "the food was cold"),
        ("верните деньги", "give my money back", "when do you open"),
    ] {
        let (same, different) = (likeness(russian, english), likeness(russian, other));
        assert!(same > different + 0.1, "{russian}: {same} and {different}");
    }
}

#[test]
fn a_meaning_has_the_length_one_whatever_the_text() {
    for text in ["", " ", "a", "🙂🙂", "日本語", "\u{0}\u{7f}", "ПРИВЕТ!!!", &"ы".repeat(5_000)]
    {
        let length: f32 = meaning(text).iter().map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-2 && length.is_finite(), "{text:.20}: {length}");
    }
}

#[test]
fn letter_case_spaces_and_yo_do_not_matter() {
    assert_eq!(meaning("Ещё  НЕ\nпришло"), meaning("еще не пришло"));
}

#[test]
fn sentences_are_told_apart() {
    let encoder = Encoder::shipped().expect("good");
    let read = |text: &str| encoder.read(text).sentences().len();
    assert_eq!(read("Всё очень понравилось. Но курьер ждал у подъезда час!"), 2);
    assert_eq!(read("Где мой заказ?"), 0);
    assert!(read(&"и вот я жду и жду ".repeat(20)) >= 3);
}

#[test]
fn huge_and_strange_texts_take_no_longer_than_their_first_pages() {
    let begun = Instant::now();
    for text in
        ["a".repeat(1 << 20), "Щ ".repeat(1 << 20), "🙂".repeat(1 << 18), "\u{301}".repeat(1 << 18)]
    {
        assert!(!meaning(&text).is_empty());
    }
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
fn bytes_that_are_no_encoder_are_refused() {
    let good = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/models/encoder.bin"));
    let good = good.expect("the encoder's file");
    assert!(Encoder::from_bytes(&good).is_ok());
    for kept in [0, 7, 16, 20, 1_000, good.len() / 2, good.len() - 1] {
        assert!(Encoder::from_bytes(&good[..kept]).is_err(), "{kept} bytes");
    }
    let mut longer = good.clone();
    longer.push(0);
    let mut huge = good.clone();
    huge[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut infinite = good.clone();
    let last = good.len() - 4;
    infinite[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    for wrong in [longer, huge, infinite] {
        assert!(Encoder::from_bytes(&wrong).is_err());
    }
}
