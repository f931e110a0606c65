use super::cardinal::cardinal;
use super::{Case, Gender};

/// How an adjective ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// -ый: первый.
    Plain,
    /// -ой: второй.
    Stressed,
    /// третий, третьего.
    Third,
}

const UNITS: [(&str, Ending); 20] = [
    ("нулев", Ending::Stressed),
    ("перв", Ending::Plain),
    ("втор", Ending::Stressed),
    ("трет", Ending::Third),
    ("четвёрт", Ending::Plain),
    ("пят", Ending::Plain),
    ("шест", Ending::Stressed),
    ("седьм", Ending::Stressed),
    ("восьм", Ending::Stressed),
    ("девят", Ending::Plain),
    ("десят", Ending::Plain),
    ("одиннадцат", Ending::Plain),
    ("двенадцат", Ending::Plain),
    ("тринадцат", Ending::Plain),
    ("четырнадцат", Ending::Plain),
    ("пятнадцат", Ending::Plain),
    ("шестнадцат", Ending::Plain),
    ("семнадцат", Ending::Plain),
    ("восемнадцат", Ending::Plain),
    ("девятнадцат", Ending::Plain),
];
const TENS: [(&str, Ending); 8] = [
    ("двадцат", Ending::Plain),
    ("тридцат", Ending::Plain),
    ("сороков", Ending::Stressed),
    ("пятидесят", Ending::Plain),
    ("шестидесят", Ending::Plain),
    ("семидесят", Ending::Plain),
    ("восьмидесят", Ending::Plain),
    ("девяност", Ending::Plain),
];
const HUNDREDS: [&str; 9] = [
    "сот",
    "двухсот",
    "трёхсот",
    "четырёхсот",
    "пятисот",
    "шестисот",
    "семисот",
    "восьмисот",
    "девятисот",
];

const HARD: [[&str; 6]; 3] = [
    ["ый", "ого", "ому", "ый", "ым", "ом"],
    ["ая", "ой", "ой", "ую", "ой", "ой"],
    ["ое", "ого", "ому", "ое", "ым", "ом"],
];
const SOFT: [[&str; 6]; 3] = [
    ["ий", "ьего", "ьему", "ий", "ьим", "ьем"],
    ["ья", "ьей", "ьей", "ью", "ьей", "ьей"],
    ["ье", "ьего", "ьему", "ье", "ьим", "ьем"],
];

/// An ordinal: «двадцать первое», «двухтысячного». Only its last word is declined. From a million
/// on the cardinal is said.
pub fn ordinal(number: u64, case: Case, gender: Gender) -> String {
    if number >= 1_000_000 {
        return cardinal(number, case, gender);
    }
    let (whole, rest) = (number / 1_000 * 1_000, number % 1_000);
    if whole > 0 && rest == 0 {
        return format!("{}тысячн{}", joined(number / 1_000), ending(Ending::Plain, case, gender));
    }
    let hundreds = whole + rest / 100 * 100;
    if number > 0 && number.is_multiple_of(100) {
        let stem = HUNDREDS[at(rest / 100 - 1)];
        return behind(whole, format!("{stem}{}", ending(Ending::Plain, case, gender)));
    }
    let (before, (stem, kind)) = match number % 100 {
        small @ 0..=19 => (hundreds, UNITS[at(small)]),
        round if round % 10 == 0 => (hundreds, TENS[at(round / 10 - 2)]),
        other => (hundreds + other / 10 * 10, UNITS[at(other % 10)]),
    };
    behind(before, format!("{stem}{}", ending(kind, case, gender)))
}

/// A year in a case, with the word: «две тысячи двадцать шестого года».
pub fn year(year: u64, case: Case) -> String {
    let word = super::nouns::YEAR.singular(case);
    // «В две тысячи двадцать шестом году.»
    let word = if case == Case::Prepositional { "году" } else { word };
    format!("{} {word}", ordinal(year, case, Gender::Masculine))
}

fn behind(before: u64, last: String) -> String {
    match before {
        0 => last,
        _ => format!("{} {last}", cardinal(before, Case::Nominative, Gender::Masculine)),
    }
}

fn ending(kind: Ending, case: Case, gender: Gender) -> &'static str {
    let endings = if kind == Ending::Third { &SOFT } else { &HARD };
    match case.of(&endings[gender as usize]) {
        "ый" if kind == Ending::Stressed => "ой",
        other => other,
    }
}

/// How many thousands, as the front of one word: «двадцатиодно», «сто», «пяти».
fn joined(thousands: u64) -> String {
    if thousands == 1 {
        return String::new();
    }
    let words = cardinal(thousands, Case::Genitive, Gender::Masculine);
    let parts = words.split(' ').map(|word| match word {
        "ста" => "сто",
        "девяноста" => "девяносто",
        "одного" => "одно",
        other => other,
    });
    parts.collect()
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
