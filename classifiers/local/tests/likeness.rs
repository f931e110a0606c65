//! Which problem a complaint is about, by words and meaning together.

use mostik_local::encoder::Encoder;
use mostik_text::likeness::{Alike, Ranking};

const PROBLEMS: [&str; 8] = [
    "Курьер не приехал, жду третий день",
    "Не могу найти кнопку оплаты в приложении",
    "Введите код из смс, а смс не приходит",
    "Курьер нахамил мне у двери",
    "Charged twice for the same subscription",
    "The parcel arrived with a crushed box",
    "Subscription price went up without notice",
    "The parcel never arrived",
];

fn likest(problems: &[&str], text: &str) -> Alike {
    let encoder = Encoder::shipped().expect("compiled in");
    let ranking = Ranking::of(problems.iter().map(|text| [*text]), Some(&encoder));
    ranking.likest(text, |_| 0.0, 1)[0]
}

#[test]
fn the_same_complaint_joins_by_itself() {
    for (problem, text) in [
        (0, "здравствуйте курьер не приехал жду третий день!"),
        (0, "Жду третий день, курьер не приехал"),
        (1, "Не могу найти кнопку оплаты в преложении"),
        (2, "видите код из смс а смс не приходит"),
        (4, "I was charged twice for the same subscription!!"),
        (5, "the parcel arived with a crushed box"),
    ] {
        let alone = likest(&[PROBLEMS[problem]], text);
        let found = likest(&PROBLEMS, text);
        assert!(alone.joins() && found.joins(), "{text}: {alone:?}, {found:?}");
        assert_eq!(found.problem, problem, "{text}");
    }
}

#[test]
fn another_complaint_of_the_same_trade_waits_for_a_person() {
    for text in [
        "Курьер разбил посылку",
        "Не могу найти кнопку возврата товара в корзине",
        "Не приходит заказ",
        "The parcel was left with a neighbour",
        "Charged in the wrong currency",
        "Где мой заказ",
        "да",
        "Здравствуйте",
        "верните деньги",
        "",
    ] {
        let found = likest(&PROBLEMS, text);
        assert!(!found.joins(), "{text}: {found:?}");
        for problem in PROBLEMS {
            let alone = likest(&[problem], text);
            assert!(!alone.joins(), "{text} beside {problem} alone: {alone:?}");
        }
    }
}

#[test]
fn the_same_meant_in_another_language_is_found() {
    for (text, problem) in [
        ("I cannot find the payment button", 1),
        ("посылка пришла с мятой коробкой", 5),
        ("двойное списание за подписку", 4),
    ] {
        assert_eq!(likest(&PROBLEMS, text).problem, problem, "{text}");
    }
}
