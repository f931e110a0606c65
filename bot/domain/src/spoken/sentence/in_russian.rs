//! Numbers, times, dates and sums of a Russian text.

use super::reader::Reader;
use super::russian_context::{by_ending, case_after};
use super::russian_dates::{date, date_case, dotted, time, year};
use super::token::Token;
use super::units;
use crate::spoken::russian::{
    self, Case, Currency, Gender, Noun, and_a_half, cardinal, counted, digit_word, fraction, nouns,
    ordinal,
};

/// Days of the week: as abbreviated, in the nominative, in the genitive, in the accusative.
const DAYS: [(&str, &str, &str, &str); 7] = [
    ("пн", "понедельник", "понедельника", "понедельник"),
    ("вт", "вторник", "вторника", "вторник"),
    ("ср", "среда", "среды", "среду"),
    ("чт", "четверг", "четверга", "четверг"),
    ("пт", "пятница", "пятницы", "пятницу"),
    ("сб", "суббота", "субботы", "субботу"),
    ("вс", "воскресенье", "воскресенья", "воскресенье"),
];
/// A number of so many digits that counts nothing is said digit by digit.
const LIKE_A_CODE: usize = 7;

/// Says a part that holds digits.
pub(super) fn say(reader: &mut Reader<'_>, token: &Token) {
    let before = case_before(reader);
    match token {
        Token::Time { hour, minute } => time(reader, (*hour, *minute), before),
        Token::Date { day, month, year } => {
            let case = date_case(reader, before);
            let said = russian::date(*day, *month, Some(*year), case).unwrap_or_default();
            reader.speech.words(&said);
        }
        Token::Ordinal { digits, ending } => {
            let said =
                digits.parse().map_or_else(|_| one_by_one(digits), |it| with_ending(it, ending));
            reader.speech.words(&said);
        }
        Token::Number { whole, decimals, grouped } => {
            if whole.len() >= LIKE_A_CODE && !grouped && !counts_something(reader) {
                return reader.speech.words(&one_by_one(whole));
            }
            number(reader, whole, decimals, before);
        }
        Token::Dotted { left, right } => dotted(reader, *left, *right, before),
        _ => {}
    }
}

pub(super) fn counts_something(reader: &Reader<'_>) -> bool {
    let unit = reader.unit().map_or(String::new(), |(unit, ..)| unit);
    currency(&unit).is_some()
        || units::russian(&unit).is_some()
        || reader.words_behind().iter().any(|word| noun(word).is_some())
}

/// Says «пн–пт» as «с понедельника по пятницу»; false when it is another word.
pub(super) fn word(reader: &mut Reader<'_>, word: &str) -> bool {
    let day = |word: &str| DAYS.iter().find(|(short, ..)| *short == word.to_lowercase());
    let joined = word.split_once('-').and_then(|(from, to)| Some((day(from)?, day(to)?)));
    let one = day(word).filter(|_| word.chars().all(char::is_lowercase));
    let range = match (joined, day(word), reader.range_end()) {
        (Some(days), ..) => Some((days, 0)),
        (None, Some(from), Some((Token::Word(to), parts))) => day(to).map(|to| ((from, to), parts)),
        _ => None,
    };
    let Some((((_, _, from, _), (_, _, _, to)), parts)) = range else {
        if let Some((_, nominative, ..)) = one {
            reader.speech.words(nominative);
        }
        return one.is_some();
    };
    reader.skip(parts);
    reader.speech.words(&format!("с {from} по {to}"));
    true
}

/// A sum with its sign before the number.
pub(super) fn sum(whole: &str, decimals: &str, mark: char, before: Option<Case>) -> String {
    let currency = match mark {
        '$' => Currency::Dollar,
        '€' => Currency::Euro,
        // Pounds have no place in a Russian shop; the number is said.
        '£' => return one_by_one(whole),
        _ => Currency::Rouble,
    };
    money(whole, decimals, currency, before.unwrap_or(Case::Nominative))
}

/// The case that the word before demands.
pub(super) fn case_before(reader: &Reader<'_>) -> Option<Case> {
    let word = reader.word_before()?;
    let goes_on = matches!(word.as_str(), "и" | "или" | "ч" | "час" | "часа" | "часов" | "часам");
    case_after(&word).or(reader.last_case.filter(|_| goes_on))
}

