//! Names: introduced, signed, with a title, a patronymic, initials, or known
//! as given names.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    PersonalData, Spans,
    name_lists::{ENGLISH, Lists, RUSSIAN, is_patronymic, russian_given_name},
    names_en, names_ru,
    reading::Reading,
};
use crate::words::words;

/// No cue is a phrase of more words.
const LONGEST_CUE: usize = 5;

/// «Иванов И. И.», «И.И. Иванов», "T. R. Caldwell".
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:[А-ЯЁ][а-яё]{2,25}\s[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.)?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]{2,25}\b|[A-Z]\.\s?[A-Z]\.\s[A-Z][a-z]{2,25}\b)",
    )
});

static LAST_LINE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?:\n|[.!?)]\s{1,3}|—\s|- )([A-ZА-ЯЁ][a-zа-яё'-]{1,25}(?:\s[A-ZА-ЯЁ][a-zа-яё'.-]{0,25}){0,2})[.!\s]{0,3}$",
    )
});

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let initials = has_initial(reading.text).then(|| INITIALS.find_iter(reading.text));
    for found in initials.into_iter().flatten() {
        spans.claim(PersonalData::Name, found.range());
    }
    let mut at = 0;
    while at < reading.len() {
        let public = public_name_length(reading, at);
        if public > 0 {
            at += public;
            continue;
        }
        let length = length_at(reading, at);
        if length > 0 {
            spans.claim(PersonalData::Name, reading.span(at..at + length));
        }
        at += length.max(1);
    }
    find_signature(reading.text, spans);
}

/// A capital letter and a full stop, without which there are no initials.
fn has_initial(text: &str) -> bool {
    let mut after_capital = false;
    text.chars().any(|letter| {
        let found = after_capital && letter == '.';
        after_capital = letter.is_uppercase();
        found
    })
}

/// How many words from `at` on are one name; 0 when none begins here.
fn length_at(reading: &Reading<'_>, at: usize) -> usize {
    if reading.is_number(at) {
        return 0;
    }
    let spelled = spelled_length(reading, at);
    if spelled > 0 {
        return spelled;
    }
    let is_russian =
        reading.raw(at).chars().next().is_some_and(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    if is_russian { names_ru::length_at(reading, at) } else { names_en::length_at(reading, at) }
}

/// Brands and well-known people: no customers.
fn public_name_length(reading: &Reading<'_>, at: usize) -> usize {
    let pair = format!("{} {}", names_en::bare(reading.plain(at)), reading.plain(at + 1));
    let is_public =
        ENGLISH.has("public names", &pair) && !reading.gap_before(at + 1).contains('\n');
    if is_public { 2 } else { 0 }
}

/// "S I O B H A N".
fn spelled_length(reading: &Reading<'_>, at: usize) -> usize {
    const LEAST: usize = 4;
    const MOST: usize = 24;
    let is_letter = |at: usize| reading.raw(at).chars().count() == 1 && reading.is_capitalised(at);
    let length = (at..reading.len())
        .take(MOST)
        .take_while(|next| {
            is_letter(*next)
                && (*next == at || matches!(reading.gap_before(*next), " " | "-" | ", "))
        })
        .count();
    let is_cue = |word: &str| {
        word.starts_with("spel")
            || matches!(word, "name" | "буквам" | "зовут" | "фамилия" | "surname")
    };
    let announced = (1..=4)
        .any(|back| at.checked_sub(back).is_some_and(|before| is_cue(reading.plain(before))));
    if length >= LEAST && announced { length } else { 0 }
}

/// Whether a cue of the list ends right before a word.
pub(super) fn follows(reading: &Reading<'_>, lists: &Lists, list: &str, at: usize) -> bool {
    let gap = reading.gap_before(at);
    let near = at > 0
        && gap.len() <= 8
        && gap.chars().all(|c| {
            c.is_whitespace() || matches!(c, ':' | ',' | '.' | '-' | '–' | '—' | '(' | '!')
        });
    if !near || (gap.contains(['.', '!']) && !is_after_abbreviation(reading, at)) {
        return false;
    }
    let mut phrase = String::new();
    for back in 1..=LONGEST_CUE.min(at) {
        let word = reading.plain(at - back);
        phrase = if back == 1 { word.to_owned() } else { format!("{word} {phrase}") };
        if lists.has(list, &phrase) {
            return true;
        }
    }
    false
}

/// "Mr. Brown", "Regards.\nIan".
fn is_after_abbreviation(reading: &Reading<'_>, at: usize) -> bool {
    reading.gap_before(at).contains('\n')
        || matches!(
            reading.plain(at - 1),
            "mr" | "mrs" | "ms" | "dr" | "prof" | "rev" | "sgt" | "attn"
        )
}

fn find_signature(text: &str, spans: &mut Spans) {
    let tail = tail(text);
    let Some(found) = LAST_LINE.captures(tail).and_then(|captures| captures.get(1)) else {
        return;
    };
    let offset = text.len() - tail.len();
    let signed = words(found.as_str());
    let is_name = |plain: &str| {
        russian_given_name(plain).is_some()
            || is_patronymic(plain)
            || (ENGLISH.has("given names", plain) && !ENGLISH.has("never capital alone", plain))
    };
    let ordinary = signed.iter().any(|word| {
        ENGLISH.has("never names", &word.plain) || RUSSIAN.has("never names", &word.plain)
    });
    if !ordinary && signed.iter().any(|word| is_name(&word.plain)) {
        spans.claim(PersonalData::Name, offset + found.start()..offset + found.end());
    }
}

/// The end of a message, where a signature stands.
fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(160);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}
