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

/// Of a number with its country in front, as far as pairs are concerned.
const MOST_PHONE_DIGITS: usize = 12;
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
    "ку",
    "кэ",
    "рэ",
    "экс",
];
/// Russian letters named by their sound, which are words as well.
const VOWELS: &[&str] = &["а", "е", "и", "о", "у"];

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

/// What belongs to what was found.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    for found in spans.of_kind(PersonalData::Email) {
        let first = words_of(reading, &found).start;
        let told = reading.span(spelled_before(reading, first)..first + 1).start;
        spans.claim(PersonalData::Email, told..found.end);
    }
    for found in spans.of_kind(PersonalData::Name) {
        // "Disappointed_Dad_77", of which a name was found.
        let (before, after) = (&reading.text[..found.start], &reading.text[found.end..]);
        if before.ends_with('_') || after.starts_with('_') {
            spans.claim(PersonalData::Name, whole_word(reading.text, &found));
        }
    }
    for kind in [PersonalData::Order, PersonalData::Phone] {
        for found in spans.of_kind(kind) {
            find_rest(reading, spans, kind, &found);
        }
    }
}

/// What belongs to a number of which a part was found.
fn find_rest(reading: &Reading<'_>, spans: &mut Spans, kind: PersonalData, found: &Range<usize>) {
    let words = words_of(reading, found);
    let edge = |at: usize, way: isize| {
        if is_dictated(reading, at) { grown(at, way, reading, false) } else { at }
    };
    if !words.is_empty() {
        let start = spelled_before(reading, edge(words.start, -1));
        spans.claim(kind, reading.span(start..edge(words.end - 1, 1) + 1));
    }
    spans.claim(kind, whole_word(reading.text, found));
    if kind == PersonalData::Phone && is_cut_short(reading, found, words.end) {
        spans.claim(kind, reading.span(words.end - 1..words.end + 1));
    }
}

/// The words that a place touches.
pub(super) fn words_of(reading: &Reading<'_>, found: &Range<usize>) -> Range<usize> {
    let first = reading.words.partition_point(|word| word.span.end <= found.start);
    first..reading.words.partition_point(|word| word.span.start < found.end).max(first)
}

/// Whether two more digits follow a phone that is written in pairs: "998 93 555 80 61".
fn is_cut_short(reading: &Reading<'_>, found: &Range<usize>, after: usize) -> bool {
    let digits = reading.text[found.clone()].bytes().filter(u8::is_ascii_digit).count();
    let is_pair = |at: usize| reading.is_number(at) && reading.raw(at).len() == 2;
    digits + 2 <= MOST_PHONE_DIGITS
        && after > 0
        && is_pair(after - 1)
        && is_pair(after)
        && matches!(reading.gap_before(after), " " | "-")
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
        if is_dictated(reading, to) || is_letter_among_others(reading, to, way) {
            last = to;
        } else if !SIGNS.contains(&reading.plain(to)) {
            break;
        }
        at = to;
    }
    last
}

/// Where a letter begins that is told by a word before a place: "k as in kilo", "m for mother".
fn spelled_before(reading: &Reading<'_>, place: usize) -> usize {
    let is_letter = |at: usize| is_single(reading.plain(at)) && !reading.is_number(at);
    // The word may be among what was found, or just before it.
    for word in [place, place.saturating_sub(1)] {
        let before = |back: usize| word.checked_sub(back).map_or("", |at| reading.plain(at));
        let letter = match (before(2), before(1)) {
            ("as", "in") => word.checked_sub(3),
            (_, "for") => word.checked_sub(2),
            _ => None,
        };
        if let Some(letter) = letter.filter(|letter| is_letter(*letter)) {
            return letter;
        }
    }
    place
}

/// "a", "i" and "o" are words as well, as are Russian vowels: letters only among other letters.
fn is_letter_among_others(reading: &Reading<'_>, at: usize, way: isize) -> bool {
    let beside = |steps: isize| at.checked_add_signed(steps * way);
    let plain = |steps: isize| beside(steps).map_or("", |at| reading.plain(at));
    let begun = is_single(plain(-1)) || is_numeral(plain(-1));
    let goes_on = beside(1).is_some_and(|next| is_dictated(reading, next));
    if VOWELS.contains(&reading.plain(at)) {
        let inside = beside(-1).is_some_and(|last| is_dictated(reading, last));
        let named = [plain(-1), plain(1)].iter().any(|word| LETTER_NAMES.contains(word));
        return inside && goes_on && named;
    }
    is_single(reading.plain(at))
        && (matches!(plain(-1), "double" | "triple")
            || (begun && (goes_on || (is_single(plain(-1)) && is_single(plain(-2))))))
}

/// A Russian caller says «эм», not «м»: single letters are units there.
const fn is_single(plain: &str) -> bool {
    plain.len() == 1 && plain.as_bytes()[0].is_ascii_lowercase()
}

fn is_dictated(reading: &Reading<'_>, at: usize) -> bool {
    let plain = reading.plain(at);
    reading.is_number(at)
        || is_numeral(plain)
        || (is_single(plain) && !matches!(plain, "a" | "i" | "o"))
        || RADIO.contains(&plain)
        || LETTER_NAMES.contains(&plain)
}
