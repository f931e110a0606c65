use super::noun::{MILLIARD, MILLION, THOUSAND};
use super::{Case, Gender, Noun};

const MASCULINE_ONE: [&str; 6] = ["один", "одного", "одному", "один", "одним", "одном"];
const FEMININE_ONE: [&str; 6] = ["одна", "одной", "одной", "одну", "одной", "одной"];
const NEUTER_ONE: [&str; 6] = ["одно", "одного", "одному", "одно", "одним", "одном"];
const TWO: [&str; 6] = ["два", "двух", "двум", "два", "двумя", "двух"];
const FEMININE_TWO: [&str; 6] = ["две", "двух", "двум", "две", "двумя", "двух"];
const THREE: [&str; 6] = ["три", "трёх", "трём", "три", "тремя", "трёх"];
const FOUR: [&str; 6] = ["четыре", "четырёх", "четырём", "четыре", "четырьмя", "четырёх"];
const ZERO: [&str; 6] = ["ноль", "ноля", "нолю", "ноль", "нолём", "ноле"];

/// Nominative, genitive and instrumental; the dative and the prepositional are as the genitive.
const FIVE_TO_TWENTY: [(&str, &str, &str); 16] = [
    ("пять", "пяти", "пятью"),
    ("шесть", "шести", "шестью"),
    ("семь", "семи", "семью"),
    ("восемь", "восьми", "восемью"),
    ("девять", "девяти", "девятью"),
    ("десять", "десяти", "десятью"),
    ("одиннадцать", "одиннадцати", "одиннадцатью"),
    ("двенадцать", "двенадцати", "двенадцатью"),
    ("тринадцать", "тринадцати", "тринадцатью"),
    ("четырнадцать", "четырнадцати", "четырнадцатью"),
    ("пятнадцать", "пятнадцати", "пятнадцатью"),
    ("шестнадцать", "шестнадцати", "шестнадцатью"),
    ("семнадцать", "семнадцати", "семнадцатью"),
    ("восемнадцать", "восемнадцати", "восемнадцатью"),
    ("девятнадцать", "девятнадцати", "девятнадцатью"),
    ("двадцать", "двадцати", "двадцатью"),
];
const TENS: [(&str, &str, &str); 8] = [
    ("двадцать", "двадцати", "двадцатью"),
    ("тридцать", "тридцати", "тридцатью"),
    ("сорок", "сорока", "сорока"),
    ("пятьдесят", "пятидесяти", "пятьюдесятью"),
    ("шестьдесят", "шестидесяти", "шестьюдесятью"),
    ("семьдесят", "семидесяти", "семьюдесятью"),
    ("восемьдесят", "восьмидесяти", "восемьюдесятью"),
    ("девяносто", "девяноста", "девяноста"),
];
const HUNDREDS: [[&str; 6]; 9] = [
    ["сто", "ста", "ста", "сто", "ста", "ста"],
    ["двести", "двухсот", "двумстам", "двести", "двумястами", "двухстах"],
    ["триста", "трёхсот", "трёмстам", "триста", "тремястами", "трёхстах"],
    ["четыреста", "четырёхсот", "четырёмстам", "четыреста", "четырьмястами", "четырёхстах"],
    ["пятьсот", "пятисот", "пятистам", "пятьсот", "пятьюстами", "пятистах"],
    ["шестьсот", "шестисот", "шестистам", "шестьсот", "шестьюстами", "шестистах"],
    ["семьсот", "семисот", "семистам", "семьсот", "семьюстами", "семистах"],
    ["восемьсот", "восьмисот", "восьмистам", "восемьсот", "восемьюстами", "восьмистах"],
    ["девятьсот", "девятисот", "девятистам", "девятьсот", "девятьюстами", "девятистах"],
];

/// From here on a number is said digit by digit.
pub(crate) const TOO_LARGE: u64 = 1_000_000_000_000;

/// A whole number: «двадцать одна», «пяти», «двумястами». The accusative is that of things, not of
/// people. Numbers from a billion (10¹²) on are said digit by digit.
pub fn cardinal(number: u64, case: Case, gender: Gender) -> String {
    cardinal_of(number, case, gender, false)
}

/// A number with its noun, both in the case: «двадцать одна минута», «пяти минут», «двух человек».
pub fn counted(number: u64, noun: &Noun, case: Case) -> String {
    let word = noun.after(number, case);
    format!("{} {word}", cardinal_of(number, case, noun.gender, noun.animate))
}

