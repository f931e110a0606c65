//! Phones, cards and long numbers, found by one pass over the digits.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{PersonalData, Spans, references::is_money_or_time};
use crate::words::cut_at;

/// No phone or card is written in more groups than digits.
const GROUPS_TRIED: usize = 16;

/// Words that say that a phone follows, however it is written.
static PHONE_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)(?:\bтел\b|телефон|позвон|звон|номер|моб|whats\s?app|вотс?ап|ватсап|вайбер|viber|смс на|phone|\bcall|\btel\b|\bcell|mobile|\btext me|\bnumber)[^0-9]{0,}$",
    )
});

/// A run of digits and what separates it from the next one.
struct Group {
    span: Range<usize>,
    /// What stands before it since the group before: only joiners.
    joined: bool,
    /// `+` or `(` that belongs to it.
    opened: usize,
    plus: bool,
}

/// What a stretch of groups is, taken as a whole.
enum Digits {
    Personal(PersonalData),
    /// A date or a price: to be stepped over.
    Harmless,
}

pub(super) fn find(text: &str, spans: &mut Spans) {
    let groups = groups(text);
    let mut at = 0;
    while at < groups.len() {
        let run = 1 + groups[at + 1..].iter().take_while(|group| group.joined).count();
        find_in_run(text, &groups[at..at + run], spans);
        at += run;
    }
}

fn groups(text: &str) -> Vec<Group> {
    let bytes = text.as_bytes();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let after = groups.last().map_or(0, |group| group.span.end);
        let between = &text[after..at];
        let joined = !groups.is_empty() && is_joiner(between);
        let opened = between.trim_end_matches(['(', '+', ' ']).len() + after;
        let opening = &text[opened..at];
        let opened = at - opening.trim_start_matches(' ').len();
        groups.push(Group { span: at..end, joined, opened, plus: opening.contains('+') });
        at = end;
    }
    groups
}

/// Up to three of blank, hyphen, dot, brackets: `) ` and ` - ` in phones.
fn is_joiner(between: &str) -> bool {
    between.chars().count() <= 3
        && between.chars().all(|c| {
            matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '–' | '‑' | '.' | '(' | ')' | '/')
        })
        && !between.contains(". ")
}

fn find_in_run(text: &str, run: &[Group], spans: &mut Spans) {
    let mut at = 0;
    while at < run.len() {
        let widest = (run.len() - at).min(GROUPS_TRIED);
        let found = (1..=widest).rev().find_map(|width| {
            let window = &run[at..at + width];
            let kind = kind_of(text, window)?;
            Some((width, kind))
        });
        match found {
            Some((width, kind)) => {
                if let Digits::Personal(kind) = kind {
                    let first = &run[at];
                    let start = if spans.is_free(&(first.opened..first.span.start)) {
                        first.opened
                    } else {
                        first.span.start
                    };
                    spans.claim(kind, start..run[at + width - 1].span.end);
                }
                at += width;
            }
            None => at += 1,
        }
    }
}

fn kind_of(text: &str, window: &[Group]) -> Option<Digits> {
    let digits: String = window.iter().map(|group| &text[group.span.clone()]).collect();
    if digits.len() > 24 {
        return None;
    }
    let (first, last) = (window.first()?, window.last()?);
    if is_decimal_part(text, first) || is_letter_before(text, first) {
        return None;
    }
    if is_date(text, window) || is_price(text, window) {
        return Some(Digits::Harmless);
    }
    if is_card(&digits) {
        return Some(Digits::Personal(PersonalData::Card));
    }
    if is_phone(text, window, &digits) {
        return Some(Digits::Personal(PersonalData::Phone));
    }
    let long = is_grouped_as_card(window) || (window.len() == 1 && digits.len() >= 8);
    (long && !is_money_or_time(&text[last.span.end..]))
        .then_some(Digits::Personal(PersonalData::Order))
}

/// The `99` of `14,99`.
fn is_decimal_part(text: &str, group: &Group) -> bool {
    let before = &text.as_bytes()[..group.span.start];
    before.last() == Some(&b',') && before.iter().nth_back(1).is_some_and(u8::is_ascii_digit)
}

