//! Dates, times and years of a Russian text.

use super::in_russian::{counts_something, number};
use super::reader::Reader;
use super::token::Token;
use crate::spoken::russian::{self, Case, Gender, month_number, ordinal};

/// The beginnings of the months' names in every case but «май».
const MONTH_STEMS: [&str; 11] = [
    "январ",
    "феврал",
    "март",
    "апрел",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
];

/// `22.11` is a date, «до 18.00» a time; before a unit it is a number.
pub(super) fn dotted(reader: &mut Reader<'_>, left: u8, right: u8, before: Option<Case>) {
    if !counts_something(reader) {
        if let Some(said) = russian::date(left, right, None, date_case(reader, before)) {
            return reader.speech.words(&said);
        }
        if before.is_some() && russian::time_of_day(left, right, Case::Nominative).is_some() {
            return time(reader, (left, right), before);
        }
    }
    number(reader, &left.to_string(), &format!("{right:02}"), before);
}

pub(super) fn date_case(reader: &Reader<'_>, before: Option<Case>) -> Case {
    let word = reader.word_before().unwrap_or_default();
    match before {
        // «На двадцать первое ноября».
        Some(Case::Accusative) => Case::Nominative,
        Some(case) => case,
        None if matches!(word.as_str(), "сегодня" | "завтра" | "это" | "по") => {
            Case::Nominative
        }
        None => Case::Genitive,
    }
}

pub(super) fn time(reader: &mut Reader<'_>, (hour, minute): (u8, u8), before: Option<Case>) {
    let said = |(hour, minute), case| russian::time_of_day(hour, minute, case).unwrap_or_default();
    if let Some((Token::Time { hour: to_hour, minute: to_minute }, parts)) = reader.range_end() {
        reader.skip(parts);
        let [from, to] =
            [(hour, minute), (*to_hour, *to_minute)].map(|it| said(it, Case::Genitive));
        let with = if before == Some(Case::Genitive) { "" } else { "с " };
        return reader.speech.words(&format!("{with}{from} до {to}"));
    }
    let case = before.unwrap_or(Case::Nominative);
    reader.last_case = Some(case);
    reader.speech.words(&said((hour, minute), case));
}

/// Day and month, and the year behind them.
pub(super) fn date(reader: &mut Reader<'_>, day: u64, before: Option<Case>) -> bool {
    if first_of_two_days(reader, day) {
        return true;
    }
    let Some(Token::Word(word)) = reader.next_written() else { return false };
    let month = month_number(&word.to_lowercase());
    let (Some(month), Ok(day)) = (month, u8::try_from(day)) else { return false };
    let case = date_case(reader, before);
    let Some(said) = russian::date(day, month, None, case) else { return false };
    reader.speech.words(&said);
    reader.skip_blank();
    reader.skip(1);
    if let [Token::Blank, Token::Number { whole, decimals, .. }, ..] = reader.rest()
        && let (4, true, Ok(number)) = (whole.len(), decimals.is_empty(), whole.parse::<u64>())
        && (1_000..3_000).contains(&number)
    {
        reader.skip(2);
        reader.speech.words(&russian::year(number, Case::Genitive));
        skip_word_for_year(reader);
    }
    true
}

/// «С первого» of «с 1 по 5 октября»; the rest is read on.
fn first_of_two_days(reader: &mut Reader<'_>, day: u64) -> bool {
    let [
        Token::Blank,
        Token::Word(to),
        Token::Blank,
        Token::Number { .. },
        Token::Blank,
        Token::Word(month),
        ..,
    ] = reader.rest()
    else {
        return false;
    };
    let days =
        to == "по" && month_number(&month.to_lowercase()).is_some() && (1..=31).contains(&day);
    let from = days && matches!(reader.word_before().as_deref(), Some("с" | "со"));
    if from {
        reader.speech.words(&ordinal(day, Case::Genitive, Gender::Neuter));
    }
    from
}

/// Passes over «года» or «г.» behind a year; the case that it is written in.
fn skip_word_for_year(reader: &mut Reader<'_>) -> Option<Case> {
    let (unit, parts, dotted) = reader.unit()?;
    let case = match unit.as_str() {
        "год" => Case::Nominative,
        "года" | "г" => Case::Genitive,
        "году" => Case::Prepositional,
        "годом" => Case::Instrumental,
        _ => return None,
    };
    // The dot behind a whole word is the sentence's.
    let parts = if unit == "г" { parts } else { parts - usize::from(dotted) };
    reader.skip_unit(parts, dotted && unit == "г");
    Some(case)
}

pub(super) fn year(reader: &mut Reader<'_>, number: u64, before: Option<Case>) -> bool {
    if !(1_000..3_000).contains(&number) {
        return false;
    }
    let unit = reader.unit().map_or(String::new(), |(unit, ..)| unit);
    let month_before = reader.word_before().is_some_and(|word| {
        MONTH_STEMS.iter().any(|stem| word.starts_with(stem))
            || matches!(word.as_str(), "май" | "мая" | "мае" | "маю" | "маем")
    });
    let case = match (unit.as_str(), before) {
        _ if month_before && !unit.starts_with("год") && unit != "г" => Case::Genitive,
        ("год", _) => Case::Nominative,
        ("году", Some(Case::Dative)) => Case::Dative,
        ("году", _) | ("г", Some(Case::Accusative)) => Case::Prepositional,
        ("годом", _) => Case::Instrumental,
        ("года" | "г", _) => Case::Genitive,
        _ => return false,
    };
    reader.speech.words(&russian::year(number, case));
    skip_word_for_year(reader);
    true
}
