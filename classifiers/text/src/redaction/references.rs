//! Numbers that lead to a person's records: orders, contracts, parcels,
//! passports, accounts.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{PersonalData, Spans, digits::is_card};

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)\b(?:заказ|заявк|договор|контракт|обращени|трек|накладн|отправлени|отслежив|посылк|брон|чек|квитанци|",
        r"счет|счёт|лицев|полис|паспорт|инн|кпп|огрн|снилс|карт[аыуе] лояльности|талон|билет|абонемент|кодом?|",
        r"order|tracking|track|booking|reservation|reference|ref|invoice|receipt|contract|account|routing|",
        r"acct|ticket|policy|passport|case|claim|confirmation|shipment|parcel|customer|member|ssn|social|vat|ein|pnr|",
        r"medicare|tfn\b|nmi\b|bsb\b|mprn\b|aadhaar|pan\b|iban\b|vin\b|complaint|licen[cs]e|certificate|",
        r"consumer|абонент|вин\b|жалоб|претензи|пропуск|сертификат|свидетельств|входящ|удостоверени|права\b)",
        r"\p{L}{0,9}",
        r"(?:[\s.:,#№-]{1,4}(?:number|num|no|id|code|is|my|it|security|reference|booking|order|",
        r"заказа|брони|договора|номер\p{L}{0,3}|ном|под|код|за|серии?|счет|счёт|это|был|была|было|were|was|n|it's)\b){0,3}",
        r"[\s.:#№=(-]{0,4}",
        r"((?-i:[A-ZА-ЯЁ]{1,4})?[ /-]?[0-9][0-9\p{L}/_-]{0,34}(?: [0-9]{1,8}){0,4}",
        r"|(?-i:[A-ZА-Я0-9]{1,12})(?:[-/][0-9\p{L}]{1,12}){0,4})",
    ))
});

static NUMBER_SIGN: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(r"(?:№|#|\bN[o°]\.?)\s?([A-Za-zА-Я]{0,4}[-/]?[0-9][0-9\p{L}/-]{3,34})")
});

/// Codes that mix letters and digits, as parcels and bookings have.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:1Z\s?[0-9A-Z]{3}\s?[0-9A-Z]{3}\s?[0-9A-Z]{2}\s?[0-9]{4}\s?[0-9]{4}|[A-ZА-Я]{1,6}-?[0-9]{5,20}[A-ZА-Я]{0,3}|[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){2,5}|[0-9]{2,8}-[0-9]{4,12}-[0-9]{1,6}(?:-[0-9]{1,8})?|[0-9]{3}-[0-9]{7}-[0-9]{7})\b",
    )
});

static MONEY_OR_TIME: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)^\s{0,2}(?:[.,][0-9]{1,2}\b|%|руб|р\b|р\.|₽|\$|€|£|usd|eur|тыс|тг|грн|коп|rub|dollar|euro|pound|buck|quid|pence|год|г\.|шт|кг|мин|час|дн|ден|day|hour|min|piece|item|pcs|раз\b|times)",
    )
});

pub(super) fn find(text: &str, spans: &mut Spans) {
    for near in near_digits(text) {
        find_in(text, near, spans);
    }
}

/// The stretches of a text around its digits, for no reference is without.
fn near_digits(text: &str) -> Vec<Range<usize>> {
    const BEFORE: usize = 90;
    const AFTER: usize = 60;
    let bytes = text.as_bytes();
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for at in (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()) {
        match stretches.last_mut() {
            Some(last) if last.end >= at.saturating_sub(BEFORE) => last.end = at + AFTER,
            _ => stretches.push(at.saturating_sub(BEFORE)..at + AFTER),
        }
    }
    for stretch in &mut stretches {
        stretch.start =
            text[..text.ceil_char_boundary(stretch.start)].rfind(char::is_whitespace).unwrap_or(0);
        stretch.end = text.ceil_char_boundary(stretch.end.min(text.len()));
    }
    stretches
}

