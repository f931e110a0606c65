//! What is written with digits: times, dates, phone numbers, ordinals, numbers.

use mostik_taxonomy::Language;

use super::token::{Found, Token, code};

/// At a digit, or at the plus before one.
pub(super) fn find(language: Language, rest: &str) -> Option<Found> {
    if rest.starts_with(['+', '(']) {
        return phone(rest);
    }
    date_year_first(rest)
        .or_else(|| date_day_first(rest))
        .or_else(|| time(rest))
        .or_else(|| code(rest))
        .or_else(|| phone(rest))
        .or_else(|| ordinal(language, rest))
        .or_else(|| (language == Language::Russian).then(|| dotted(rest)).flatten())
        .or_else(|| Some(number(language, rest)))
}

/// So many digits, no more and no fewer, and what follows them.
fn digits(rest: &str, fewest: usize, most: usize) -> Option<(u16, &str)> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(fewest..=most).contains(&length) {
        return None;
    }
    Some((rest[..length].parse().ok()?, &rest[length..]))
}

/// `2026-11-22`, with or without a time of day.
fn date_year_first(rest: &str) -> Option<Found> {
    let (year, left) = digits(rest, 4, 4)?;
    let (month, left) = digits(left.strip_prefix('-')?, 2, 2)?;
    let (day, left) = digits(left.strip_prefix('-')?, 2, 2)?;
    // The time behind the T is read by itself.
    let left = left.strip_prefix('T').filter(|left| time(left).is_some()).unwrap_or(left);
    date(day, month, year, rest.len() - left.len())
}

/// `22.11.2026`, `22/11/2026`; `11/22/2026` where only that can be.
fn date_day_first(rest: &str) -> Option<Found> {
    let (day, left) = digits(rest, 1, 2)?;
    let mark = left.chars().next().filter(|mark| matches!(mark, '.' | '/'))?;
    let (month, left) = digits(left.strip_prefix(mark)?, 1, 2)?;
    let (year, left) = digits(left.strip_prefix(mark)?, 4, 4)?;
    let length = rest.len() - left.len();
    date(day, month, year, length)
        .or_else(|| (mark == '/').then(|| date(month, day, year, length)).flatten())
}

fn date(day: u16, month: u16, year: u16, length: usize) -> Option<Found> {
    let (day, month) = (u8::try_from(day).ok()?, u8::try_from(month).ok()?);
    crate::spoken::russian::date(day, month, Some(year), crate::spoken::russian::Case::Nominative)?;
    Some((Token::Date { day, month, year }, length))
}

/// `14:30`, `9:05:00`, `2:30 pm`, `6 p.m.`.
fn time(rest: &str) -> Option<Found> {
    let (hour, left) = digits(rest, 1, 2)?;
    let (minute, left) = if let Some(left) = left.strip_prefix(':') {
        digits(left, 2, 2)?
    } else {
        half_of_day(left)?;
        (0, left)
    };
    let left = left.strip_prefix(':').and_then(|left| digits(left, 2, 2)).map_or(left, |it| it.1);
    let left =
        left.strip_prefix('Z').filter(|it| !it.starts_with(char::is_alphanumeric)).unwrap_or(left);
    let (hour, left) = match half_of_day(left) {
        Some((true, left)) if (1..12).contains(&hour) => (hour + 12, left),
        Some((false, left)) if hour == 12 => (0, left),
        Some((_, left)) if (1..=12).contains(&hour) => (hour, left),
        _ => (hour, left),
    };
    let (hour, minute) = (u8::try_from(hour).ok()?, u8::try_from(minute).ok()?);
    let possible = crate::spoken::english::time_of_day(hour, minute).is_some();
    let ends = !left.starts_with(|letter: char| letter.is_alphanumeric() || letter == ':');
    (possible && ends).then_some((Token::Time { hour, minute }, rest.len() - left.len()))
}

/// Whether it is after noon, and what follows `pm`, ` a.m.`.
fn half_of_day(rest: &str) -> Option<(bool, &str)> {
    let rest = rest.strip_prefix([' ', '\u{a0}']).unwrap_or(rest);
    for (written, after_noon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if let Some((start, left)) = rest.split_at_checked(written.len())
            && start.eq_ignore_ascii_case(written)
            && !left.starts_with(char::is_alphanumeric)
        {
            return Some((after_noon, left));
        }
    }
    None
}

