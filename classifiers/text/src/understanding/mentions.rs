//! The product or order a message speaks of, when it is named.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::Mentioned;
use crate::{
    redaction::{Found, PersonalData, compile, redact},
    words::cut_at,
};

/// What is read of one message: what it is about stands near its beginning.
const BYTES_READ: usize = 16_384;

/// A name or number and where it stands in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What is named.
    pub what: Mentioned,
    /// Byte range in the message, without quotes.
    pub span: Range<usize>,
}

/// «тариф „Старт“», `plan "Pro"`: a name in quotes after what it names.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i)\b(?:тариф|план|подписк|пакет|услуг|товар|модел|курс|абонемент|карт|набор|plan|tariff|package|subscription|product|course|model)\p{L}{0,4}\s[«"“„]([^»"”“\n]{2,40})[»"”“]|\bи\s«([^»\n]{2,40})»"#,
    )
});

/// A make and a model: `iPhone 15 Pro`, `Dyson V11`, `LG 27GP850`, `Redmi Note 12`.
static MODEL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:i?[A-Z][A-Za-z]+(?:[- ][A-Z][A-Za-z]+){0,2} (?:[A-Z]{1,4}-?)?[0-9]{1,5}[A-Z0-9]{0,6}(?:-[A-Z0-9]{1,6})?(?: (?:Pro|Max|Ultra|Plus|Mini|Lite|Air|SE)){0,2}|(?:[A-Z][a-z]{2,} ){1,2}(?:Paperwhite|Pro|Max|Ultra|Plus|Mini|Lite|Air|Jolion)|(?:Basic|Pro|Premium|Business|Family|Max|Standard|Plus|Starter) (?:plan|tariff|package))\b",
    )
});

/// A foreign name of two words inside a Russian sentence is a product's.
static FOREIGN: LazyLock<Regex> =
    LazyLock::new(|| compile(r"[а-яё]\s([A-Z][A-Za-z0-9]{2,}(?: [A-Z0-9][A-Za-z0-9]+){1,3})"));

/// No names of products: they begin sentences, or name time and place.
const NO_PRODUCTS: &[&str] = &[
    "AED",
    "USD",
    "EUR",
    "GBP",
    "RUB",
    "INR",
    "KZT",
    "UAH",
    "Order",
    "Booking",
    "Since",
    "In",
    "On",
    "At",
    "My",
    "The",
    "Flat",
    "Room",
    "Monday",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Step",
    "Page",
    "Error",
    "Version",
    "Ticket",
    "Case",
    "Invoice",
    "Chapter",
    "Paid",
    "Waited",
    "Only",
    "About",
    "After",
    "Before",
    "For",
    "From",
    "Apple Pay",
    "Google Play",
    "App Store",
    "Samsung Pay",
    "Card",
    "Gate",
    "Seat",
    "Call",
    "You",
    "It",
    "We",
    "They",
    "Code",
    "Wait",
    "Pay",
    "Contract",
    "Redone",
];

/// The products of `catalogue` and what looks like one, and the numbers of
/// orders; in the order of the text, never overlapping. Names of a catalogue
/// are found without regard to case and in any Russian case.
pub fn mentions(text: &str, catalogue: &[&str]) -> Vec<Mention> {
    let text = cut_at(text, BYTES_READ);
    let mut found: Vec<Mention> = Vec::new();
    for name in catalogue.iter().filter(|name| !name.trim().is_empty()) {
        found.extend(catalogued(text, name).map(product));
    }
    for number in numbers(text) {
        let orders = personal_around(text, &number).into_iter().filter(|found| {
            found.kind == PersonalData::Order
                && overlap(&found.span, &number)
                && is_order(text, &found.span)
        });
        found.extend(orders.map(|order| Mention { what: Mentioned::Order, span: order.span }));
    }
    let named = names(text).into_iter();
    found.extend(
        named
            .filter(|name| !personal_around(text, name).iter().any(|it| overlap(&it.span, name)))
            .map(product),
    );
    without_overlaps(found)
}

/// What looks like the name of a product.
fn names(text: &str) -> Vec<Range<usize>> {
    let quoted = text.contains(['«', '"', '“', '„']).then_some(&*QUOTED);
    let foreign = text.contains(|c: char| c.is_ascii_uppercase());
    let groups = [quoted, foreign.then_some(&*FOREIGN), foreign.then_some(&*MODEL)];
    let mut names = Vec::new();
    for captures in groups.into_iter().flatten().flat_map(|regex| regex.captures_iter(text)) {
        let Some(place) = captures.get(1).or_else(|| captures.get(2)).or_else(|| captures.get(0))
        else {
            continue;
        };
        let span = place.start() + article(place.as_str())..place.end();
        let name = &text[span.clone()];
        let starts_badly = NO_PRODUCTS.iter().any(|word| {
            name.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
        if (name.contains(' ') || span.len() == place.len()) && !starts_badly {
            names.push(span);
        }
    }
    names
}

/// What could be the number of an order: letters and digits of at least this
/// length, after a word that calls it so.
fn numbers(text: &str) -> Vec<Range<usize>> {
    const LEAST: usize = 4;
    let bytes = text.as_bytes();
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_');
    let mut numbers: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|byte| inside(**byte)).count();
        let token = &bytes[at..end];
        let number = token.len() >= LEAST && token.iter().any(u8::is_ascii_digit);
        if number && is_order(text, &(at..end)) {
            numbers.push(at..end);
        }
        at = end + 1;
    }
    numbers
}

