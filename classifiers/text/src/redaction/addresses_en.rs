//! Postal addresses in English: a house in a street, or what stands before a
//! post code.

use std::sync::LazyLock;

use regex::Regex;

use super::{PersonalData, Spans, numerals::is_digit_word, reading::Reading};

/// Words an address may have before its post code.
const WORDS_BEFORE_CODE: usize = 16;

pub(super) const TYPES: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "ct",
    "boulevard",
    "blvd",
    "place",
    "pl",
    "square",
    "sq",
    "way",
    "terrace",
    "close",
    "crescent",
    "cres",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "row",
    "gardens",
    "gdns",
    "grove",
    "circle",
    "cir",
    "mews",
    "hill",
    "walk",
    "broadway",
    "trail",
    "alley",
    "quay",
    "parade",
    "esplanade",
    "loop",
    "turnpike",
    "embankment",
    "wharf",
    "view",
    "heights",
    "rise",
    "green",
    "park",
];
/// Types that are no ordinary words, so that a street in small letters is one.
const TOLD_TYPES: &[&str] = &[
    "street",
    "road",
    "avenue",
    "lane",
    "boulevard",
    "terrace",
    "crescent",
    "grove",
    "drive",
    "court",
    "gardens",
    "mews",
];
pub(super) const DIRECTIONS: &[&str] =
    &["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west"];
pub(super) const UNITS: &[&str] =
    &["flat", "apt", "apartment", "unit", "suite", "ste", "floor", "room", "building", "bldg"];
/// Before a street in small letters these are no names.
const NO_NAMES: &[&str] = &[
    "minute", "minutes", "min", "hour", "hours", "day", "days", "mile", "miles", "the", "a", "of",
    "to", "and", "in", "on", "or", "week", "weeks", "times", "people", "is", "was", "first",
    "foot", "feet", "easy", "for",
];

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"\b(?:",
        r"(?i:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][ABD-HJLNP-UW-Z]{2})", // United Kingdom
        r"|(?:[A-Z]{2}\s)?[ABCEGHJ-NPRSTVXY][0-9][A-Z]\s[0-9][A-Z][0-9]", // Canada
        r"|(?:AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY),?\s[0-9]{5}(?:-[0-9]{4})?",
        r"|(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New\s(?:Hampshire|Jersey|Mexico|York)|(?:North|South)\s(?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode\sIsland|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming),?\s[0-9]{5}(?:-[0-9]{4})?",
        r"|(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)\s[0-9]{4}",
        r"|(?i:p\.?\s?o\.?\s?box)\s#?[0-9]{1,6}",
        r")\b",
    ))
});

/// `zip 94110`, `postcode is 2065`.
static NAMED_CODE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)\b(?:zip|postal|post)\s?(?:code)?(?:\sis)?[\s:]{1,3}([0-9]{4,5}(?:-[0-9]{4})?)\b",
    )
});

/// `11 rue de la Paix, 75002 Paris`, `Hauptstr. 5, 10115 Berlin`.
static CONTINENTAL: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:[0-9]{1,4},?\s(?i:rue|avenue|boulevard|place|via|calle)\s(?:\p{L}{1,4}\s){0,3}\p{Lu}\p{L}+|(?:\p{Lu}\p{L}+(?:straße|strasse|str\.|weg|platz|allee)|(?:Calle|Via|Rua)\s\p{Lu}\p{L}+),?\s[0-9]{1,4})(?:,\s[0-9]{4,5}\s\p{Lu}\p{L}+)?",
    )
});

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let text = reading.text;
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        find_codes(reading, spans);
    }
    let mut at = 0;
    while at < reading.len() {
        match street(reading, at).or_else(|| unit_alone(reading, at)) {
            Some(end) => {
                spans.claim(PersonalData::Address, reading.span(at..end));
                at = end;
            }
            None => at += 1,
        }
    }
}

fn find_codes(reading: &Reading<'_>, spans: &mut Spans) {
    let text = reading.text;
    for found in CONTINENTAL.find_iter(text) {
        spans.claim(PersonalData::Address, found.range());
    }
    for found in CODE.find_iter(text) {
        let word = reading.words.partition_point(|word| word.span.start < found.start());
        let start = start_before(reading, word)
            .map_or(found.start(), |word| reading.words[word].span.start);
        spans.claim(PersonalData::Address, start..found.end());
    }
    for found in NAMED_CODE.captures_iter(text).filter_map(|captures| captures.get(1)) {
        spans.claim(PersonalData::Address, found.range());
    }
}

/// The first word of what a post code ends: capitalised words and numbers.
fn start_before(reading: &Reading<'_>, code: usize) -> Option<usize> {
    let mut start = code;
    while start > 0
        && code - start < WORDS_BEFORE_CODE
        && is_joined(reading, start)
        && is_address_word(reading, start - 1)
    {
        start -= 1;
    }
    // "Send it to Ashford TN25": an ordinary word that only begins a sentence stays.
    while start < code && is_opening(reading.plain(start)) {
        start += 1;
    }
    (start < code).then_some(start)
}

fn is_opening(word: &str) -> bool {
    matches!(
        word,
        "my" | "our"
            | "i"
            | "to"
            | "at"
            | "it"
            | "send"
            | "ship"
            | "deliver"
            | "address"
            | "postcode"
            | "is"
            | "of"
            | "from"
    )
}

fn is_address_word(reading: &Reading<'_>, at: usize) -> bool {
    reading.is_capitalised(at)
        || reading.is_number(at)
        || matches!(
            reading.plain(at),
            "of" | "the"
                | "de"
                | "la"
                | "on"
                | "upon"
                | "st"
                | "nd"
                | "rd"
                | "th"
                | "a"
                | "b"
                | "c"
        )
}