/// With a plus; or with brackets or two hyphens; or ten or eleven digits in a row.
fn phone(rest: &str) -> Option<Found> {
    let (mut count, mut hyphens, mut bracket, mut end) = (0, 0, false, 0);
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let goes_on = next.is_some_and(|next| next.is_ascii_digit() || next == '(');
        match letter {
            '0'..='9' => {
                count += 1;
                end = at + 1;
            }
            '+' if at == 0 && goes_on => {}
            '-' if goes_on => hyphens += 1,
            ' ' | '\u{a0}' if goes_on => {}
            '(' if goes_on => bracket = true,
            ')' if bracket => {}
            _ => break,
        }
        if count > 15 {
            return None;
        }
    }
    let in_a_row = rest[..end].bytes().all(|byte| byte.is_ascii_digit());
    let is_phone = match (rest.starts_with('+'), bracket || hyphens >= 2) {
        (true, _) => count >= 7,
        (false, true) => count >= 6,
        (false, false) => in_a_row && matches!(count, 10 | 11) && rest.starts_with(['7', '8', '9']),
    };
    let ends = !rest[end..].starts_with(char::is_alphabetic);
    (is_phone && ends).then(|| (Token::Phone(rest[..end].to_owned()), end))
}

/// `22.11`, `18.00`.
fn dotted(rest: &str) -> Option<Found> {
    let (left, after) = digits(rest, 2, 2)?;
    let (right, after) = digits(after.strip_prefix('.')?, 2, 2)?;
    let more = after.strip_prefix(['.', ',']).unwrap_or(after);
    let (left, right) = (u8::try_from(left).ok()?, u8::try_from(right).ok()?);
    let ends = !more.starts_with(|it: char| it.is_ascii_digit());
    ends.then_some((Token::Dotted { left, right }, rest.len() - after.len()))
}

const RUSSIAN_ENDINGS: [&str; 21] = [
    "ого", "ому", "ый", "ой", "ий", "ая", "ое", "ую", "ые", "ых", "ым", "ом", "го", "му", "ти",
    "й", "я", "е", "ю", "м", "х",
];
const ENGLISH_ENDINGS: [&str; 5] = ["st", "nd", "rd", "th", "s"];

fn ordinal(language: Language, rest: &str) -> Option<Found> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, left) = rest.split_at(length);
    let (left, endings) = match language {
        Language::Russian => (left.strip_prefix(['-', '‑'])?, RUSSIAN_ENDINGS.as_slice()),
        Language::English => (left, ENGLISH_ENDINGS.as_slice()),
    };
    let ending = endings.iter().find(|ending| {
        left.strip_prefix(**ending).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    })?;
    let token = Token::Ordinal { digits: number.to_owned(), ending: (*ending).to_owned() };
    Some((token, rest.len() - left.len() + ending.len()))
}

/// Digits, in groups of three or not, with decimals or not.
fn number(language: Language, rest: &str) -> Found {
    let first = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mut whole = rest[..first].to_owned();
    let mut left = &rest[first..];
    if (1..=3).contains(&first) && !whole.starts_with('0') {
        while let Some((group, after)) = group_of_three(language, left) {
            whole.push_str(group);
            left = after;
        }
    }
    let grouped = whole.len() > first;
    let marks: &[char] = match language {
        Language::Russian => &[',', '.'],
        Language::English => &['.'],
    };
    let mut decimals = String::new();
    if let Some(after) = left.strip_prefix(marks) {
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        // A second mark makes it a version or a list, no fraction.
        let more = after[count..]
            .strip_prefix(marks)
            .is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        if count > 0 && !more {
            after[..count].clone_into(&mut decimals);
            left = &after[count..];
        }
    }
    (Token::Number { whole, decimals, grouped }, rest.len() - left.len())
}

fn group_of_three(language: Language, rest: &str) -> Option<(&str, &str)> {
    let mark = rest.chars().next()?;
    let joins = match language {
        Language::Russian => matches!(mark, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
        Language::English => matches!(mark, ',' | '\u{202f}' | '\u{a0}'),
    };
    let after = &rest[mark.len_utf8()..];
    let count = after.bytes().take_while(u8::is_ascii_digit).count();
    (joins && count == 3).then(|| after.split_at(3))
}
