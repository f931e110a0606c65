//! The table of Russian numbers, checked against grammars (Розенталь, §§ 164–171; gramota.ru).

use crate::spoken::russian::{
    Case::{self, *},
    Currency,
    Gender::{self, *},
    Noun, cardinal, counted, date, fraction, money, nouns, ordinal, through, time_of_day, within,
    year,
};

/// Number; nominative masculine, feminine, neuter; genitive, dative, instrumental, prepositional
/// (masculine).
const CARDINALS: &[(u64, [&str; 7])] = &[
    (0, ["ноль", "ноль", "ноль", "ноля", "нолю", "нолём", "ноле"]),
    (1, ["один", "одна", "одно", "одного", "одному", "одним", "одном"]),
    (2, ["два", "две", "два", "двух", "двум", "двумя", "двух"]),
    (3, ["три", "три", "три", "трёх", "трём", "тремя", "трёх"]),
    (4, ["четыре", "четыре", "четыре", "четырёх", "четырём", "четырьмя", "четырёх"]),
    (5, ["пять", "пять", "пять", "пяти", "пяти", "пятью", "пяти"]),
    (8, ["восемь", "восемь", "восемь", "восьми", "восьми", "восемью", "восьми"]),
    (
        11,
        [
            "одиннадцать",
            "одиннадцать",
            "одиннадцать",
            "одиннадцати",
            "одиннадцати",
            "одиннадцатью",
            "одиннадцати",
        ],
    ),
    (
        12,
        [
            "двенадцать",
            "двенадцать",
            "двенадцать",
            "двенадцати",
            "двенадцати",
            "двенадцатью",
            "двенадцати",
        ],
    ),
    (
        14,
        [
            "четырнадцать",
            "четырнадцать",
            "четырнадцать",
            "четырнадцати",
            "четырнадцати",
            "четырнадцатью",
            "четырнадцати",
        ],
    ),
    (20, ["двадцать", "двадцать", "двадцать", "двадцати", "двадцати", "двадцатью", "двадцати"]),
    (
        21,
        [
            "двадцать один",
            "двадцать одна",
            "двадцать одно",
            "двадцати одного",
            "двадцати одному",
            "двадцатью одним",
            "двадцати одном",
        ],
    ),
    (
        22,
        [
            "двадцать два",
            "двадцать две",
            "двадцать два",
            "двадцати двух",
            "двадцати двум",
            "двадцатью двумя",
            "двадцати двух",
        ],
    ),
    (
        25,
        [
            "двадцать пять",
            "двадцать пять",
            "двадцать пять",
            "двадцати пяти",
            "двадцати пяти",
            "двадцатью пятью",
            "двадцати пяти",
        ],
    ),
    (40, ["сорок", "сорок", "сорок", "сорока", "сорока", "сорока", "сорока"]),
    (
        58,
        [
            "пятьдесят восемь",
            "пятьдесят восемь",
            "пятьдесят восемь",
            "пятидесяти восьми",
            "пятидесяти восьми",
            "пятьюдесятью восемью",
            "пятидесяти восьми",
        ],
    ),
    (
        90,
        ["девяносто", "девяносто", "девяносто", "девяноста", "девяноста", "девяноста", "девяноста"],
    ),
    (100, ["сто", "сто", "сто", "ста", "ста", "ста", "ста"]),
    (
        101,
        ["сто один", "сто одна", "сто одно", "ста одного", "ста одному", "ста одним", "ста одном"],
    ),
    (
        111,
        [
            "сто одиннадцать",
            "сто одиннадцать",
            "сто одиннадцать",
            "ста одиннадцати",
            "ста одиннадцати",
            "ста одиннадцатью",
            "ста одиннадцати",
        ],
    ),
    (
        121,
        [
            "сто двадцать один",
            "сто двадцать одна",
            "сто двадцать одно",
            "ста двадцати одного",
            "ста двадцати одному",
            "ста двадцатью одним",
            "ста двадцати одном",
        ],
    ),
    (200, ["двести", "двести", "двести", "двухсот", "двумстам", "двумястами", "двухстах"]),
    (
        345,
        [
            "триста сорок пять",
            "триста сорок пять",
            "триста сорок пять",
            "трёхсот сорока пяти",
            "трёмстам сорока пяти",
            "тремястами сорока пятью",
            "трёхстах сорока пяти",
        ],
    ),
    (
        888,
        [
            "восемьсот восемьдесят восемь",
            "восемьсот восемьдесят восемь",
            "восемьсот восемьдесят восемь",
            "восьмисот восьмидесяти восьми",
            "восьмистам восьмидесяти восьми",
            "восемьюстами восемьюдесятью восемью",
            "восьмистах восьмидесяти восьми",
        ],
    ),
    (1_000, ["тысяча", "тысяча", "тысяча", "тысячи", "тысяче", "тысячей", "тысяче"]),
    (
        1_001,
        [
            "тысяча один",
            "тысяча одна",
            "тысяча одно",
            "тысячи одного",
            "тысяче одному",
            "тысячей одним",
            "тысяче одном",
        ],
    ),
    (
        2_000,
        [
            "две тысячи",
            "две тысячи",
            "две тысячи",
            "двух тысяч",
            "двум тысячам",
            "двумя тысячами",
            "двух тысячах",
        ],
    ),
    (
        5_000,
        [
            "пять тысяч",
            "пять тысяч",
            "пять тысяч",
            "пяти тысяч",
            "пяти тысячам",
            "пятью тысячами",
            "пяти тысячах",
        ],
    ),
    (
        21_000,
        [
            "двадцать одна тысяча",
            "двадцать одна тысяча",
            "двадцать одна тысяча",
            "двадцати одной тысячи",
            "двадцати одной тысяче",
            "двадцатью одной тысячей",
            "двадцати одной тысяче",
        ],
    ),
    (
        100_000,
        [
            "сто тысяч",
            "сто тысяч",
            "сто тысяч",
            "ста тысяч",
            "ста тысячам",
            "ста тысячами",
            "ста тысячах",
        ],
    ),
    (
        999_999,
        [
            "девятьсот девяносто девять тысяч девятьсот девяносто девять",
            "девятьсот девяносто девять тысяч девятьсот девяносто девять",
            "девятьсот девяносто девять тысяч девятьсот девяносто девять",
            "девятисот девяноста девяти тысяч девятисот девяноста девяти",
            "девятистам девяноста девяти тысячам девятистам девяноста девяти",
            "девятьюстами девяноста девятью тысячами девятьюстами девяноста девятью",
            "девятистах девяноста девяти тысячах девятистах девяноста девяти",
        ],
    ),
];

