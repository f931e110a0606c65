//! E-mail addresses as people say them: «маша точка иванова собака почта
//! точка ру», "m chen eighty four at example dot com".

use std::ops::Range;

use super::{PersonalData, Spans, numerals::is_numeral, reading::Reading};

/// No part of an address has more words than this.
const WORDS_OF_A_PART: usize = 10;

const TOP_LEVEL: &[&str] = &[
    "ру", "ком", "орг", "нет", "рф", "бай", "бел", "юа", "уа", "кз", "инфо", "su", "ru", "com",
    "org", "net", "io", "co", "uk", "us", "edu", "gov", "info", "biz", "de", "fr", "es", "nl",
    "ie", "ca", "au", "nz", "by", "kz", "eu", "app", "dev", "example",
];
const DOTS: &[&str] = &["точка", "точку", "dot", "period", "point"];
const JOINERS: &[&str] = &[
    "точка",
    "слитно",
    "вместе",
    "все",
    "подчеркивание",
    "нижнее",
    "тире",
    "дефис",
    "минус",
    "плюс",
    "черточка",
    "dot",
    "underscore",
    "андерскор",
    "dash",
    "hyphen",
    "minus",
    "plus",
];

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    for at in 0..reading.len() {
        let dog = matches!(reading.plain(at), "собака" | "собачка" | "собаку" | "собак" | "sobaka");
        if !dog && !matches!(reading.plain(at), "at" | "эт") {
            continue;
        }
        let domain = domain_after(reading, at, dog);
        let local = local_before(reading, at);
        if !domain.is_empty() && !local.is_empty() {
            spans.claim(PersonalData::Email, reading.span(local.start..domain.end));
        }
    }
}

fn is_near(reading: &Reading<'_>, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.len() <= 3 && gap.chars().all(|c| matches!(c, ' ' | '.' | '-' | '_'))
}

/// Words after the sign up to a top-level domain. After «собака» the dot may
/// be swallowed; after "at", an ordinary word, it may not.
fn domain_after(reading: &Reading<'_>, sign: usize, dog: bool) -> Range<usize> {
    let first = sign + 1;
    let mut end = first;
    let mut dotted = false;
    for at in first..(first + WORDS_OF_A_PART).min(reading.len()) {
        if !is_near(reading, at) {
            break;
        }
        let word = reading.plain(at);
        let after_dot =
            DOTS.contains(&reading.plain(at - 1)) || reading.gap_before(at).contains('.');
        dotted |= after_dot;
        let short = DOTS.contains(&reading.plain(at - 1)) && word.chars().count() <= 3;
        let top_level = TOP_LEVEL.contains(&word) || short;
        if top_level && at > first && (after_dot || dog || dotted) {
            end = at + 1;
        } else if end > first && !DOTS.contains(&word) {
            break;
        }
    }
    first..end
}

/// The word before the sign, with what is joined to it: other words by
/// «точка» and the like, single letters and numbers without.
fn local_before(reading: &Reading<'_>, sign: usize) -> Range<usize> {
    let mut start = sign;
    let least = sign.saturating_sub(WORDS_OF_A_PART);
    while start > least && is_near(reading, start) {
        let word = reading.plain(start - 1);
        let next = reading.plain(start);
        let is_part = start == sign
            || JOINERS.contains(&word)
            || JOINERS.contains(&next)
            || !reading.gap_before(start).contains(' ')
            || is_numeral(next)
            || reading.is_number(start)
            || word.chars().count() == 1
                && !matches!(word, "я" | "и" | "a" | "i" | "с" | "у" | "в");
        if !is_part || matches!(word, "is" | "это" | "me" | "почта" | "email" | "адрес")
        {
            break;
        }
        start -= 1;
    }
    start..sign
}
