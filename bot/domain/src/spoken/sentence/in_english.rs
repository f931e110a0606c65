//! Numbers, times, dates and sums of an English text.

use super::reader::Reader;
use super::token::Token;
use super::units;
use crate::spoken::english::{
    self, Currency, cardinal, counted, digit_word, fraction, month_number, ordinal,
};

const DAYS: [(&str, &str); 7] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

/// A number of so many digits that counts nothing is said digit by digit.
const LIKE_A_CODE: usize = 7;

/// Says a part that holds digits.
pub(super) fn say(reader: &mut Reader<'_>, token: &Token) {
    match token {
        Token::Time { hour, minute } => time(reader, *hour, *minute),
        Token::Date { day, month, year } => {
            let said = english::date(*day, *month, Some(*year)).unwrap_or_default();
            say_date(reader, &said);
        }
        Token::Ordinal { digits, ending } => match digits.parse() {
            Ok(number) if ending == "s" => reader.speech.words(&many_of(number)),
            Ok(number) if day_and_month(reader, number) => {}
            Ok(number) => reader.speech.words(&ordinal(number)),
            Err(_) => reader.speech.words(&one_by_one(digits)),
        },
        Token::Number { whole, decimals, grouped } => number(reader, whole, decimals, *grouped),
        _ => {}
    }
}

/// Says "Nov 21, 2026" and "Mon–Fri"; false when it is another word.
pub(super) fn word(reader: &mut Reader<'_>, word: &str) -> bool {
    let day = |word: &str| DAYS.iter().find(|(short, _)| *short == word).map(|(_, day)| *day);
    let joined = word.split_once('-').and_then(|(from, to)| Some((day(from)?, day(to)?)));
    let range = match (joined, day(word), reader.range_end()) {
        (Some(days), ..) => Some((days, 0)),
        (None, Some(from), Some((Token::Word(to), parts))) => day(to).map(|to| ((from, to), parts)),
        _ => None,
    };
    if let Some(((from, to), parts)) = range {
        reader.skip(parts);
        reader.speech.words(&format!("{from} to {to}"));
        return true;
    }
    month_and_day(reader, word)
}

/// A sum with its sign before the number.
pub(super) fn sum(reader: &mut Reader<'_>, whole: &str, decimals: &str, mark: char) -> String {
    let currency = currency(mark).unwrap_or(Currency::Dollar);
    let large = reader
        .words_behind()
        .first()
        .filter(|word| matches!(word.as_str(), "thousand" | "million" | "billion"))
        .cloned();
    let Some(large) = large else { return money(whole, decimals, currency) };
    reader.skip_blank();
    reader.skip(1);
    let count = whole.parse().unwrap_or_default();
    let number = if decimals.is_empty() { cardinal(count) } else { fraction(count, decimals) };
    let notes = english::money(2, 0, currency);
    format!("{number} {large} {}", notes.trim_start_matches("two "))
}

fn time(reader: &mut Reader<'_>, hour: u8, minute: u8) {
    let said = english::time_of_day(hour, minute).unwrap_or_default();
    reader.speech.words(&said);
    if let Some((Token::Time { hour, minute }, parts)) = reader.range_end() {
        reader.skip(parts);
        let to = english::time_of_day(*hour, *minute).unwrap_or_default();
        reader.speech.words(&format!("to {to}"));
    }
}

/// "Nineteen nineties", "fives".
fn many_of(number: u64) -> String {
    let said = if number < 1_000 { cardinal(number) } else { english::year(number) };
    match said.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{said}s"),
    }
}

/// A date; "the" is not said twice.
fn say_date(reader: &mut Reader<'_>, said: &str) {
    let written = reader.last_word_is(&["the", "The"]);
    reader.speech.words(if written { said.trim_start_matches("the ") } else { said });
}

/// "21 November 2026", "21st of November".
fn day_and_month(reader: &mut Reader<'_>, day: u64) -> bool {
    let words = match reader.rest() {
        [Token::Blank, Token::Word(of), Token::Blank, Token::Word(month), ..] if of == "of" => {
            Some((month, 4))
        }
        [Token::Blank, Token::Word(month), ..] => Some((month, 2)),
        _ => None,
    };
    let Some((word, parts)) = words else { return false };
    let (Some(month), Ok(day)) = (capital_month(word), u8::try_from(day)) else { return false };
    let Some(said) = english::date(day, month, None) else { return false };
    reader.skip(parts);
    say_date(reader, &said);
    year_behind(reader);
    true
}

/// "November 21, 2026".
fn month_and_day(reader: &mut Reader<'_>, word: &str) -> bool {
    let Some(month) = capital_month(word) else { return false };
    let dot = usize::from(word.len() < 5 && reader.rest().first() == Some(&Token::Mark('.')));
    let day = match reader.rest().get(dot..) {
        Some([Token::Blank, Token::Number { whole, decimals, .. }, ..]) if decimals.is_empty() => {
            whole
        }
        Some([Token::Blank, Token::Ordinal { digits, .. }, ..]) => digits,
        _ => return false,
    };
    let Ok(number) = day.parse::<u8>() else { return false };
    let (Some(_), Some(name)) = (english::date(number, month, None), english::month(month)) else {
        return false;
    };
    reader.skip(dot + 2);
    reader.speech.words(&format!("{name} the {}", ordinal(u64::from(number))));
    year_behind(reader);
    true
}