const FORMS: [(Case, Gender); 7] = [
    (Nominative, Masculine),
    (Nominative, Feminine),
    (Nominative, Neuter),
    (Genitive, Masculine),
    (Dative, Masculine),
    (Instrumental, Masculine),
    (Prepositional, Masculine),
];

#[test]
fn cardinals_in_every_case_and_gender() {
    for (number, forms) in CARDINALS {
        for (expected, (case, gender)) in forms.iter().zip(FORMS) {
            assert_eq!(&cardinal(*number, case, gender), expected, "{number} {case:?} {gender:?}");
        }
    }
    for (number, case, gender, expected) in [
        (1, Genitive, Feminine, "одной"),
        (21, Accusative, Feminine, "двадцать одну"),
        (21, Accusative, Masculine, "двадцать один"),
        (22, Accusative, Feminine, "двадцать две"),
        (1, Instrumental, Feminine, "одной"),
        (1_000, Accusative, Masculine, "тысячу"),
        (1_000_000, Nominative, Masculine, "миллион"),
        (2_001_000, Nominative, Masculine, "два миллиона одна тысяча"),
        (5_000_000_000, Genitive, Masculine, "пяти миллиардов"),
    ] {
        assert_eq!(cardinal(number, case, gender), expected);
    }
}

#[test]
fn every_number_up_to_a_million_is_said_without_digits_or_doubled_blanks() {
    for number in (0..1_000_000).step_by(7) {
        let said = cardinal(number, Case::ALL[usize::try_from(number % 6).unwrap()], Feminine);
        let letters = said.chars().all(|it| it == ' ' || ('а'..='ё').contains(&it));
        assert!(letters && !said.contains("  ") && said.trim() == said, "{number}: {said}");
    }
}