fn with_ending(number: u64, ending: &str) -> String {
    let (case, gender) = match ending {
        "я" | "ая" => (Case::Nominative, Gender::Feminine),
        "е" | "ое" => (Case::Nominative, Gender::Neuter),
        "го" | "ого" => (Case::Genitive, Gender::Masculine),
        "му" | "ому" => (Case::Dative, Gender::Masculine),
        "м" | "ом" => (Case::Prepositional, Gender::Masculine),
        "ым" => (Case::Instrumental, Gender::Masculine),
        "ю" | "ую" => (Case::Accusative, Gender::Feminine),
        // «3-х дней» is how many write «трёх дней».
        "х" | "ых" if number < 5 => return cardinal(number, Case::Genitive, Gender::Masculine),
        "ти" => return cardinal(number, Case::Genitive, Gender::Masculine),
        "х" | "ых" | "ые" => {
            let many = if ending == "ые" { "ые" } else { "ых" };
            let one = ordinal(number, Case::Nominative, Gender::Masculine);
            let stem = one.strip_suffix("ый").or_else(|| one.strip_suffix("ой"));
            return stem.map_or(one.clone(), |stem| format!("{stem}{many}"));
        }
        _ => (Case::Nominative, Gender::Masculine),
    };
    ordinal(number, case, gender)
}

fn one_by_one(digits: &str) -> String {
    let words = digits.bytes().map(|digit| digit_word(digit, Case::Nominative));
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn number(reader: &mut Reader<'_>, whole: &str, decimals: &str, before: Option<Case>) {
    let code = whole.len() > 4 && reader.last_word_is(&["номер"]);
    let zeros = whole.len() > 1 && whole.starts_with('0') && decimals.is_empty();
    let Some(count) = whole.parse::<u64>().ok().filter(|_| !code && !zeros) else {
        return reader.speech.words(&one_by_one(whole));
    };
    if around_the_clock(reader, count) {
        return reader.speech.words("круглосуточно");
    }
    if !decimals.is_empty() && reader.last_word_is(&["точка"]) {
        let parts = [whole, decimals].map(one_by_one);
        return reader.speech.words(&parts.join(" точка "));
    }
    if decimals.is_empty() && (date(reader, count, before) || year(reader, count, before)) {
        return;
    }
    let range = match reader.range_end() {
        Some((Token::Number { whole: end, decimals: none, .. }, parts))
            if decimals.is_empty() && none.is_empty() =>
        {
            end.parse::<u64>().ok().map(|end| (end, parts))
        }
        _ => None,
    };
    if let Some((end, parts)) = range {
        reader.skip(parts);
        if reader.last_word_is(&["номер"]) {
            let [from, to] =
                [count, end].map(|part| cardinal(part, Case::Nominative, Gender::Masculine));
            return reader.speech.words(&format!("{from}, {to}"));
        }
        from_to(reader, count, end, before);
    } else {
        let said = with_what_follows(reader, count, decimals, before);
        reader.speech.words(&said);
        finish_unit(reader);
    }
}

/// «от трёх до пяти дней», «в течение трёх-пяти дней».
fn from_to(reader: &mut Reader<'_>, from: u64, to: u64, before: Option<Case>) {
    let case = before.unwrap_or(Case::Genitive);
    let said = with_what_follows(reader, to, "", Some(case));
    let gender = if said.starts_with("две ") { Gender::Feminine } else { Gender::Masculine };
    let from = cardinal(from, case, gender);
    let joined = match before {
        None => format!("от {from} до {said}"),
        Some(_) => format!("{from}-{said}"),
    };
    reader.speech.words(&joined);
    finish_unit(reader);
}

fn around_the_clock(reader: &mut Reader<'_>, count: u64) -> bool {
    let week = matches!(
        reader.rest(),
        [Token::Mark('/'), Token::Number { whole, .. }, ..] if whole == "7"
    );
    let found = count == 24 && week;
    if found {
        reader.skip(2);
    }
    found
}

/// The number with its unit, sum or known noun; unknown words stay for the reader.
fn with_what_follows(
    reader: &mut Reader<'_>,
    count: u64,
    decimals: &str,
    before: Option<Case>,
) -> String {
    let case = before.unwrap_or(Case::Nominative);
    reader.last_case = Some(case);
    let following = reader.unit();
    let unit = following.as_ref().map_or("", |(unit, ..)| unit);
    if let Some(currency) = currency(unit) {
        skip_unit(reader);
        return money(&count.to_string(), decimals, currency, case);
    }
    if let Some(noun) = units::russian(unit) {
        skip_unit(reader);
        let said = measured(count, decimals, noun, case);
        // «Пять тысяч рублей».
        let next = reader.unit().and_then(|(unit, ..)| currency(&unit));
        let thousands = noun.is_written("тысяча") || noun.is_written("миллион");
        return match next.filter(|_| thousands) {
            Some(currency) => {
                skip_unit(reader);
                format!("{said} {}", currency.note().after(5, Case::Genitive))
            }
            None => said,
        };
    }
    with_noun(reader, count, decimals, before)
}

fn with_noun(reader: &mut Reader<'_>, count: u64, decimals: &str, before: Option<Case>) -> String {
    let behind = reader.words_behind();
    let known = |at: usize| behind.get(at).and_then(|word| Some((noun(word)?, word)));
    if let Some((noun, written)) = known(0) {
        reader.skip_blank();
        reader.skip(1);
        let case = match decimals {
            "" => written_case(count, noun, written, before),
            // The noun stands in the genitive whatever the case of the number.
            _ => before.unwrap_or(Case::Nominative),
        };
        reader.last_case = Some(case);
        if count == 30 && noun.is_written("минута") && reader.last_word_is(&["через", "Через"])
        {
            return "полчаса".to_owned();
        }
        return measured(count, decimals, noun, case);
    }
    let (case, gender) = match known(1) {
        Some((noun, written)) => (written_case(count, noun, written, before), noun.gender),
        None => by_ending(count, before, &behind),
    };
    reader.last_case = Some(case);
    match decimals {
        "" => cardinal(count, case, gender),
        decimals => fraction(count, decimals, case),
    }
}

/// The case in which the noun behind the number is written; that of the preposition when it fits or
/// when nothing does.
fn written_case(count: u64, noun: &Noun, written: &str, before: Option<Case>) -> Case {
    let expected = before.unwrap_or(Case::Nominative);
    std::iter::once(expected)
        .chain(Case::ALL)
        .find(|case| noun.after(count, *case) == written)
        .unwrap_or(expected)
}

fn noun(word: &str) -> Option<&'static Noun> {
    if nouns::PERSON.is_written(word) {
        return Some(&nouns::PERSON);
    }
    nouns::THINGS.iter().find(|noun| noun.is_written(word))
}