/// A number with a decimal fraction: «две целых пять десятых», «ноль целых двадцать пять сотых».
/// More than three decimals are said digit by digit.
pub fn fraction(whole: u64, decimals: &str, case: Case) -> String {
    let number: u64 = decimals.parse().unwrap_or_default();
    let parts = match decimals.len() {
        1 => ["десятая", "десятой", "десятых"],
        2 => ["сотая", "сотой", "сотых"],
        3 => ["тысячная", "тысячной", "тысячных"],
        _ => {
            let digits = decimals.bytes().map(|digit| digit_word(digit, Case::Nominative));
            let digits = digits.collect::<Vec<_>>().join(" ");
            return format!("{} запятая {digits}", cardinal(whole, case, Gender::Masculine));
        }
    };
    let wholes = if is_one(whole) {
        if case == Case::Nominative { "целая" } else { "целой" }
    } else {
        "целых"
    };
    let of = match (is_one(number), case) {
        (true, Case::Nominative) => parts[0],
        (true, _) => parts[1],
        (false, _) => parts[2],
    };
    let [whole, number] = [whole, number].map(|part| cardinal(part, case, Gender::Feminine));
    format!("{whole} {wholes} {number} {of}")
}

/// An ASCII digit as a word.
pub(crate) fn digit_word(digit: u8, case: Case) -> String {
    cardinal(u64::from(digit.saturating_sub(b'0').min(9)), case, Gender::Masculine)
}

/// Whether the noun after this number stands in the singular: 1, 21, 101, but not 11.
pub(crate) const fn is_one(number: u64) -> bool {
    number % 10 == 1 && number % 100 != 11
}

/// Whether it stands in the genitive singular: 2 to 4, 22, but not 12 to 14.
pub(crate) const fn is_few(number: u64) -> bool {
    matches!(number % 10, 2..=4) && !matches!(number % 100, 12..=14)
}

fn cardinal_of(number: u64, case: Case, gender: Gender, animate: bool) -> String {
    if number == 0 {
        return case.of(&ZERO).to_owned();
    }
    if number >= TOO_LARGE {
        let digits = number.to_string().into_bytes();
        let digits = digits.into_iter().map(|digit| digit_word(digit, case));
        return digits.collect::<Vec<_>>().join(" ");
    }
    let mut words = Vec::new();
    for (size, noun) in [(1_000_000_000, &MILLIARD), (1_000_000, &MILLION), (1_000, &THOUSAND)] {
        let count = number / size % 1_000;
        if count > 1 || count == 1 && !words.is_empty() {
            below_thousand(&mut words, count, case, noun.gender, false);
        }
        if count > 0 {
            words.push(noun.after(count, case));
        }
    }
    // «Двух человек», but «двадцать два человека»: only a simple number knows who is alive.
    let animate = animate && (number < 5 || is_one(number));
    below_thousand(&mut words, number % 1_000, case, gender, animate);
    words.join(" ")
}

fn below_thousand(
    words: &mut Vec<&'static str>,
    number: u64,
    case: Case,
    gender: Gender,
    animate: bool,
) {
    let at = |number: u64| usize::try_from(number).unwrap_or_default();
    if let Some(hundred) = at(number / 100).checked_sub(1).and_then(|at| HUNDREDS.get(at)) {
        words.push(case.of(hundred));
    }
    let rest = number % 100;
    let few = match rest {
        0 => return,
        5..=20 => return words.push(many(FIVE_TO_TWENTY[at(rest - 5)], case)),
        1..=4 => rest,
        _ => {
            words.push(many(TENS[at(rest / 10 - 2)], case));
            rest % 10
        }
    };
    let alive = animate && case == Case::Accusative && gender != Gender::Feminine;
    let case = if alive { Case::Genitive } else { case };
    let forms = match (few, gender) {
        (0, _) => return,
        (1, Gender::Masculine) => &MASCULINE_ONE,
        (1, Gender::Feminine) => &FEMININE_ONE,
        (1, Gender::Neuter) => &NEUTER_ONE,
        (2, Gender::Feminine) => &FEMININE_TWO,
        (2, _) => &TWO,
        (3, _) => &THREE,
        (4, _) => &FOUR,
        (more, _) => return words.push(many(FIVE_TO_TWENTY[at(more - 5)], case)),
    };
    words.push(case.of(forms));
}

const fn many(
    (nominative, genitive, instrumental): (&'static str, &'static str, &'static str),
    case: Case,
) -> &'static str {
    match case {
        Case::Nominative | Case::Accusative => nominative,
        Case::Genitive | Case::Dative | Case::Prepositional => genitive,
        Case::Instrumental => instrumental,
    }
}