#[test]
fn nouns_follow_their_numbers() {
    let table: &[(u64, &Noun, Case, &str)] = &[
        (0, &nouns::MINUTE, Nominative, "ноль минут"),
        (1, &nouns::MINUTE, Nominative, "одна минута"),
        (1, &nouns::MINUTE, Accusative, "одну минуту"),
        (2, &nouns::MINUTE, Nominative, "две минуты"),
        (5, &nouns::MINUTE, Genitive, "пяти минут"),
        (11, &nouns::MINUTE, Nominative, "одиннадцать минут"),
        (21, &nouns::MINUTE, Dative, "двадцати одной минуте"),
        (22, &nouns::MINUTE, Instrumental, "двадцатью двумя минутами"),
        (3, &nouns::MINUTE, Prepositional, "трёх минутах"),
        (111, &nouns::MINUTE, Nominative, "сто одиннадцать минут"),
        (1_000, &nouns::MINUTE, Nominative, "тысяча минут"),
        (1_002, &nouns::MINUTE, Nominative, "тысяча две минуты"),
        (1, &nouns::HOUR, Genitive, "одного часа"),
        (24, &nouns::HOUR, Nominative, "двадцать четыре часа"),
        (1, &nouns::DAY, Nominative, "один день"),
        (3, &nouns::DAY, Nominative, "три дня"),
        (14, &nouns::DAY, Nominative, "четырнадцать дней"),
        (5, &nouns::DAY, Instrumental, "пятью днями"),
        (1, &nouns::WEEK, Accusative, "одну неделю"),
        (4, &nouns::WEEK, Nominative, "четыре недели"),
        (1, &nouns::YEAR, Nominative, "один год"),
        (2, &nouns::YEAR, Nominative, "два года"),
        (5, &nouns::YEAR, Nominative, "пять лет"),
        (5, &nouns::YEAR, Dative, "пяти годам"),
        (1, &nouns::PERSON, Nominative, "один человек"),
        (1, &nouns::PERSON, Accusative, "одного человека"),
        (2, &nouns::PERSON, Nominative, "два человека"),
        (2, &nouns::PERSON, Accusative, "двух человек"),
        (22, &nouns::PERSON, Accusative, "двадцать два человека"),
        (5, &nouns::PERSON, Nominative, "пять человек"),
        (5, &nouns::PERSON, Genitive, "пяти человек"),
        (1, &nouns::CASE, Nominative, "одно обращение"),
        (2, &nouns::CASE, Nominative, "два обращения"),
        (21, &nouns::CASE, Genitive, "двадцати одного обращения"),
        (12, &nouns::CASE, Nominative, "двенадцать обращений"),
        (121, &nouns::ROUBLE, Nominative, "сто двадцать один рубль"),
        (5, &nouns::ROUBLE, Instrumental, "пятью рублями"),
        (21_000, &nouns::ROUBLE, Nominative, "двадцать одна тысяча рублей"),
        (2, &nouns::KOPECK, Nominative, "две копейки"),
        (7, &nouns::EURO, Nominative, "семь евро"),
    ];
    for (number, noun, case, expected) in table {
        assert_eq!(&counted(*number, noun, *case), expected);
    }
}

#[test]
fn ordinals_decline_their_last_word() {
    for (number, case, gender, expected) in [
        (0, Nominative, Masculine, "нулевой"),
        (1, Nominative, Masculine, "первый"),
        (2, Nominative, Feminine, "вторая"),
        (3, Nominative, Masculine, "третий"),
        (3, Genitive, Masculine, "третьего"),
        (3, Nominative, Neuter, "третье"),
        (23, Accusative, Feminine, "двадцать третью"),
        (4, Dative, Neuter, "четвёртому"),
        (6, Nominative, Masculine, "шестой"),
        (7, Genitive, Neuter, "седьмого"),
        (11, Nominative, Neuter, "одиннадцатое"),
        (12, Instrumental, Masculine, "двенадцатым"),
        (20, Nominative, Neuter, "двадцатое"),
        (21, Nominative, Neuter, "двадцать первое"),
        (21, Genitive, Neuter, "двадцать первого"),
        (40, Nominative, Masculine, "сороковой"),
        (90, Prepositional, Masculine, "девяностом"),
        (100, Nominative, Masculine, "сотый"),
        (101, Nominative, Masculine, "сто первый"),
        (111, Genitive, Masculine, "сто одиннадцатого"),
        (200, Nominative, Feminine, "двухсотая"),
        (1_000, Nominative, Masculine, "тысячный"),
        (1_001, Nominative, Masculine, "тысяча первый"),
        (1_900, Genitive, Masculine, "тысяча девятисотого"),
        (2_000, Genitive, Masculine, "двухтысячного"),
        (5_000, Nominative, Masculine, "пятитысячный"),
        (21_000, Nominative, Masculine, "двадцатиоднотысячный"),
        (100_000, Nominative, Masculine, "стотысячный"),
    ] {
        assert_eq!(ordinal(number, case, gender), expected);
    }
    assert_eq!(year(2026, Genitive), "две тысячи двадцать шестого года");
    assert_eq!(year(2026, Prepositional), "две тысячи двадцать шестом году");
    assert_eq!(year(1999, Nominative), "тысяча девятьсот девяносто девятый год");
}

