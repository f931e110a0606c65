//! Numbers of which only a part was found: what stands in the same word, or is
//! dictated right before or after it, belongs to them.

use std::ops::Range;

use super::{
    PersonalData, Spans,
    numerals::{is_digit_word, is_numeral},
    reading::Reading,
    spoken::digits_of,
};

/// Words that stand for a sign within a dictated number.
const SIGNS: &[&str] = &[
    "dash",
    "hyphen",
    "slash",
    "stroke",
    "underscore",
    "extension",
    "тире",
    "дефис",
    "дробь",
    "слэш",
    "добавочный",
];
/// The letters of the radio alphabet (ICAO).
const RADIO: &[&str] = &[
    "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india",
    "juliet", "juliett", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo",
    "sierra", "tango", "uniform", "victor", "whiskey", "xray", "yankee", "zulu",
];

/// No number is longer, in letters or in words.
const MOST_GROWN: usize = 40;
/// A dictated code has so many signs, and tells some of them by letters.
const LEAST_SIGNS: usize = 5;
/// Letters as Russian callers name them, of both alphabets.
const LETTER_NAMES: &[&str] = &[
    "бэ",
    "вэ",
    "гэ",
    "дэ",
    "жэ",
    "зэ",
    "ка",
    "эль",
    "эм",
    "эн",
    "мэ",
    "нэ",
    "пэ",
    "эр",
    "эс",
    "тэ",
    "эф",
    "хэ",
    "ха",
    "цэ",
    "че",
    "ша",
    "эй",
    "би",
    "си",
    "ди",
    "джи",
    "эйч",
    "джей",
    "кей",
    "кью",
    "ар",
    "ти",
    "ви",
    "дабл",
    "икс",
    "игрек",
    "зет",
    "зэт",
    "зед",
    "аш",
    "йот",
];

/// Codes that are dictated letter by letter: "kilo victor one nine".
pub(super) fn find_spelled(reading: &Reading<'_>, spans: &mut Spans) {
    let mut at = 0;
    while at < reading.len() {
        let end = if is_dictated(reading, at) { grown(at, 1, reading, true) + 1 } else { at };
        let words = at..end;
        if is_code(reading, words.clone()) {
            spans.claim(PersonalData::Order, reading.span(words));
        }
        at = end.max(at + 1);
    }
}

/// Letters and digits together, told in words: "60 x 200" and "11 h 50" are none.
fn is_code(reading: &Reading<'_>, words: Range<usize>) -> bool {
    let digits = digits_of(reading, &words).len();
    let spoken = words.clone().filter(|at| is_digit_word(reading.plain(*at))).count();
    let signs = words.clone().filter(|at| SIGNS.contains(&reading.plain(*at))).count();
    let is_letter = |at: &usize| {
        let plain = reading.plain(*at);
        let number = reading.is_number(*at) || is_numeral(plain);
        !number && !matches!(plain, "x" | "х") && !SIGNS.contains(&plain)
    };
    let letters = words.filter(is_letter).count();
    digits + letters >= LEAST_SIGNS
        && digits > 0
        && (letters >= 2 || signs >= 1 || (letters == 1 && spoken >= 3))
}

/// What belongs to the numbers that were found.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    for kind in [PersonalData::Order, PersonalData::Phone] {
        for found in spans.of_kind(kind) {
            let first = reading.words.partition_point(|word| word.span.end <= found.start);
            let after = reading.words.partition_point(|word| word.span.start < found.end);
            if first < after {
                let start = if is_dictated(reading, first) {
                    grown(first, -1, reading, false)
                } else {
                    first
                };
                let last = after - 1;
                let end =
                    if is_dictated(reading, last) { grown(last, 1, reading, false) } else { last };
                spans.claim(kind, reading.span(start..end + 1));
            }
            spans.claim(kind, whole_word(reading.text, &found));
        }
    }
}

/// Up to the blanks on either side: the "TL-77" before `-20913`.
fn whole_word(text: &str, found: &Range<usize>) -> Range<usize> {
    let inside = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '/' | '_');
    let length = |letters: &mut dyn Iterator<Item = char>| -> usize {
        letters.take(MOST_GROWN).take_while(inside).map(char::len_utf8).sum()
    };
    let before = length(&mut text[..found.start].chars().rev());
    let after = length(&mut text[found.end..].chars());
    found.start - before..found.end + after
}

/// The last word that belongs to a number, going one way from one that does.
/// Written numbers after a blank are others, unless all of it is dictated.
fn grown(from: usize, way: isize, reading: &Reading<'_>, dictated: bool) -> usize {
    let (mut last, mut at) = (from, from);
    let near = |to: &usize| *to < reading.len() && to.abs_diff(from) <= MOST_GROWN;
    while let Some(to) = at.checked_add_signed(way).filter(near) {
        let gap = reading.gap_before(at.max(to));
        let joined = dictated || gap != " " || SIGNS.contains(&reading.plain(at));
        if !matches!(gap, " " | "-" | "/" | "") || (reading.is_number(to) && !joined) {
            break;
        }
        if is_dictated(reading, to) {
            last = to;
        } else if !SIGNS.contains(&reading.plain(to)) {
            break;
        }
        at = to;
    }
    last
}

fn is_dictated(reading: &Reading<'_>, at: usize) -> bool {
    let plain = reading.plain(at);
    // A Russian caller says «эм», not «м»: single letters are units there.
    let letter = plain.len() == 1 && !matches!(plain, "a" | "i" | "o");
    reading.is_number(at)
        || is_numeral(plain)
        || letter
        || RADIO.contains(&plain)
        || LETTER_NAMES.contains(&plain)
}
