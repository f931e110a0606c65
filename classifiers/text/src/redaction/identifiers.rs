//! Numbers whose form alone says what they are: bank accounts, tax and
//! insurance numbers, passports, IP addresses, number plates.

use std::{net::Ipv6Addr, sync::LazyLock};

use regex::Regex;

use super::{
    PersonalData, Spans,
    cues::{Cue, cue_before},
    reading::Reading,
};

/// ISO 13616: country, two check digits, up to thirty letters and digits.
static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(r"\b[A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")
});

static IP_V4: LazyLock<Regex> =
    LazyLock::new(|| super::compile(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:\b|$)"));

static IP_V6: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4}){0,6}(?::[0-9a-f]{1,4}|:|[0-9a-f]{1,4})",
    )
});

/// ISO 3779: seventeen letters and digits without I, O and Q.
static VEHICLE: LazyLock<Regex> = LazyLock::new(|| super::compile(r"\b[A-HJ-NPR-Z0-9]{17}\b"));

/// A Russian plate: letters that exist in both alphabets.
static RUSSIAN_PLATE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)\b[авекмнорстухabekmhopctyx]\s?[0-9]{3}\s?[авекмнорстухabekmhopctyx]{2}\s?[0-9]{2,3}\b",
    )
});

static PLATE_AFTER_WORD: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)\b(?:plates?|registration|reg|гос\.?\s?номер\p{L}{0,3}|номерной знак)(?:\s(?:number|no|is|was))?[\s:.#№]{1,3}([A-Z0-9]{1,4}[\s-]?[A-Z0-9]{2,5})\b",
    )
});

/// Forms that nothing else has.
static FORMS: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"\b(?:",
        r"[0-9]{3}-[0-9]{3}-[0-9]{3}[\s-][0-9]{2}", // Russian insurance number
        r"|[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}",       // United States social security
        r"|[0-9]{2}-[0-9]{7}",                      // United States employer
        r"|[A-Z]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[A-D]", // United Kingdom national insurance
        r"|GB\s?[0-9]{3}\s?[0-9]{4}\s?[0-9]{2}",    // United Kingdom value added tax
        r"|[0-9]{2}\s?[0-9]{2}\s(?:№\s?)?[0-9]{6}", // Russian passport
        r"|[A-Z]{2}[0-9]{2}\s[A-Z]{3}",             // United Kingdom plate
        r"|[0-9]{5}\s?[0-9]{3}\s?[0-9]\s?[0-9]{4}\s?[0-9]{7}", // Russian bank account
        r"|[A-Z]{2}\s?[0-9]{3}\s?[0-9]{3}\s?[0-9]{3}\s?[A-Z]{2}", // parcel (UPU S10)
        r"|[A-Z]{2}\s?[0-9]{4}\s?[0-9]{4}\s?[0-9]?\s?[A-Z]{2}", // the same, grouped otherwise
        r")\b",
    ))
});

static SORT_CODE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)\bsort(?:\s?code)?(?:\s(?:is|no))?[\s:]{1,3}([0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2})\b",
    )
});

/// Secrets that customers tell though nobody should ask for them.
static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)\b(?:(?:парол\p{L}{1,3}|password|passcode|passwd)(?:\s(?:это|is|was))?[\s:=-]{1,3}(\S*(?:[a-z]\S*[0-9]|[0-9]\S*[a-z])\S*)",
        r"|(?:cvv2?|cvc2?|свв|pin|пин)(?:[\s-]?(?:code|код))?(?:\s(?:это|is|was))?[\s:=-]{1,3}([0-9]{3,6})\b)",
    ))
});

/// `паспорт серия 45 11 номер 778812`, `passport no. X4410298`.
const WORDS_WITHIN_PASSPORT: &[&str] = &[
    "серия",
    "серии",
    "номер",
    "номером",
    "мой",
    "это",
    "данные",
    "с",
    "по",
    "number",
    "no",
    "is",
    "my",
    "code",
    "id",
    "паспорт",
    "паспорта",
    "паспорту",
    "паспортные",
    "рф",
];

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let text = reading.text;
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    find_addresses_of_machines(reading, spans);
    let accounts = IBAN.find_iter(text).filter(|found| is_like_iban(found.as_str()));
    let vehicles = VEHICLE.find_iter(text).filter(|found| is_vehicle(found.as_str()));
    for found in accounts.chain(vehicles) {
        spans.claim(PersonalData::Order, found.range());
    }
    for form in [&RUSSIAN_PLATE, &FORMS] {
        let is_phone = |start: usize| text[..start].ends_with(['+', '-']);
        for found in form.find_iter(text).filter(|found| !is_phone(found.start())) {
            spans.claim(PersonalData::Order, found.range());
        }
    }
    for form in [&PLATE_AFTER_WORD, &SORT_CODE, &SECRET] {
        let named =
            form.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(2)));
        for found in named.filter(|found| found.as_str().bytes().any(|b| b.is_ascii_digit())) {
            spans.claim(PersonalData::Order, found.range());
        }
    }
    find_passports(reading, spans);
}