fn find_in(text: &str, near: Range<usize>, spans: &mut Spans) {
    let stretch = &text[near.clone()];
    let whole = |found: Range<usize>| near.start + found.start..near.start + found.end;
    for captures in NAMED.captures_iter(stretch) {
        let Some(found) = captures.get(1) else { continue };
        if is_reference(stretch, found.as_str(), found.end()) {
            spans.claim(PersonalData::Order, whole(found.range()));
        }
    }
    for captures in NUMBER_SIGN.captures_iter(stretch) {
        if let Some(found) = captures.get(1).filter(|found| !is_of_tracker(stretch, found.start()))
        {
            spans.claim(PersonalData::Order, whole(found.range()));
        }
    }
    let of_goods = |start: usize| is_of_goods(&stretch[..start]);
    for found in CODE
        .find_iter(stretch)
        .filter(|found| !of_goods(found.start()))
        .filter(|found| !is_date(found.as_str()))
    {
        let code = found.as_str();
        let digits = code.bytes().filter(u8::is_ascii_digit).count();
        if digits < 2 || code.starts_with("KB") || code.starts_with("CVE") {
            continue;
        }
        if !looks_like_phone_groups(code) && !is_card(&digits_of(code)) {
            spans.claim(PersonalData::Order, whole(found.range()));
        }
    }
}

/// «артикул 45012233», "SKU 10029384": the same for every customer.
pub(super) fn is_of_goods(before: &str) -> bool {
    let mut from = before.len().saturating_sub(40);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let before = before[from..].trim_end_matches([' ', ':', '№', '#', '.']).to_lowercase();
    [
        "артикул",
        "артикула",
        "арт",
        "код товара",
        "sku",
        "item code",
        "model",
        "model number",
        "модель",
        "part number",
    ]
    .iter()
    .any(|word| before.ends_with(word))
}

/// "PR #2000", "issue #88123": public numbers of a tracker.
fn is_of_tracker(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches(['#', '№', ' ']).to_lowercase();
    ["pr", "issue", "pull", "pull request", "commit", "bug", "see"].iter().any(|word| {
        before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphabetic))
    })
}

fn is_reference(text: &str, found: &str, end: usize) -> bool {
    let digits = found.bytes().filter(u8::is_ascii_digit).count();
    let is_code = digits >= 1
        && found.len() >= 5
        && found.chars().any(char::is_uppercase)
        && !found.contains(char::is_lowercase);
    (digits >= 4 || is_code)
        && !is_date(found)
        && !is_year(found)
        && !is_money_or_time(&text[end..])
}

pub(super) fn is_money_or_time(rest: &str) -> bool {
    MONEY_OR_TIME.is_match(crate::words::cut_at(rest, 24))
}

fn is_year(found: &str) -> bool {
    found.len() == 4 && (found.starts_with("19") || found.starts_with("20"))
}

/// `2024-05-12`, `12-05-2024`, `12/05/24`.
fn is_date(found: &str) -> bool {
    let parts: Vec<&str> = found.split(['-', '/', '.']).collect();
    let [first, middle, last] = parts[..] else { return false };
    let part =
        |part: &str, most: u32| part.len() <= 2 && part.parse().is_ok_and(|n: u32| n <= most);
    part(middle, 31)
        && ((first.len() == 4 && part(last, 31))
            || (part(first, 31) && (last.len() == 4 || part(last, 99))))
}

fn digits_of(found: &str) -> String {
    found.chars().filter(char::is_ascii_digit).collect()
}

/// `495-123-4567` and `8-912-3456789` are phones, not codes.
fn looks_like_phone_groups(found: &str) -> bool {
    let digits = found.bytes().filter(u8::is_ascii_digit).count();
    found.starts_with(|c: char| c.is_ascii_digit()) && (10..=11).contains(&digits)
}
