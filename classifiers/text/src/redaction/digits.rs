//! Phones, cards and long numbers, found by one pass over the digits.

use std::ops::Range;

use super::{
    PersonalData, Spans,
    cues::{Cue, cue_before},
    identifiers::is_russian_tax_number,
    reading::Reading,
    references::{is_money_or_time, is_of_goods},
};

/// No phone or card is written in more groups than digits.
const GROUPS_TRIED: usize = 16;

/// A run of digits and what separates it from the next one.
struct Group {
    span: Range<usize>,
    /// What stands before it since the group before: only joiners.
    joined: bool,
    /// `+` or `(` that belongs to it.
    opened: usize,
    plus: bool,
    after_comma: bool,
}

/// What a stretch of groups is, taken as a whole.
enum Digits {
    Personal(PersonalData),
    /// A date or a price: to be stepped over.
    Harmless,
    /// Grouped like a price, without a currency.
    LikeHarmless,
}

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let groups = groups(reading.text);
    let mut at = 0;
    while at < groups.len() {
        let run = 1 + groups[at + 1..].iter().take_while(|group| group.joined).count();
        find_in_run(reading, &groups[at..at + run], spans);
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
        groups.push(Group {
            span: at..end,
            joined,
            opened,
            plus: opening.contains('+'),
            after_comma: between.contains(','),
        });
        at = end;
    }
    groups
}

/// Up to three of blank, hyphen, dot, brackets: `) ` and ` - ` in phones.
fn is_joiner(between: &str) -> bool {
    if between == ", " {
        return true;
    }
    between.chars().count() <= 3
        && between.chars().all(|c| {
            matches!(
                c,
                ' ' | '\u{a0}' | '\u{202f}' | '-' | '–' | '—' | '‑' | '‒' | '.' | '(' | ')' | '/'
            )
        })
        && !between.contains(". ")
}

fn find_in_run(reading: &Reading<'_>, run: &[Group], spans: &mut Spans) {
    let mut at = 0;
    while at < run.len() {
        let first = reading.words.partition_point(|word| word.span.start < run[at].span.start);
        let cue = cue_before(reading, first);
        let widest = (run.len() - at).min(GROUPS_TRIED);
        let card = (1..=widest).find(|width| is_card_window(reading.text, &run[at..at + width]));
        let found = match card {
            Some(width) => Some((width, Digits::Personal(PersonalData::Card))),
            None => (1..=widest).rev().find_map(|width| {
                let kind = kind_of(reading.text, &run[at..at + width], cue)?;
                Some((width, kind))
            }),
        };
        match found {
            Some((width, kind)) => {
                let last = run[at + width - 1].span.end;
                if let Digits::Personal(kind) = kind {
                    let first = &run[at];
                    let start = if spans.is_free(&(first.opened..first.span.start)) {
                        first.opened
                    } else {
                        first.span.start
                    };
                    spans.claim(kind, start..last);
                } else if matches!(kind, Digits::Harmless) {
                    spans.pass_over(run[at].span.start..last);
                }
                at += width;
            }
            None => at += 1,
        }
    }
}

fn kind_of(text: &str, window: &[Group], cue: Option<Cue>) -> Option<Digits> {
    let count: usize = window.iter().map(|group| group.span.len()).sum();
    if count > 24 {
        return None;
    }
    let digits: String = window.iter().map(|group| &text[group.span.clone()]).collect();
    let (first, last) = (window.first()?, window.last()?);
    if is_decimal_part(text, first)
        || (window.len() == 1 && is_letter_before(text, first))
        || is_hexadecimal(text, first)
    {
        return None;
    }
    if window.iter().skip(1).any(|group| group.after_comma)
        && !is_phone_with_commas(window, &digits)
    {
        return None;
    }
    if is_date(text, window) || has_currency(text, first, last) && fits_price(text, window) {
        return Some(Digits::Harmless);
    }
    if cue.is_none() && !first.plus && window.len() >= 3 && is_in_thousands(text, window) {
        return Some(Digits::LikeHarmless);
    }
    if cue != Some(Cue::Phone) && !first.plus && is_russian_tax_number(&digits) {
        return Some(Digits::Personal(PersonalData::Order));
    }
    if is_phone(text, window, &digits, cue) {
        return Some(Digits::Personal(PersonalData::Phone));
    }
    let long = is_grouped_as_card(window)
        || (window.len() == 1 && digits.len() >= 8)
        || (cue == Some(Cue::Card) && window.len() <= 3 && (13..=19).contains(&digits.len()))
        || (window.len() <= 4 && digits.len() >= 16);
    (long && !is_money_or_time(&text[last.span.end..]) && !is_of_goods(&text[..first.span.start]))
        .then_some(Digits::Personal(PersonalData::Order))
}

