//! Abbreviations that stand for the same words wherever they are.

use mostik_taxonomy::Language;

use super::token::{Found, Token};

/// As written without blanks, and in full. A longer one stands before its own beginning.
const RUSSIAN: &[(&str, &str)] = &[
    ("и т.д.", "и так далее"),
    ("и т.п.", "и тому подобное"),
    ("и др.", "и другие"),
    ("и пр.", "и прочее"),
    ("в т.ч.", "в том числе"),
    ("т.е.", "то есть"),
    ("т.к.", "так как"),
    ("т.н.", "так называемый"),
    ("т.о.", "таким образом"),
    ("напр.", "например"),
    ("см.", "смотрите"),
    ("тел.", "телефон"),
    ("доб.", "добавочный"),
    ("ул.", "улица"),
    ("пр.", "проспект"),
    ("кв.", "квартира"),
    ("корп.", "корпус"),
    ("стр.", "страница"),
    ("ок.", "около"),
    ("макс.", "максимум"),
    ("мин.", "минимум"),
    ("гг.", "годы"),
    ("г.", "город"),
    ("д.", "дом"),
    ("им.", "имени"),
];
const ENGLISH: &[(&str, &str)] = &[
    ("e.g.", "for example"),
    ("i.e.", "that is"),
    ("etc.", "and so on"),
    ("approx.", "approximately"),
    ("incl.", "including"),
    ("max.", "at most"),
    ("min.", "at least"),
    ("tel.", "telephone"),
    ("ext.", "extension"),
    ("vs.", "versus"),
    ("no.", "number"),
    ("mrs.", "Missus"),
    ("mr.", "Mister"),
    ("dr.", "Doctor"),
];

/// "No." is a number's only before one.
const ONLY_BEFORE_NUMBERS: [&str; 4] = ["no.", "мин.", "min.", "д."];

pub(super) fn find(language: Language, rest: &str) -> Option<Found> {
    let known = match language {
        Language::Russian => RUSSIAN,
        Language::English => ENGLISH,
    };
    known.iter().find_map(|(written, words)| {
        let length = length_of(written, rest)?;
        let after = rest[length..].trim_start();
        let fits = !ONLY_BEFORE_NUMBERS.contains(written)
            || after.starts_with(|letter: char| letter.is_ascii_digit());
        // «г.» is a city only before its name.
        let fits = fits && (*written != "г." || after.starts_with(char::is_uppercase));
        fits.then_some((Token::Full { words, dotted: true }, length))
    })
}

/// How many bytes it takes, in any case of letters, with blanks behind inner dots or without.
fn length_of(written: &str, rest: &str) -> Option<usize> {
    let mut left = rest;
    let mut expected = written.chars().peekable();
    while let Some(wanted) = expected.next() {
        let letter = left.chars().next()?;
        let same = letter.to_lowercase().eq(std::iter::once(wanted))
            || (wanted == ' ' && letter == '\u{a0}');
        if !same {
            return None;
        }
        left = &left[letter.len_utf8()..];
        if wanted == '.' && expected.peek().is_some() {
            left = left.trim_start_matches([' ', '\u{a0}']);
        }
    }
    Some(rest.len() - left.len())
}
