//! Cards and accounts of which a part is hidden already: the rest still leads
//! to their owner.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    PersonalData, Spans,
    reading::Reading,
    references::is_money_or_time,
    spoken::{digits_of, run_from},
};
use crate::words::cut_at;

/// `4276 **** **** 1234`, `427612******1234`, `XXXX-XXXX-XXXX-1234`, `*1234`.
static MASKED: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?:[0-9]{4}[ -]?(?:[0-9]{2})?)?(?:[*•●∗xXхХ]{1,12}[ -]?){1,4}(?:[0-9]{4}|[0-9]{3}\b)(?:\b|$)",
    )
});

/// «заканчивается на», "ending in", "last four digits are": digits follow.
static ENDING: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)\b(?:",
        r"(?:ending|ends|ended|finishing|finishes)(?:\s(?:in|with|on))?(?:\s(?:the\s)?(?:digits|numbers))?",
        r"|last\s(?:four|4)(?:\s(?:digits?|numbers?))?(?:\s(?:of|on)\s(?:my|the|your|this)(?:\s\p{L}{2,10})?\s(?:card|account))?(?:\s(?:are|is|being))?",
        r"|(?:заканчива|оканчива|кончает|законч)\p{L}{1,8}(?:\sна)?(?:\sцифр\p{L}{1,2})?",
        r"|последн\p{L}{2}(?:\s(?:четыре|4))?\sцифр\p{L}{0,2}(?:\s(?:моей|номера|на|банковской|карт\p{L}{1,2}|сч[её]т\p{L}{0,2})){0,3}(?:\sэто)?",
        r")[\s:—–=-]{1,3}",
    ))
});

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let text = reading.text;
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    for found in has_digit.then(|| MASKED.find_iter(text)).into_iter().flatten() {
        if let Some(kind) = kind_of_masked(reading, &found.range()) {
            spans.claim(kind, found.range());
        }
    }
    for found in ENDING.find_iter(text) {
        if let Some((kind, span)) = ending(reading, found.range()) {
            spans.claim(kind, span);
        }
    }
}

fn kind_of_masked(reading: &Reading<'_>, span: &Range<usize>) -> Option<PersonalData> {
    let written = &reading.text[span.clone()];
    if is_money_or_time(&reading.text[span.end..])
        || reading.text[..span.start].ends_with(|c: char| c.is_alphanumeric())
    {
        return None;
    }
    let masks = written.chars().filter(|c| is_mask(*c)).count();
    let stars = written.chars().any(|c| is_mask(c) && !c.is_alphabetic());
    let begins_shown = written.starts_with(|c: char| c.is_ascii_digit());
    let looks_so = (begins_shown && masks >= 4) || masks >= 8;
    let announced = announced_kind(reading, span.start);
    match announced {
        Some(kind) if stars || masks >= 4 => Some(kind),
        _ => looks_so.then_some(PersonalData::Card),
    }
}

const fn is_mask(letter: char) -> bool {
    matches!(letter, '*' | '•' | '●' | '∗' | 'x' | 'X' | 'х' | 'Х')
}

/// What the nearest words before a place speak of.
fn announced_kind(reading: &Reading<'_>, place: usize) -> Option<PersonalData> {
    const WORDS_BACK: usize = 4;
    let first = reading.words.partition_point(|word| word.span.start < place);
    for back in 1..=WORDS_BACK.min(first) {
        let at = first - back;
        if let Some(kind) = kind_named(reading.plain(at)) {
            return Some(kind);
        }
        if reading.gap_before(at).contains(['!', '?', '\n']) {
            return None;
        }
    }
    None
}

fn kind_named(word: &str) -> Option<PersonalData> {
    const CARDS: &[&str] =
        &["карт", "card", "visa", "mastercard", "maestro", "amex", "виза", "мастеркард", "маэстро"];
    const ACCOUNTS: &[&str] = &["счет", "account", "acct", "iban", "passport", "паспорт", "ssn"];
    let starts = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if matches!(word, "cardboard" | "картон" | "картина" | "картинка" | "картинки" | "картинке")
    {
        None
    } else if starts(CARDS) || matches!(word, "мир" | "mir" | "debit" | "credit") {
        Some(PersonalData::Card)
    } else if starts(ACCOUNTS) {
        Some(PersonalData::Order)
    } else if word.starts_with("телефон") || word == "phone" {
        Some(PersonalData::Phone)
    } else {
        None
    }
}

/// The digits after "ending in", written or spoken, when a card or an account
/// is spoken of.
fn ending(reading: &Reading<'_>, cue: Range<usize>) -> Option<(PersonalData, Range<usize>)> {
    let first = reading.words.partition_point(|word| word.span.start < cue.end);
    if reading.words.get(first)?.span.start > cue.end + 2 {
        return None;
    }
    let run = run_from(reading, first);
    let count = digits_of(reading, &run).len();
    let span = reading.span(run);
    if !(3..=4).contains(&count) || is_money_or_time(&reading.text[span.end..]) {
        return None;
    }
    let within = &reading.text[cue.clone()].to_lowercase();
    let said_within = within.split(' ').find_map(kind_named);
    let whole = within.starts_with("last") || within.starts_with("последн");
    let after = cut_at(&reading.text[span.end..], 40).to_lowercase();
    let kind = said_within
        .or_else(|| announced_kind(reading, cue.start))
        .or_else(|| after.split(|c: char| !c.is_alphabetic()).take(5).find_map(kind_named))
        .or_else(|| whole.then_some(PersonalData::Card))?;
    Some((kind, span))
}