fn year_behind(reader: &mut Reader<'_>) {
    let (whole, parts) = match reader.rest() {
        [Token::Blank, Token::Number { whole, decimals, .. }, ..] if decimals.is_empty() => {
            (whole, 2)
        }
        [Token::Mark(','), Token::Blank, Token::Number { whole, decimals, .. }, ..]
            if decimals.is_empty() =>
        {
            (whole, 3)
        }
        _ => return,
    };
    if let (4, Ok(year)) = (whole.len(), whole.parse::<u64>())
        && (1_000..3_000).contains(&year)
    {
        reader.skip(parts);
        reader.speech.pause();
        reader.speech.words(&english::year(year));
    }
}

/// A month by its name or its first three letters, with a capital.
fn capital_month(word: &str) -> Option<u8> {
    if !word.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return None;
    }
    let short = |number: &u8| {
        let name = english::month(*number).unwrap_or_default();
        name.get(..3) == Some(word) || (word == "Sept" && *number == 9)
    };
    month_number(word).or_else(|| (1..=12).find(short))
}

fn number(reader: &mut Reader<'_>, whole: &str, decimals: &str, grouped: bool) {
    let unit = reader.unit().map_or(String::new(), |(unit, ..)| unit);
    let counts =
        units::english(&unit).is_some() || unit.chars().next().and_then(currency).is_some();
    let code = whole.len() > 4 && reader.last_word_is(&["number", "Number"])
        || whole.len() >= LIKE_A_CODE && !grouped && !counts;
    let zeros = whole.len() > 1 && whole.starts_with('0') && decimals.is_empty();
    let Some(count) = whole.parse::<u64>().ok().filter(|_| !code && !zeros) else {
        return reader.speech.words(&one_by_one(whole));
    };
    let week = matches!(
        reader.rest(),
        [Token::Mark('/'), Token::Number { whole, .. }, ..] if whole == "7"
    );
    if count == 24 && week {
        reader.skip(2);
        return reader.speech.words("around the clock");
    }
    if decimals.is_empty() && (day_and_month(reader, count) || year(reader, whole, count)) {
        return;
    }
    if let Some((Token::Number { whole: end, decimals: end_decimals, .. }, parts)) =
        reader.range_end()
        && let Ok(end) = end.parse::<u64>()
    {
        reader.skip(parts);
        reader.speech.words(&format!("{} to", said(count, decimals)));
        return with_unit(reader, end, end_decimals);
    }
    with_unit(reader, count, decimals);
}

fn year(reader: &mut Reader<'_>, whole: &str, number: u64) -> bool {
    let before = reader.word_before().unwrap_or_default();
    let asked = matches!(before.as_str(), "in" | "since" | "until" | "year")
        || month_number(&before).is_some();
    let is_year = whole.len() == 4 && (1_100..2_100).contains(&number) && asked;
    if is_year {
        reader.speech.words(&english::year(number));
    }
    is_year
}

fn with_unit(reader: &mut Reader<'_>, count: u64, decimals: &str) {
    let Some((unit, parts, dotted)) = reader.unit() else {
        return reader.speech.words(&said(count, decimals));
    };
    if let Some(currency) = unit.chars().next().filter(|_| unit.len() < 4).and_then(currency) {
        reader.skip(parts);
        return reader.speech.words(&money(&count.to_string(), decimals, currency));
    }
    let Some((one, many)) = units::english(&unit) else {
        return reader.speech.words(&said(count, decimals));
    };
    let words = match decimals {
        "" => counted(count, one, Some(many)),
        decimals => format!("{} {many}", fraction(count, decimals)),
    };
    reader.speech.words(&words);
    reader.skip_unit(parts, dotted);
}

fn said(count: u64, decimals: &str) -> String {
    if decimals.is_empty() { cardinal(count) } else { fraction(count, decimals) }
}

fn one_by_one(digits: &str) -> String {
    digits.bytes().map(digit_word).collect::<Vec<_>>().join(" ")
}

fn money(whole: &str, decimals: &str, currency: Currency) -> String {
    let Ok(notes) = whole.parse() else { return one_by_one(whole) };
    let coins = match decimals.len() {
        1 => decimals.parse::<u8>().ok().map(|tenths| tenths * 10),
        2 => decimals.parse().ok(),
        _ => Some(0),
    };
    english::money(notes, coins.unwrap_or_default(), currency)
}

fn currency(mark: char) -> Option<Currency> {
    Some(match mark {
        '₽' => Currency::Rouble,
        '$' => Currency::Dollar,
        '€' => Currency::Euro,
        '£' => Currency::Pound,
        _ => return None,
    })
}