#[test]
fn times_dates_and_spans() {
    for (hour, minute, case, expected) in [
        (14, 30, Nominative, "четырнадцать часов тридцать минут"),
        (14, 30, Accusative, "четырнадцать часов тридцать минут"),
        (14, 30, Genitive, "четырнадцати часов тридцати минут"),
        (18, 0, Genitive, "восемнадцати часов"),
        (9, 5, Accusative, "девять часов пять минут"),
        (21, 1, Accusative, "двадцать один час одну минуту"),
        (1, 0, Genitive, "одного часа"),
        (2, 22, Dative, "двум часам двадцати двум минутам"),
        (0, 0, Genitive, "полуночи"),
        (0, 30, Nominative, "ноль часов тридцать минут"),
        (24, 0, Accusative, "полночь"),
    ] {
        assert_eq!(time_of_day(hour, minute, case).as_deref(), Some(expected));
    }
    for impossible in [(24, 1), (25, 0), (12, 60), (255, 255)] {
        assert_eq!(time_of_day(impossible.0, impossible.1, Nominative), None);
    }
    for (day, month, year, case, expected) in [
        (21, 11, None, Nominative, Some("двадцать первое ноября")),
        (21, 11, None, Genitive, Some("двадцать первого ноября")),
        (3, 1, None, Dative, Some("третьему января")),
        (
            22,
            11,
            Some(2026),
            Genitive,
            Some("двадцать второго ноября две тысячи двадцать шестого года"),
        ),
        (29, 2, None, Genitive, Some("двадцать девятого февраля")),
        (29, 2, Some(2026), Genitive, None),
        (31, 4, None, Genitive, None),
        (0, 1, None, Genitive, None),
        (1, 13, None, Genitive, None),
        (255, 255, Some(65_535), Genitive, None),
    ] {
        assert_eq!(date(day, month, year, case).as_deref(), expected, "{day}.{month}");
    }
    for (minutes, after, during) in [
        (1, "через минуту", "в течение минуты"),
        (2, "через две минуты", "в течение двух минут"),
        (15, "через пятнадцать минут", "в течение пятнадцати минут"),
        (21, "через двадцать одну минуту", "в течение двадцати одной минуты"),
        (30, "через полчаса", "в течение получаса"),
        (60, "через час", "в течение часа"),
        (75, "через час пятнадцать минут", "в течение часа пятнадцати минут"),
        (90, "через полтора часа", "в течение полутора часов"),
        (120, "через два часа", "в течение двух часов"),
        (240, "через четыре часа", "в течение четырёх часов"),
        (300, "через пять часов", "в течение пяти часов"),
    ] {
        assert_eq!((through(minutes).as_str(), within(minutes).as_str()), (after, during));
    }
}

#[test]
fn sums_and_fractions() {
    for (notes, coins, currency, case, expected) in [
        (121, 0, Currency::Rouble, Nominative, "сто двадцать один рубль"),
        (99, 90, Currency::Rouble, Nominative, "девяносто девять рублей девяносто копеек"),
        (1, 1, Currency::Rouble, Accusative, "один рубль одну копейку"),
        (2, 2, Currency::Dollar, Genitive, "двух долларов двух центов"),
        (0, 50, Currency::Euro, Nominative, "ноль евро пятьдесят центов"),
        (1_500, 0, Currency::Rouble, Dative, "тысяче пятистам рублям"),
    ] {
        assert_eq!(money(notes, coins, currency, case), expected);
    }
    for (whole, decimals, case, expected) in [
        (2, "5", Nominative, "две целых пять десятых"),
        (1, "1", Nominative, "одна целая одна десятая"),
        (0, "25", Nominative, "ноль целых двадцать пять сотых"),
        (3, "141", Genitive, "трёх целых ста сорока одной тысячной"),
        (3, "14159", Nominative, "три запятая один четыре один пять девять"),
    ] {
        assert_eq!(fraction(whole, decimals, case), expected);
    }
}