fn is_letter_before(text: &str, group: &Group) -> bool {
    text[..group.span.start].chars().next_back().is_some_and(char::is_alphabetic)
        && !group.plus
        && group.span.len() < 7
}

/// Thirteen to nineteen digits of a card network, the last one a right check digit.
pub(super) fn is_card(digits: &str) -> bool {
    (13..=19).contains(&digits.len())
        && digits.starts_with(['2', '3', '4', '5', '6'])
        && luhn(digits)
}

/// Four groups of four: a card whose digits were mistyped or misheard is still somebody's.
fn is_grouped_as_card(window: &[Group]) -> bool {
    window.len() == 4 && window.iter().all(|group| group.span.len() == 4)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_date(text: &str, window: &[Group]) -> bool {
    let [first, middle, last] = window else { return false };
    let number = |group: &Group, most: u32| {
        group.span.len() <= 2 && text[group.span.clone()].parse().is_ok_and(|n: u32| n <= most)
    };
    let separator = |a: &Group, b: &Group| &text[a.span.end..b.span.start];
    let same = separator(first, middle) == separator(middle, last);
    let one = matches!(separator(first, middle), "." | "-" | "/");
    let year = |group: &Group| matches!(&text[group.span.clone()], year if year.len() == 4 && (year.starts_with("19") || year.starts_with("20")));
    same && one
        && number(middle, 31)
        && ((year(first) && number(last, 31))
            || (number(first, 31) && (year(last) || number(last, 99))))
}

/// `1 250 000`, or any number with a currency at either side.
fn is_price(text: &str, window: &[Group]) -> bool {
    let (Some(first), Some(last)) = (window.first(), window.last()) else { return false };
    if first.plus {
        return false;
    }
    let thousands = window.len() > 1
        && (1..=3).contains(&first.span.len())
        && window[1..].iter().all(|group| group.span.len() == 3)
        && window.windows(2).all(|pair| {
            matches!(&text[pair[0].span.end..pair[1].span.start], " " | "\u{a0}" | "\u{202f}" | ".")
        });
    let currency_before = text[..first.span.start].trim_end().ends_with(['$', '€', '£', '₽', '¥']);
    let fits = thousands || window.len() == 1;
    fits && (thousands && window.len() >= 3 && !is_phone_ahead(text, first)
        || currency_before
        || is_money_or_time(&text[last.span.end..]))
}

fn is_phone(text: &str, window: &[Group], digits: &str) -> bool {
    let Some(first) = window.first() else { return false };
    let sizes: Vec<usize> = window.iter().map(|group| group.span.len()).collect();
    let count = digits.len();
    if first.plus || (digits.starts_with("00") && count >= 12) {
        return (10..=15).contains(&count);
    }
    let russian = count == 11 && (digits.starts_with('7') || digits.starts_with('8'));
    let trunk = count == 11 && (digits.starts_with('1') || digits.starts_with('0'));
    let bracketed = first.opened < first.span.start;
    let mobile = count == 10 && digits.starts_with('9');
    let american = sizes == [3, 3, 4] || sizes == [1, 3, 3, 4];
    let local = has_hyphens(text, window)
        && (sizes == [3, 2, 2] || sizes == [3, 4] || sizes == [3, 3, 2, 2] || sizes == [3, 3, 4]);
    if russian
        || american
        || local
        || mobile
        || (trunk && window.len() > 1)
        || (trunk && digits.starts_with("07"))
    {
        return true;
    }
    let announced = (5..=15).contains(&count) && is_phone_ahead(text, first);
    announced || (bracketed && (9..=12).contains(&count) && window.len() > 1)
}

fn has_hyphens(text: &str, window: &[Group]) -> bool {
    window
        .windows(2)
        .all(|pair| text[pair[0].span.end..pair[1].span.start].contains(['-', '–', ')', '‑']))
}

fn is_phone_ahead(text: &str, first: &Group) -> bool {
    let mut from = first.opened.saturating_sub(60);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = cut_at(&text[from..], first.opened - from);
    PHONE_AHEAD.is_match(before) && !before.contains("заказ") && !before.contains("order")
}