fn find_addresses_of_machines(reading: &Reading<'_>, spans: &mut Spans) {
    let text = reading.text;
    for found in IP_V4.find_iter(text) {
        let octets = found.as_str().split('.').filter(|part| part.parse::<u8>().is_ok()).count();
        let word = reading.words.partition_point(|word| word.span.start < found.start());
        let is_version = cue_before(reading, word) == Some(Cue::Version);
        if octets == 4 && !is_version && !text[found.end()..].starts_with('.') {
            spans.claim(PersonalData::Order, found.range());
        }
    }
    if text.contains("::") || text.matches(':').count() >= 7 {
        for found in
            IP_V6.find_iter(text).filter(|found| found.as_str().parse::<Ipv6Addr>().is_ok())
        {
            if found.len() > 4 {
                spans.claim(PersonalData::Order, found.range());
            }
        }
    }
}

/// An account, or one that was mistyped: it is still somebody's.
fn is_like_iban(found: &str) -> bool {
    const LEAST_DIGITS: usize = 10;
    is_iban(found)
        || (found.chars().filter(char::is_ascii_alphanumeric).count() >= 15
            && found.bytes().filter(u8::is_ascii_digit).count() >= LEAST_DIGITS)
}

fn is_vehicle(found: &str) -> bool {
    let digits = found.bytes().filter(u8::is_ascii_digit).count();
    (4..=14).contains(&digits)
}

/// The check digits of ISO 7064: the number modulo 97 is 1.
fn is_iban(found: &str) -> bool {
    let plain: Vec<u32> = found.chars().filter_map(|c| c.to_digit(36)).collect();
    if !(15..=34).contains(&plain.len()) {
        return false;
    }
    let (head, tail) = plain.split_at(4);
    let rest = tail.iter().chain(head).fold(0, |rest, value| match value {
        0..=9 => (rest * 10 + value) % 97,
        _ => (rest * 100 + value) % 97,
    });
    rest == 1
}

fn find_passports(reading: &Reading<'_>, spans: &mut Spans) {
    const WORDS_LOOKED_AT: usize = 10;
    let mut at = 0;
    while at < reading.len() {
        let word = reading.plain(at);
        at += 1;
        let opens = word.contains("паспорт") || word == "passport" || word == "серия";
        if !opens {
            continue;
        }
        let mut numbers = Vec::new();
        let last = (at + WORDS_LOOKED_AT).min(reading.len());
        while at < last && reading.gap_before(at).len() <= 5 {
            if reading.is_number(at) && reading.raw(at).len() <= 9 {
                numbers.push(at);
            } else if !WORDS_WITHIN_PASSPORT.contains(&reading.plain(at)) {
                break;
            }
            at += 1;
        }
        if numbers.iter().map(|at| reading.raw(*at).len()).sum::<usize>() >= 6 {
            for number in numbers {
                spans.claim(PersonalData::Order, reading.span(number..number + 1));
            }
        }
    }
}

/// A tax number of a Russian person or company: its check digits are right.
pub(super) fn is_russian_tax_number(digits: &str) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let check = |count: usize| {
        let weights = &WEIGHTS[WEIGHTS.len() - count..];
        let sum: u32 = weights.iter().zip(&values).map(|(weight, value)| weight * value).sum();
        values.get(count) == Some(&(sum % 11 % 10))
    };
    match values.len() {
        10 => check(9),
        12 => check(10) && check(11),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_checked() {
        assert!(is_russian_tax_number("7752808414") && is_russian_tax_number("776338750079"));
        assert!(!is_russian_tax_number("7752808415") && !is_russian_tax_number("776338750078"));
        assert!(is_iban("GB35 NWBK 9548 6205 7986 82") && !is_iban("GB36 NWBK 9548 6205 7986 82"));
        assert!(is_like_iban("GB36 NWBK 9548 6205 7986 82") && !is_like_iban("AB12 CDEF GHIJ"));
    }
}