fn is_joined(reading: &Reading<'_>, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.len() <= 3
        && gap.chars().all(|c| matches!(c, ' ' | ',' | '.' | '#' | '/' | '-' | '\n' | '\u{a0}'))
        && gap != ". "
        || (gap == ". "
            && matches!(
                reading.plain(at.wrapping_sub(1)),
                "st" | "rd" | "ave" | "n" | "s" | "e" | "w" | "apt" | "dr" | "blvd"
            ))
}

/// The word after a street with its house, town and flat.
fn street(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let after_unit = unit(reading, at).filter(|next| is_joined(reading, *next));
    let house = after_unit.unwrap_or(at);
    let named = house_number(reading, house).filter(|next| is_joined(reading, *next))?;
    let after = named_street(reading, named).or_else(|| told_street(reading, named))?;
    Some(rest(reading, after))
}

fn house_number(reading: &Reading<'_>, at: usize) -> Option<usize> {
    if reading.is_number(at) {
        let mut next = at + 1;
        let fits =
            reading.raw(at).len() <= 5 && !reading.gap_before(at).ends_with(['$', '£', '€', '.']);
        while matches!(reading.gap_before(next), "/" | "-")
            && reading.is_number(next)
            && next < at + 3
        {
            next += 1;
        }
        let letter = reading.gap_before(next).is_empty() && reading.raw(next).len() == 1;
        return fits.then_some(next + usize::from(letter));
    }
    let told =
        (at..reading.len()).take(4).take_while(|at| is_digit_word(reading.plain(*at))).count();
    (told > 0).then_some(at + told)
}

/// "Willow Lane", "N Sheridan Rd", "St. James's Square", "Broadway".
fn named_street(reading: &Reading<'_>, from: usize) -> Option<usize> {
    const LONGEST: usize = 5;
    let mut end = None;
    for at in from..(from + LONGEST).min(reading.len()) {
        let ordinal =
            reading.is_number(at) && matches!(reading.plain(at + 1), "st" | "nd" | "rd" | "th");
        let suffix = at > from && reading.is_number(at - 1) && reading.gap_before(at).is_empty();
        let word = reading.is_capitalised(at)
            || ordinal
            || suffix
            || (at > from && TYPES.contains(&reading.plain(at)));
        if !word
            || (at > from
                && (!is_joined(reading, at) || reading.gap_before(at).contains([',', '\n'])))
        {
            break;
        }
        let is_type = TYPES.contains(&reading.plain(at)) && !suffix;
        if is_type && (at > from || reading.plain(at) == "broadway") {
            end = Some(at + 1);
        }
    }
    end
}

/// "church street" in a transcript.
fn told_street(reading: &Reading<'_>, from: usize) -> Option<usize> {
    let name = |at: usize| {
        let word = reading.plain(at);
        word.len() >= 3
            && !NO_NAMES.contains(&word)
            && !reading.is_number(at)
            && reading.gap_before(at) == " "
    };
    (1..=3)
        .map(|words| from + words)
        .take_while(|kind| name(kind - 1))
        .find(|kind| TOLD_TYPES.contains(&reading.plain(*kind)) && reading.gap_before(*kind) == " ")
        .map(|kind| kind + 1)
}

/// Direction, flat and town after a street.
fn rest(reading: &Reading<'_>, from: usize) -> usize {
    let mut end = from;
    if DIRECTIONS.contains(&reading.plain(end))
        && reading.gap_before(end) == " "
        && reading.is_capitalised(end)
    {
        end += 1;
    }
    for _ in 0..2 {
        if is_joined(reading, end)
            && let Some(next) = unit(reading, end)
        {
            end = next;
        }
        end = town(reading, end);
    }
    end
}

/// ", Springfield", ", New York, NY 10013" (the code is found by itself).
fn town(reading: &Reading<'_>, from: usize) -> usize {
    if reading.gap_before(from) != ", " {
        return from;
    }
    let mut end = from;
    while end < from + 3
        && reading.is_capitalised(end)
        && (end == from || reading.gap_before(end) == " ")
        && !reading.is_number(end)
    {
        end += 1;
    }
    let plain = reading.plain(from);
    if matches!(plain, "i" | "the" | "and" | "please" | "my" | "no" | "it")
        || UNITS.contains(&plain)
    {
        from
    } else {
        end
    }
}

/// "Apt 4C", "Flat 3", "#1204", "apartment three".
fn unit(reading: &Reading<'_>, at: usize) -> Option<usize> {
    if reading.is_number(at) && reading.gap_before(at).ends_with('#') {
        return Some(at + 1);
    }
    if !UNITS.contains(&reading.plain(at)) {
        return None;
    }
    let value = at + 1;
    if reading.is_number(value)
        && reading.raw(value).len() <= 5
        && reading.gap_before(value).len() <= 3
    {
        let letter = reading.gap_before(value + 1).is_empty() && reading.raw(value + 1).len() == 1;
        return Some(value + 1 + usize::from(letter));
    }
    let single = reading.raw(value).len() == 1
        && reading.is_capitalised(value)
        && reading.plain(value) != "i";
    (single || is_digit_word(reading.plain(value))).then_some(value + 1)
}

/// "Apt 4C" without a street is somebody's door; "floor 2" is not.
fn unit_alone(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let is_door = matches!(reading.plain(at), "flat" | "apt" | "apartment");
    unit(reading, at).filter(|end| is_door && reading.is_number(at + 1) && *end > at)
}