fn measured(count: u64, decimals: &str, noun: &Noun, case: Case) -> String {
    match decimals {
        "" => counted(count, noun, case),
        "5" => and_a_half(count, noun, case),
        decimals => {
            format!("{} {}", fraction(count, decimals, case), noun.singular(Case::Genitive))
        }
    }
}

fn money(whole: &str, decimals: &str, currency: Currency, case: Case) -> String {
    let Ok(notes) = whole.parse() else { return one_by_one(whole) };
    let coins = match decimals.len() {
        0 => Some(0),
        1 => decimals.parse::<u8>().ok().map(|tenths| tenths * 10),
        2 => decimals.parse().ok(),
        _ => None,
    };
    match coins {
        Some(coins) => russian::money(notes, coins, currency, case),
        None => measured(notes, decimals, currency.note(), case),
    }
}

fn currency(unit: &str) -> Option<Currency> {
    Some(match unit {
        "₽" | "руб" | "р" => Currency::Rouble,
        "$" | "долл" => Currency::Dollar,
        "€" => Currency::Euro,
        _ => return None,
    })
}

fn skip_unit(reader: &mut Reader<'_>) {
    if let Some((_, parts, dotted)) = reader.unit() {
        reader.skip(parts);
        reader.ended_by_dot = dotted;
    }
}

/// The sentence's end that was hidden in the unit's dot.
fn finish_unit(reader: &mut Reader<'_>) {
    if std::mem::take(&mut reader.ended_by_dot) {
        reader.end_after_dot();
    }
}