/// The personal data near a place. Reading only what stands around it costs a
/// fraction of reading a whole message.
fn personal_around(text: &str, place: &Range<usize>) -> Vec<Found> {
    const BEFORE: usize = 100;
    const AFTER: usize = 60;
    let from = text.ceil_char_boundary(place.start.saturating_sub(BEFORE));
    let from = if place.start <= BEFORE {
        0
    } else {
        text[from..place.start].find(char::is_whitespace).map_or(from, |blank| from + blank)
    };
    let end = text.ceil_char_boundary((place.end + AFTER).min(text.len()));
    let end = text[place.end..end]
        .rfind(char::is_whitespace)
        .filter(|_| end < text.len())
        .map_or(end, |blank| place.end + blank);
    let mut found = redact(&text[from..end]).found;
    for one in &mut found {
        one.span = from + one.span.start..from + one.span.end;
    }
    found
}

/// How many bytes "The " or the like takes before a name.
fn article(name: &str) -> usize {
    ["The ", "My ", "Our ", "Your ", "This ", "New "]
        .iter()
        .find(|word| name.starts_with(**word))
        .map_or(0, |word| word.len())
}

const fn product(span: Range<usize>) -> Mention {
    Mention { what: Mentioned::Product, span }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// The longest of those that overlap, in the order of the text.
fn without_overlaps(mut found: Vec<Mention>) -> Vec<Mention> {
    found.sort_by_key(|mention| (mention.span.start, std::cmp::Reverse(mention.span.end)));
    let mut kept: Vec<Mention> = Vec::new();
    for mention in found {
        if kept.last().is_none_or(|last| last.span.end <= mention.span.start) {
            kept.push(mention);
        }
    }
    kept
}

/// Of the numbers that lead to records only those that a word calls so.
fn is_order(text: &str, span: &Range<usize>) -> bool {
    const WORDS: &[&str] = &[
        "заказ",
        "брон",
        "договор",
        "заявк",
        "накладн",
        "посылк",
        "order",
        "booking",
        "contract",
        "reservation",
        "ticket",
        "invoice",
        "обращени",
        "трек",
        "track",
        "reference",
        "claim",
        "case",
        "confirmation",
    ];
    let mut from = span.start.saturating_sub(60);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text[from..span.start].to_lowercase();
    WORDS.iter().any(|word| before.contains(word))
}

/// Places of a name, each of its words with an ending of up to three letters.
fn catalogued<'a>(text: &'a str, name: &str) -> impl Iterator<Item = Range<usize>> + 'a {
    let wanted: Vec<String> =
        crate::words(name).into_iter().map(|word| text_of(name, &word.span)).collect();
    let words = crate::words(text);
    let last = words.len().saturating_sub(wanted.len().max(1) - 1);
    (0..last).filter_map(move |at| {
        let here = words.get(at..at + wanted.len())?;
        let same = here
            .iter()
            .zip(&wanted)
            .all(|(word, wanted)| is_form(&text_of(text, &word.span), wanted));
        (same && !wanted.is_empty()).then(|| here[0].span.start..here[here.len() - 1].span.end)
    })
}

fn text_of(text: &str, span: &Range<usize>) -> String {
    text[span.clone()].to_lowercase().replace('ё', "е")
}

fn is_form(word: &str, wanted: &str) -> bool {
    let mut letters = wanted.chars();
    let stem = match letters.next_back() {
        Some('а' | 'я' | 'ь' | 'й' | 'о' | 'е') if wanted.chars().count() > 3 => {
            letters.as_str()
        }
        _ => wanted,
    };
    let russian = stem.chars().any(|c| ('а'..='я').contains(&c));
    word == wanted
        || (russian && word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_is_found_in_any_case() {
        let text = "В кофемашине горит лампа, а кофемашину брали в мае, тариф Семья";
        let found: Vec<_> =
            mentions(text, &["Кофемашина", "семья"]).into_iter().map(|m| &text[m.span]).collect();
        assert_eq!(found, ["кофемашине", "кофемашину", "Семья"]);
    }

    #[test]
    fn orders_and_models_are_found() {
        let text = "Order #10448812: the Dyson V11 is dead, charged 5000 in May 2023";
        let found: Vec<_> =
            mentions(text, &[]).into_iter().map(|m| (m.what, &text[m.span])).collect();
        assert_eq!(found, [(Mentioned::Order, "10448812"), (Mentioned::Product, "Dyson V11")]);
    }
}
