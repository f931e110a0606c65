//! Numbers told in a transcript: phones, cards, orders, passports.

use std::ops::Range;

use super::{
    PersonalData, Spans,
    cues::{Cue, cue_before},
    digits::{is_card, is_unit},
    numerals::{Dictation, is_digit_word, is_numeral},
    reading::Reading,
};

/// A phone without its area code has seven digits; fewer may be a price.
const LEAST_DIGITS: usize = 7;
/// With a word ahead that says what it is.
const LEAST_ANNOUNCED: usize = 5;
const LEAST_REFERENCE: usize = 4;
const LEAST_WORDS: usize = 4;

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let mut at = 0;
    while at < reading.len() {
        let run = run_from(reading, at);
        let told = run.clone().any(|at| is_told(reading.plain(at)));
        if told && let Some(kind) = kind_of(reading, &run) {
            spans.claim(kind, reading.span(run.clone()));
        }
        at = run.end.max(at + 1);
    }
}

/// A digit in words, or what is done to one that is written.
fn is_told(word: &str) -> bool {
    is_digit_word(word) || matches!(word, "double" | "triple")
}

fn belongs(reading: &Reading<'_>, at: usize) -> bool {
    reading.is_number(at) || is_numeral(reading.plain(at))
}

/// Words of one dictated number; empty where none begins.
pub(super) fn run_from(reading: &Reading<'_>, from: usize) -> Range<usize> {
    let mut to = from;
    while to < reading.len() && belongs(reading, to) && (to == from || is_near(reading, to)) {
        to += 1;
    }
    while to > from && !reading.is_number(to - 1) && !is_digit_word(reading.plain(to - 1)) {
        to -= 1;
    }
    from..to
}

fn is_near(reading: &Reading<'_>, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.len() <= 4 && gap.chars().all(|c| matches!(c, ' ' | ',' | '-' | '–' | '—' | '\u{a0}'))
}

/// The digits that a run of words tells, written or spoken.
pub(super) fn digits_of(reading: &Reading<'_>, run: &Range<usize>) -> String {
    let mut dictation = Dictation::default();
    for at in run.clone() {
        if reading.is_number(at) {
            dictation.written(reading.raw(at));
        } else {
            dictation.word(reading.plain(at));
        }
    }
    dictation.finish()
}

fn kind_of(reading: &Reading<'_>, run: &Range<usize>) -> Option<PersonalData> {
    let digits = digits_of(reading, run);
    let words = run.len();
    if is_unit(reading.plain(run.end)) {
        return None;
    }
    let cue = cue_before(reading, run.start);
    if is_card(&digits) || (digits.len() >= 13 && cue == Some(Cue::Card)) {
        return Some(PersonalData::Card);
    }
    match cue {
        Some(Cue::Reference | Cue::Passport) if digits.len() >= LEAST_REFERENCE => {
            Some(PersonalData::Order)
        }
        Some(Cue::Phone) if digits.len() >= LEAST_ANNOUNCED && words >= 3 => {
            Some(PersonalData::Phone)
        }
        _ => (digits.len() >= LEAST_DIGITS && words >= LEAST_WORDS).then_some(PersonalData::Phone),
    }
}