fn is_card_window(text: &str, window: &[Group]) -> bool {
    let count: usize = window.iter().map(|group| group.span.len()).sum();
    let plus = window.first().is_some_and(|group| group.plus);
    (13..=19).contains(&count)
        && !plus
        && is_card(&window.iter().map(|group| &text[group.span.clone()]).collect::<String>())
}

/// `0x80070057`.
fn is_hexadecimal(text: &str, group: &Group) -> bool {
    text[..group.span.start].ends_with("0x") || text[..group.span.start].ends_with("KB")
}

/// Between the groups of a phone some transcripts have commas.
fn is_phone_with_commas(window: &[Group], digits: &str) -> bool {
    let sizes: Vec<usize> = window.iter().map(|group| group.span.len()).collect();
    matches!(sizes[..], [1, 3, 3, 2, 2] | [3, 3, 2, 2] | [1, 3, 3, 4] | [3, 3, 4])
        && (digits.len() == 10 || digits.starts_with(['1', '7', '8']))
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

/// `1 250 000`, or one group.
fn fits_price(text: &str, window: &[Group]) -> bool {
    window.first().is_some_and(|first| !first.plus)
        && (window.len() == 1 || is_in_thousands(text, window))
}

fn is_in_thousands(text: &str, window: &[Group]) -> bool {
    let Some((first, others)) = window.split_first() else { return false };
    !others.is_empty()
        && (1..=3).contains(&first.span.len())
        && others.iter().all(|group| group.span.len() == 3)
        && window.windows(2).all(|pair| {
            matches!(&text[pair[0].span.end..pair[1].span.start], " " | "\u{a0}" | "\u{202f}" | ".")
        })
}

fn has_currency(text: &str, first: &Group, last: &Group) -> bool {
    text[..first.span.start].trim_end().ends_with(['$', '€', '£', '₽', '¥'])
        || is_money_or_time(&text[last.span.end..])
}

fn is_phone(text: &str, window: &[Group], digits: &str, cue: Option<Cue>) -> bool {
    let Some(first) = window.first() else { return false };
    let sizes: Vec<usize> = window.iter().map(|group| group.span.len()).collect();
    let count = digits.len();
    if first.plus || (digits.starts_with("00") && count >= 12) {
        return (10..=15).contains(&count);
    }
    let russian = count == 11 && (digits.starts_with('7') || digits.starts_with('8'));
    let trunk = count == 11 && (digits.starts_with('1') || digits.starts_with('0'));
    // "0412-555-310", "030 901 820": a city's or an operator's code after the 0.
    let coded = digits.starts_with('0')
        && (9..=12).contains(&count)
        && matches!(window.len(), 2..=4)
        && (2..=5).contains(&first.span.len());
    let indian = sizes == [5, 5] && digits.starts_with(['6', '7', '8', '9']);
    let bracketed = first.opened < first.span.start;
    let mobile = count == 10 && digits.starts_with('9');
    let american = sizes == [3, 3, 4] || sizes == [1, 3, 3, 4];
    let local = has_hyphens(text, window)
        && (sizes == [3, 2, 2] || sizes == [3, 4] || sizes == [3, 3, 2, 2] || sizes == [3, 3, 4]);
    if russian
        || american
        || local
        || mobile
        || coded
        || indian
        || (trunk && window.len() > 1)
        || (trunk && digits.starts_with("07"))
    {
        return true;
    }
    let announced = (5..=15).contains(&count) && cue == Some(Cue::Phone);
    announced || (bracketed && (9..=12).contains(&count) && window.len() > 1)
}

fn has_hyphens(text: &str, window: &[Group]) -> bool {
    window
        .windows(2)
        .all(|pair| text[pair[0].span.end..pair[1].span.start].contains(['-', '–', ')', '‑']))
}

/// Whether the number before a word counts money, time or things.
pub(super) fn is_unit(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "руб",
        "тысяч",
        "тыс",
        "миллион",
        "минут",
        "час",
        "дн",
        "день",
        "дней",
        "недел",
        "месяц",
        "год",
        "лет",
        "раз",
        "штук",
        "процент",
        "градус",
        "килог",
        "кило",
        "грамм",
        "метр",
        "литр",
        "человек",
        "копе",
        "гиг",
        "мег",
        "dollar",
        "euro",
        "pound",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "year",
        "percent",
        "time",
        "piece",
        "people",
        "mile",
        "buck",
        "cent",
        "pence",
        "thousand",
        "million",
        "degree",
    ];
    UNITS.iter().any(|unit| word.starts_with(unit))
}
